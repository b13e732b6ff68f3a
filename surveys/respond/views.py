"""Respondents' pages: first page, questions, end, thanks."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt

from materiality.platform.bilingual import text_of
from materiality.platform.refusals import NotAllowed
from materiality.platform.visitors import VisitWindow, address_of
from materiality.scoring.cube import NOT_ASKED, SKIPPED
from surveys.models import ProfileQuestion, Response, Tally
from surveys.models.instrument import anonymity_words, effort_words, ranking_question, until_words
from surveys.queries.questionnaire import Questionnaire, questionnaire_of
from surveys.questionnaire.asking import Standing, standing
from surveys.questionnaire.ranking import MOST_NAMED, named_apart, refused_named, with_named
from surveys.respond import pages as cookies
from surveys.respond.answers import erase_response, finish, open_answers, start_draft
from surveys.respond.answers import unsubscribe as end_mail_to
from surveys.respond.pages import HOLES, as_html, page, shown_language
from surveys.respond.posted import CommentForm, StartForm, longest_comment, posted_code, posted_codes, posted_profile
from surveys.respond.rows import (
    DraftInUse,
    GroupNow,
    LinkNow,
    SurveyNow,
    groups_now,
    link_now,
)
from surveys.respond.visit import (
    ABOUT,
    RANKING,
    SeeOther,
    Way,
    already,
    answerable,
    closed,
    draft_of,
    ends_soon,
    for_respondents,
    shut,
    survey_of,
    unknown,
)
from surveys.responses.tallies import add_to_tally, openings

EMPTY: Mapping = MappingProxyType({})


@for_respondents
def about(request: HttpRequest, code: str) -> HttpResponse:
    """The profile questions, all optional."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    step = way.step_after(ABOUT)
    if step is None:
        return SeeOther(way.path(way.last))
    about, named = named_apart(way.draft.profile)
    if request.method != "POST":
        return _about_page(request, way, about, {})
    given, errors = posted_profile(request.POST, way.questionnaire.profile)
    if errors:
        return _about_page(request, way, given, errors)
    way.keep(step, profile=with_named(given, named))
    return _onward(request, way, step)


@for_respondents
def ranking(request: HttpRequest, code: str) -> HttpResponse:
    """Which three of the rated issues matter most; may be left out."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    step = way.step_after(RANKING)
    if step is None:
        return SeeOther(way.path(len(way.sheets) + 1))
    if request.method != "POST":
        return _ranking_page(request, way, named_apart(way.draft.profile)[1])
    rated = {way.questionnaire.issues[issue].code for issue in way.rated()}
    chosen = [code for code in request.POST.getlist("top") if code in rated]
    if refused_named(chosen):
        told = _("Please choose at most %(most)s; you chose %(number)s.")
        return _ranking_page(request, way, chosen, told % {"most": MOST_NAMED, "number": len(chosen)})
    way.keep(step, profile=with_named(way.draft.profile, chosen))
    return _onward(request, way, step)


def _ranking_page(request: HttpRequest, way: Way, chosen: Collection[str], error: str = "") -> HttpResponse:
    issues = [way.questionnaire.issues[issue] for issue in way.rated()]
    return page(
        request,
        "ranking",
        fills={"number": b"%d" % way.step_after(RANKING), "last": b"%d" % way.last},
        status=422 if error else 200,
        keep=False,
        number=HOLES["number"],
        last=HOLES["last"],
        question=ranking_question(),
        most=MOST_NAMED,
        choices=tuple((issue.code, text_of(issue, "name"), issue.code in chosen) for issue in issues),
        error=error,
        title=text_of(way.questionnaire.survey, "title"),
    )


@for_respondents
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The last page: what is left out, a comment, and the button that submits."""
    way = Way(code, draft_of(request, code), single=cookies.is_large(request))
    if request.method != "POST":
        return _last_page(request, way, way.draft.comment)
    form = CommentForm(request.POST, longest=longest_comment(way.questionnaire.survey))
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
        finish(key=way.draft.key, language=shown_language(), comment=comment, mode=_mode(request))
    except NotAllowed:
        # The grace ended in this very moment; the page of a closed survey says so.
        return SeeOther(request.path)
    if way.draft.batch_id is None and answers_given.is_burst(address_of(request)):
        add_to_tally(way.draft.survey_id, Tally.Measure.BURST)
    response = SeeOther(f"/s/{way.code}/thanks/")
    cookies.remember_answered(response, way.code)
    return response


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


