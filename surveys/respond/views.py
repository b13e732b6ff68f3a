"""Pages of answers in progress: the issues, what matters most, about oneself, the end; and the thanks."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.platform.bilingual import option_text, spoken_language, text_of
from materiality.platform.refusals import NotAllowed
from materiality.platform.visitors import VisitWindow, address_of
from materiality.scoring.cube import NOT_ASKED, SKIPPED
from surveys.models import ProfileQuestion, Tally
from surveys.models.instrument import ranking_question
from surveys.queries.questionnaire import Questionnaire
from surveys.questionnaire.asking import Standing, standing
from surveys.questionnaire.responses import MOST_NAMED, named_apart
from surveys.questionnaire.saving import COMMENT, PROFILE, TOP, Change, Sent
from surveys.respond import cookies
from surveys.respond.answers import finish, is_submitted
from surveys.respond.pages import HOLES, TOLD_TYPE, as_html, page
from surveys.respond.posted import (
    LONGEST_TEXT,
    acknowledged,
    changes_on,
    changes_sent,
    cleared,
    cut,
    longest_comment,
    posted_profile,
    shown_with,
)
from surveys.respond.visit import (
    ABOUT,
    RANKING,
    SeeOther,
    Way,
    draft_of,
    for_respondents,
    lost,
    survey_of,
)
from surveys.responses.tallies import in_passing

EMPTY: Mapping = MappingProxyType({})


@for_respondents
def about(request: HttpRequest, code: str) -> HttpResponse:
    """The profile questions, all optional."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    step = way.step_after(ABOUT)
    if step is None:
        return SeeOther(way.path(way.last))
    names = [PROFILE + question.code for question in way.questionnaire.profile]
    if request.method != "POST":
        return _about_page(request, way, names)
    too_long = posted_profile(request.POST, way.questionnaire.profile)[1]
    return _kept(request, way, step, names, told=[PROFILE + code for code in too_long])


