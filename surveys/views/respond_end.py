"""The last pages: about yourself, then what is left, the comment, and the button that submits."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.bilingual import text_of
from materiality.refusals import NotAllowed
from materiality.scoring.codes import SKIPPED
from surveys.actions.submit_draft import submit_draft
from surveys.forms.answers import CommentForm, posted_profile
from surveys.models import ProfileQuestion
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import HOLES, as_html, page, shown_language
from surveys.views.respond_visit import SeeOther, draft_of, for_respondents
from surveys.views.respond_way import Way

EMPTY: Mapping = MappingProxyType({})


@for_respondents
def about(request: HttpRequest, code: str) -> HttpResponse:
    """The profile questions, all optional."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    step = way.last - 1
    if not way.has_about:
        return SeeOther(way.path(way.last))
    if request.method != "POST":
        return _about_page(request, way, way.draft.profile, {})
    given, errors = posted_profile(request.POST, way.questionnaire.profile)
    if errors:
        return _about_page(request, way, given, errors)
    way.keep(step, profile=given)
    return _onward(request, way, step)


@for_respondents
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The last page: what is left out, a comment, and the button that submits."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    if request.method != "POST":
        return _last_page(request, way, way.draft.comment)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _last_page(request, way, request.POST.get("comment", "")[:100_000], form.errors["comment"][0])
    comment = form.cleaned_data["comment"]
    if request.POST.get("go") == "submit":
        return _submit(request, way, comment)
    way.keep(way.last, comment=comment)
    return _onward(request, way, way.last)


def profile_shown(
    questions: Iterable[ProfileQuestion],
    given: Mapping[str, str | list[str]] = EMPTY,
    errors: Mapping[str, str] = EMPTY,
) -> tuple[tuple, ...]:
    """The questions as their page shows them, in the active language: (code, kind, text, options, answers, error)."""
    language = "zh" if shown_language() == "zh-hans" else "en"
    return tuple(
        (
            question.code,
            question.kind,
            text_of(question, "text"),
            tuple((option["code"], option[language]) for option in question.options),
            _hashable(given.get(question.code, "")),
            errors.get(question.code, ""),
        )
        for question in questions
    )


def _onward(request: HttpRequest, way: Way, step: int) -> HttpResponse:
    go = request.POST.get("go")
    if go == "keep":
        return HttpResponse(status=204)
    there = way.first_open() if go == "open" else step + {"next": 1, "back": -1}.get(go, 0)
    response = SeeOther(way.path(there))
    cookies.remember_shown(response, request.POST)
    return response


def _submit(request: HttpRequest, way: Way, comment: str) -> HttpResponse:
    way.count_part()
    try:
        submit_draft(key=way.draft.key, language=shown_language(), comment=comment)
    except NotAllowed:
        # The grace ended in this very moment; the page of a closed survey says so.
        return SeeOther(request.path)
    response = SeeOther(f"/s/{way.code}/thanks/")
    cookies.remember_answered(response, way.code)
    return response


def thanks_words(text: str) -> dict[str, str]:
    """What the page after the last one says: the survey's own thanks, or ours."""
    ours = _(
        "Your answers are in. They are evaluated together with those of all groups, and the result is published in the"
        " company's report."
    )
    return {"heading": _("Thank you"), "text": text, "lead": ours, "more": _("You can close this page now.")}


def _about_page(request: HttpRequest, way: Way, given: dict, errors: dict[str, str]) -> HttpResponse:
    questions = profile_shown(way.questionnaire.profile, given, errors)
    return page(
        request,
        "about",
        fills={"number": b"%d" % (way.last - 1), "last": b"%d" % way.last},
        status=422 if errors else 200,
        keep=not given and not errors,
        number=HOLES["number"],
        last=HOLES["last"],
        questions=questions,
        wrong=bool(errors),
        anonymous=bool(way.questionnaire.survey.anonymous),
        title=text_of(way.questionnaire.survey, "title"),
    )


def _hashable(answer: str | list[str]) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else tuple(answer)


def _last_page(request: HttpRequest, way: Way, comment: str, error: str = "") -> HttpResponse:
    skipped = way.draft.ratings.count(SKIPPED)
    remaining = ""
    if skipped:
        remaining = ngettext(
            "%(count)s question is unanswered. You may leave it so, or go back.",
            "%(count)s questions are unanswered. You may leave them so, or go back.",
            skipped,
        ) % {"count": skipped}
    return page(
        request,
        "end",
        fills={"comment": as_html(comment), "remaining": as_html(remaining), "last": b"%d" % way.last},
        status=422 if error else 200,
        keep=not error,
        last=HOLES["last"],
        open=skipped > 0,
        title=text_of(way.questionnaire.survey, "title"),
        question=text_of(way.questionnaire.survey, "question"),
        anonymous=bool(way.questionnaire.survey.anonymous),
        comment_error=error,
    )