def _about_page(request: HttpRequest, way: Way, given: dict, errors: dict[str, str]) -> HttpResponse:
    questions = profile_shown(way.questionnaire.profile, given, errors)
    return page(
        request,
        "about",
        fills={"number": b"%d" % way.step_after(ABOUT), "last": b"%d" % way.last},
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


OPEN_LINK = "link"


def first_page(
    request: HttpRequest,
    survey: SurveyNow,
    groups: tuple[GroupNow, ...],
    *,
    link: LinkNow | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    """Who asks, why, how long, what is stored; consent, and the group unless the link says it. A GET is counted as an
    opening (a HEAD is not, nor the same page in another language or size), without anything that says whose.
    """
    posted = request.method == "POST"
    chosen = request.POST.get("group", ""), "consent" in request.POST
    group, consent = chosen if posted else cookies.kept_first_page(request)
    wrong = errors or {}
    if request.method == "GET" and not cookies.first_page_was_shown(request):
        code, channel = (link.group_code, link.channel) if link else ("", OPEN_LINK)
        openings.count(survey.id, group=code, channel=channel)
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    return page(
        request,
        "introduction",
        status=422 if wrong else 200,
        **first_page_context(survey, questionnaire, groups, link=link, large=cookies.is_large(request)),
        group=group if any(row.code == group for row in groups) else "",
        consent=consent,
        group_error=wrong["group"][0] if "group" in wrong else "",
        consent_error=wrong["consent"][0] if "consent" in wrong else "",
    )


def first_page_context(
    survey: SurveyNow,
    questionnaire: Questionnaire,
    groups: tuple[GroupNow, ...],
    *,
    link: LinkNow | None = None,
    large: bool = False,
) -> dict[str, object]:
    """What the first page says of a survey, in the active language; hashable values. With a link one group only."""
    mailed = link is not None and link.channel == "mail"
    paragraphs = text_of(questionnaire.survey, "introduction").replace("\r\n", "\n").split("\n\n")
    return {
        "title": text_of(survey, "title"),
        "why": paragraphs[0].strip(),
        "introduction": "\n\n".join(paragraphs[1:]).strip(),
        "until": until_words(survey, survey.zone),
        "last_day": ends_soon(survey),
        "anonymity": anonymity_words(anonymous=survey.anonymous, personal=link is not None, mailed=mailed),
        "contact": questionnaire.survey.contact,
        "notice": text_of(survey, "notice"),
        "notice_version": survey.notice_version,
        "effort": effort_words(questionnaire.effort_of(group.id, large=large) for group in groups),
        "anonymous": survey.anonymous,
        "keeps_channel": questionnaire.survey.cluster == "channel",
        "drafts_days": survey.drafts_kept_days,
        "recipients_days": survey.recipients_kept_days,
        "has_profile": bool(questionnaire.profile),
        "personal": link is not None,
        "mailed": mailed,
        "groups": tuple((row.code, text_of(row, "name"), text_of(row, "definition")) for row in groups),
    }


def start(
    request: HttpRequest, survey: SurveyNow, groups: tuple[GroupNow, ...], *, link: LinkNow | None = None
) -> HttpResponse:
    """Begin answers, if the form holds all that is needed for it; else the first page again."""
    posted = request.POST if link is None else {**request.POST.dict(), "group": groups[0].code}
    form = StartForm(posted, groups=groups, notice_version=survey.notice_version)
    if not form.is_valid():
        return first_page(request, survey, groups, link=link, errors=form.errors)
    group = next(group for group in groups if group.code == form.cleaned_data["group"])
    try:
        key = start_draft(
            survey=survey,
            group=group,
            language=shown_language(),
            link=link,
            large=cookies.is_large(request),
        )
    except NotAllowed:
        # The survey closed in this very moment; its page says so.
        return SeeOther(request.path)
    draft = open_answers(key, survey.code) if link else None
    way = draft and Way(survey.code, draft, single=cookies.is_large(request))
    single = "one/" if cookies.is_large(request) else ""
    response = SeeOther(way.path(way.first_open()) if way else f"/s/{survey.code}/{single}1/")
    cookies.remember_draft(response, survey.code, key, survey.drafts_kept_days)
    return response


def offer_to_resume(request: HttpRequest, survey: SurveyNow, draft: DraftInUse, *, by_link: bool) -> HttpResponse:
    """The page of those who come back: what is left, and on from there."""
    way = Way(survey.code, draft, single=cookies.is_large(request))
    left, asked = way.questionnaire.open_issues(draft.ratings)
    return page(
        request,
        "resume",
        fills={"where": as_html(way.path(way.first_open()))},
        title=text_of(survey, "title"),
        by_link=by_link,
        last_day=ends_soon(survey),
        until=until_words(survey, survey.zone),
        left=left,
        asked=asked,
    )


def shown_otherwise(request: HttpRequest, code: str) -> HttpResponse:
    """Language, text size, contrast: what is chosen on the page is kept by the browser, not by us."""
    response = SeeOther(request.path)
    cookies.remember_shown(response, request.POST)
    cookies.remember_first_page(response, code, request.POST.get("group", ""), "consent" in request.POST)
    return response


@for_respondents
def introduction(request: HttpRequest, code: str) -> HttpResponse:
    """Who asks, why, how long, what is stored; consent and group. GET stores nothing, POST starts a draft."""
    posted = request.POST
    if cookies.is_about_display(posted):
        return shown_otherwise(request, code)
    if posted.get("go") == "anew":
        response = SeeOther(request.path)
        cookies.forget(response, code, cookies.DRAFT)
        return response
    survey = survey_of(request, code)
    barred = _barred(request, survey)
    if barred:
        return SeeOther(request.path) if request.method == "POST" else barred
    groups = _asked_groups(survey)
    return start(request, survey, groups) if request.method == "POST" else first_page(request, survey, groups)


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


def _barred(request: HttpRequest, survey: SurveyNow) -> HttpResponse | None:
    """What is shown in place of the first page: go on with answers begun, already in, not open."""
    try:
        secret = cookies.draft_secret(request, survey.code)
    except cookies.Tampered:
        secret = None
    draft = secret and open_answers(secret, survey.code)
    if draft and answerable(draft):
        return offer_to_resume(request, survey, draft, by_link=False)
    if cookies.has_answered(request, survey.code) and not survey.several_per_browser:
        return already(request, survey)
    return None if standing(survey, timezone.now()) is Standing.OPEN else shut(request, survey)


def _asked_groups(survey: SurveyNow) -> tuple[GroupNow, ...]:
    """The groups that are asked anything, in their order."""
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    return tuple(group for group in groups_now(survey.cycle_id) if questionnaire.asked_of(group.id).issues)


@for_respondents
def personal_link(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The first page with the link's group. GET begins nothing, however often a robot follows the link; POST starts the
    draft of the link or takes it up, also on another device.
    """
    if cookies.is_about_display(request.POST):
        return shown_otherwise(request, code)
    link = link_now(token, code)
    if link is None:
        return unknown(request)
    survey = survey_of(request, code)
    if link.used:
        return _used(request, survey, link)
    draft = open_answers(link, code)
    if draft and answerable(draft):
        if request.method != "POST":
            return offer_to_resume(request, survey, draft, by_link=True)
        way = Way(code, draft, single=cookies.is_large(request))
        response = SeeOther(way.path(way.first_open()))
        cookies.remember_draft(response, code, draft.secret, survey.drafts_kept_days)
        return response
    return _begin(request, survey, link)


def _begin(request: HttpRequest, survey: SurveyNow, link: LinkNow) -> HttpResponse:
    """The first page, or the start of the answers."""
    if standing(survey, timezone.now()) is not Standing.OPEN:
        return SeeOther(request.path) if request.method == "POST" else shut(request, survey)
    groups = tuple(group for group in groups_now(survey.cycle_id) if group.id == link.group_id)
    if not questionnaire_of(survey.id, survey.opened_at).asked_of(link.group_id).issues:
        return closed(request, survey)
    if request.method == "POST":
        return start(request, survey, groups, link=link)
    return first_page(request, survey, groups, link=link)


def _used(request: HttpRequest, survey: SurveyNow, link: LinkNow) -> HttpResponse:
    """Says that the answers are in; deletes them on request where it can be told which they are."""
    response = None
    if not survey.anonymous:
        response = Response.objects.filter(survey_id=survey.id, token=f"{link.batch_id}-{link.serial}").first()
    error = False
    if response and request.POST.get("go") == "erase":
        error = "confirm" not in request.POST
        if not error:
            survey_row = questionnaire_of(survey.id, survey.opened_at).survey
            erase_response(survey=survey_row, batch_id=link.batch_id, serial=link.serial)
            return SeeOther(request.path)
    at = response and response.submitted_at and response.submitted_at.astimezone(ZoneInfo(survey.zone))
    return page(
        request,
        "used",
        status=422 if error else 200,
        keep=False,
        title=text_of(survey, "title"),
        anonymous=survey.anonymous,
        stored=response is not None,
        submitted=f"{at:%Y-%m-%d %H:%M}" if at else "",
        error=error,
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
    fills = {
        "issues": questionnaire.issues_html(sheet, draft.ratings, draft.attention, shown_language()),
        "number": b"%d" % number,
        "last": b"%d" % way.last,
        "name": as_html(questionnaire.heading(sheet)),
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
        title=text_of(questionnaire.survey, "title"),
    )


def _save(request: HttpRequest, way: Way, number: int) -> HttpResponse:
    posted, sheet, questionnaire = request.POST, way.sheets[number - 1], way.questionnaire
    positions = questionnaire.positions(sheet)
    go = posted.get("go")
    cleared = go == "clear"
    answers = dict.fromkeys(positions, SKIPPED) if cleared else posted_codes(posted, positions, questionnaire.survey.k)
    attention = None
    if sheet.attention is not None:
        attention = SKIPPED if cleared else posted_code(posted.get("attention"), questionnaire.survey.k)
    way.keep(number, answers=answers, attention=attention)
    if go == "keep":
        return HttpResponse(status=204)
    if cookies.is_about_display(posted):
        response = SeeOther(_same_place(way, number, posted, answers))
    else:
        response = SeeOther(way.path(number + {"next": 1, "back": -1}.get(go, 0)))
    cookies.remember_shown(response, posted)
    return response


def _same_place(way: Way, number: int, posted: QueryDict, answers: Mapping[int, int]) -> str:
    """Where the question is shown otherwise that was on top of the screen: the page says which, where scripts run; else
    the first one on it that is not answered.
    """
    positions = way.questionnaire.positions(way.sheets[number - 1])
    asked = [place for place in positions if way.draft.ratings[place] != NOT_ASKED]
    likely = [place for place in asked if f"r{place}" == posted.get("at")]
    likely += [place for place in asked if answers.get(place) == SKIPPED]
    if not likely:
        return way.path(number)
    at = likely[0]
    other = Way(way.code, way.draft, single=posted["size"] == "large") if "size" in posted else way
    return f"{other.path(other.step_of(at))}#r{at}"


@csrf_exempt
@for_respondents
def unsubscribe(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """GET shows a button, so that robots which follow links unsubscribe nobody; POST does it, a mail program's
    one-click POST (RFC 8058) too: that brings no cookie, and the token alone says whose wish it is.
    """
    if cookies.is_about_display(request.POST):
        response = SeeOther(request.path)
        cookies.remember_shown(response, request.POST)
        return response
    link = link_now(token, code)
    if link is None:
        return unknown(request)
    done = request.method == "POST"
    if done:
        end_mail_to(link=link)
    if done:
        heading = _("You get no more mails about our surveys")
        lead = _("Neither about this survey nor about later ones. Your link still works if you want to answer.")
    else:
        heading = _("No more mails about our surveys?")
        lead = _("You will get no mails about this survey or later ones. Your link still works if you want to answer.")
    button = "" if done else _("Unsubscribe")
    return page(request, "notice", about=_("Mails about our surveys"), heading=heading, lead=lead, button=button)