@for_respondents
def ranking(request: HttpRequest, code: str) -> HttpResponse:
    """Which three of the rated issues matter most; may be left out."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    step = way.step_after(RANKING)
    if step is None:
        return SeeOther(way.path(len(way.sheets) + 1))
    if request.method != "POST":
        return _ranking_page(request, way)
    rated = [way.questionnaire.issues[issue].code for issue in way.rated()]
    chosen = [code for code in request.POST.getlist(TOP) if code in rated]
    return _kept(request, way, step, [TOP], codes=rated, told=[TOP, *chosen] if len(chosen) > MOST_NAMED else [])


def _ranking_page(request: HttpRequest, way: Way) -> HttpResponse:
    issues, rated = way.questionnaire.issues, way.rated()
    chosen, error = named_apart(way.draft.profile)[1], ""
    if cookies.told(request)[:1] == [TOP]:
        _top, *chosen = cookies.told(request)
        error = _("Please choose at most %(most)s; you chose %(number)s.") % {"most": MOST_NAMED, "number": len(chosen)}
    choices = _choices(way.questionnaire, spoken_language())
    shown = [choices[issue][issues[issue].code in chosen] for issue in rated]
    return page(
        request,
        "ranking",
        fills={**_fills(way, way.step_after(RANKING), [TOP]), "choices": b"".join(shown)},
        keep=not error,
        number=HOLES["number"],
        last=HOLES["last"],
        question=ranking_question(),
        most=MOST_NAMED,
        choices=bool(rated),
        error=error,
        title=way.questionnaire.title,
    )


@lru_cache(maxsize=128)
def _choices(questionnaire: Questionnaire, language: str) -> list[tuple[bytes, bytes]]:
    """Of each issue, not chosen and chosen. In a template the choices of a full questionnaire take longer than all its
    other pages.
    """
    names = [(issue.code, text_of(issue, "name", language)) for issue in questionnaire.issues]
    return [(_choice(*each, chosen=False), _choice(*each, chosen=True)) for each in names]


def _choice(code: str, name: str, *, chosen: bool) -> bytes:
    box = format_html('<input type="checkbox" name="top" value="{}"{}>', code, mark_safe(" checked" if chosen else ""))
    return format_html('<label class="choice">{}<span>{}</span></label>\n', box, name).encode()


@for_respondents
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The last page: what is left out, a comment, and the button that submits."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    if request.method != "POST":
        return _last_page(request, way)
    comment, longest = request.POST.get(COMMENT, ""), longest_comment(way.questionnaire.survey)
    too_long = cut(comment, len(comment)) != cut(comment, longest)
    if request.POST.get("go") == "submit" and not too_long:
        return _submit(request, way)
    return _kept(request, way, way.last, [COMMENT], told=[COMMENT] if too_long else [])


def profile_shown(
    questions: Iterable[ProfileQuestion],
    given: Mapping[str, str | list[str]] = EMPTY,
    errors: Mapping[str, str] = EMPTY,
) -> tuple[tuple, ...]:
    """The questions as their page shows them, in the active language: (code, kind, text, options, answers, error)."""
    return tuple(
        (
            question.code,
            question.kind,
            text_of(question, "text"),
            tuple((option["code"], option_text(option)) for option in question.options),
            _hashable(given.get(question.code, "")),
            errors.get(question.code, ""),
        )
        for question in questions
    )


def _kept(
    request: HttpRequest,
    way: Way,
    step: int,
    names: Sequence[str],
    *,
    codes: Collection[str] = (),
    told: Sequence[str] = (),
) -> HttpResponse:
    """Save what was touched and go where asked; with something to tell, back to the page."""
    changes, sent = _posted(request, way, names, codes)
    way.keep(step, changes, sent)
    if _only_saves(request.POST):
        return _told(way, changes)
    go = request.POST.get("go")
    there = way.first_open() if go == "open" else step + {"next": 1, "back": -1}.get(go, 0)
    response = SeeOther(request.path if told else way.path(there))
    cookies.remember_shown(response, request.POST)
    if told:
        cookies.remember_told(response, way.code, *told)
    return _answered(request, way, response, changes)


def _only_saves(posted: QueryDict) -> bool:
    """A script saves what was touched and stays where it is."""
    return posted.get("go") == "keep" and "queue" in posted


def _posted(
    request: HttpRequest, way: Way, names: Iterable[str], codes: Collection[str] = ()
) -> tuple[list[Change], Sent | None]:
    """What was touched: a script says so itself, of any page; of a form it follows from what its page showed."""
    if "queue" in request.POST:
        return changes_sent(request.POST, way.questionnaire)
    if request.POST.get("go") == "clear":
        return cleared(request.POST, names), None
    return changes_on(request.POST, names, way.questionnaire, codes), None


def _answered(request: HttpRequest, way: Way, response: HttpResponse, changes: Sequence[Change]) -> HttpResponse:
    """To a form the way on; to a script which answers stand now, and the way on."""
    if "queue" not in request.POST:
        return response
    answer = _told(way, changes, to=response["Location"])
    answer.cookies = response.cookies
    return answer


def _told(way: Way, changes: Sequence[Change], **more: str) -> HttpResponse:
    return as_told(acknowledged(way.draft, changes, way.questionnaire.slots) | more)


def as_told(told: Mapping[str, object]) -> HttpResponse:
    """What a script is told of what it sent."""
    headers = {"Cache-Control": "no-store, private"}
    return HttpResponse(json.dumps(told), content_type=TOLD_TYPE, headers=headers)


def _submit(request: HttpRequest, way: Way) -> HttpResponse:
    way.count_part()
    changes, sent = _posted(request, way, [COMMENT])
    try:
        stored = finish(key=way.draft.key, language=spoken_language(), changes=changes, sent=sent, mode=_mode(request))
    except NotAllowed:
        # The grace ended in this very moment; the page of a closed survey says so.
        return HttpResponse(status=410) if sent else SeeOther(request.path)
    if not stored and not is_submitted(way.draft):
        # Deleted in this very moment: nobody is thanked for answers that are not there.
        return HttpResponse(status=410) if sent else lost(request, way.code, damaged=False)
    if way.draft.batch_id is None and answers_given.is_burst(address_of(request)):
        in_passing.count(way.draft.survey_id, Tally.Measure.BURST)  # the answers are in, whatever becomes of the count
    response = SeeOther(f"/s/{way.code}/thanks/")
    cookies.remember_answered(response, way.code)
    return _answered(request, way, response, [])


# Of this process: where many come from one address, an office or somebody who answers for many.
answers_given = VisitWindow(settings.USUAL_ANSWERS, settings.USUAL_SECONDS)


def _mode(request: HttpRequest) -> str:
    return "large" if cookies.is_large(request) else "normal"


def thanks_words(text: str) -> dict[str, str]:
    """What the page after the last one says: the survey's own thanks, or ours."""
    ours = _(
        "Your answers are in. They are evaluated together with those of all groups, and the result is published in the"
        " company's report."
    )
    return {"heading": _("Thank you"), "text": text, "lead": ours, "more": _("You can close this page now.")}


def _about_page(request: HttpRequest, way: Way, names: Sequence[str]) -> HttpResponse:
    given, _named = named_apart(way.draft.profile)
    too_long = _("This was too long: its first %(limit)d characters are kept. Please look at it again.")
    told = [name.removeprefix(PROFILE) for name in cookies.told(request) if name in names]
    errors = dict.fromkeys(told, too_long % {"limit": LONGEST_TEXT})
    return page(
        request,
        "about",
        fills=_fills(way, way.step_after(ABOUT), names),
        keep=not given and not errors,
        number=HOLES["number"],
        last=HOLES["last"],
        questions=profile_shown(way.questionnaire.profile, given, errors),
        wrong=bool(errors),
        longest=LONGEST_TEXT,
        anonymous=bool(way.questionnaire.survey.anonymous),
        title=way.questionnaire.title,
    )


def _fills(way: Way, number: int, names: Iterable[str]) -> dict[str, bytes]:
    was = shown_with(way.draft, way.questionnaire.slots, names)
    return {"number": b"%d" % number, "last": b"%d" % way.last, "was": was}


def _hashable(answer: str | list[str]) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else tuple(answer)


def _last_page(request: HttpRequest, way: Way) -> HttpResponse:
    skipped = way.draft.ratings.count(SKIPPED)
    remaining, error, longest = "", "", longest_comment(way.questionnaire.survey)
    if COMMENT in cookies.told(request):
        too_long = _("This was too long: its first %(limit)d characters are kept. Please look at it again.")
        error = too_long % {"limit": longest}
    if skipped:
        remaining = ngettext(
            "%(count)s question is unanswered. You may leave it so, or go back.",
            "%(count)s questions are unanswered. You may leave them so, or go back.",
            skipped,
        ) % {"count": skipped}
    return page(
        request,
        "end",
        fills={
            **_fills(way, way.last, [COMMENT]),
            "comment": as_html(way.draft.comment),
            "remaining": as_html(remaining),
        },
        keep=not error,
        last=HOLES["last"],
        longest=longest,
        open=skipped > 0,
        title=way.questionnaire.title,
        question=text_of(way.questionnaire.survey, "question"),
        anonymous=bool(way.questionnaire.survey.anonymous),
        comment_error=error,
    )


@for_respondents
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """The end, for those whose answers are in."""
    if request.method == "POST":
        response = SeeOther(request.path)
        cookies.remember_shown(response, request.POST)
        return response
    if not cookies.has_answered(request, code):
        return SeeOther(f"/s/{code}/")
    survey = survey_of(request, code)
    several = survey.several_per_browser and standing(survey, timezone.now()) is Standing.OPEN
    return page(
        request,
        "notice",
        title=text_of(survey, "title"),
        onward=_("Answer for another person") if several else "",
        onward_to="../",
        **thanks_words(text_of(survey, "thanks")),
    )


@for_respondents
def questions(request: HttpRequest, code: str, number: int, single: bool = False) -> HttpResponse:
    """Page `number` of the issues, 1..n: GET shows it with what is saved, POST saves it and goes where asked.

    With `single` there is one issue on a page, as in large text; the address says it, so that a page is saved as it was
    shown even if the display was changed meanwhile in another tab.
    """
    draft = draft_of(request, code)
    way = Way(code, draft, single=single)
    if not 1 <= number <= len(way.sheets):
        return SeeOther(way.path(min(max(number, 1), len(way.sheets))))
    if request.method == "POST":
        return _save(request, way, number)
    if cookies.is_large(request) != single:
        other = Way(code, draft, single=not single)
        return SeeOther(other.path(other.same_step(way, number)))
    return _show(request, way, number)


def _show(request: HttpRequest, way: Way, number: int) -> HttpResponse:
    questionnaire, draft, sheet = way.questionnaire, way.draft, way.sheets[number - 1]
    language = spoken_language()
    fills = {
        **_fills(way, number, way.names(number)),
        "issues": questionnaire.issues_html(sheet, draft.ratings, draft.attention, language),
        "name": as_html(questionnaire.heading(sheet, language)),
    }
    return page(
        request,
        "questions",
        fills=fills,
        number=HOLES["number"],
        last=HOLES["last"],
        name=HOLES["name"],
        first=number == 1,
        version=questionnaire.survey.instrument.version,
        title=questionnaire.title,
    )


def _save(request: HttpRequest, way: Way, number: int) -> HttpResponse:
    posted, go = request.POST, request.POST.get("go")
    changes, sent = _posted(request, way, way.names(number))
    way.keep(number, changes, sent)
    if _only_saves(posted):
        return _told(way, changes)
    if cookies.is_about_display(posted):
        response = SeeOther(_same_place(way, number, posted))
        cookies.remember_shown(response, posted)
    else:
        response = SeeOther(way.path(number + {"next": 1, "back": -1}.get(go, 0)))
    return _answered(request, way, response, changes)


def _same_place(way: Way, number: int, posted: QueryDict) -> str:
    """Where the question is shown otherwise that was on top of the screen: the page says which, where scripts run; else
    the first one on it that is not answered.
    """
    positions = way.questionnaire.positions(way.sheets[number - 1])
    asked = [place for place in positions if way.draft.ratings[place] != NOT_ASKED]
    likely = [place for place in asked if f"r{place}" == posted.get("at")]
    likely += [place for place in asked if way.draft.ratings[place] == SKIPPED]
    if not likely:
        return way.path(number)
    at = likely[0]
    other = Way(way.code, way.draft, single=posted["size"] == "large") if "size" in posted else way
    return f"{other.path(other.step_of(at))}#r{at}"
