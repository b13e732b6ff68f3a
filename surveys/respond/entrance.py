"""How respondents come in: the first page, personal links, going on, and no more mails."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from materiality.platform.bilingual import spoken_language, text_of
from materiality.platform.refusals import NotAllowed
from surveys.models import Response, Tally
from surveys.models.instrument import anonymity_words, effort_words, moment_words
from surveys.queries.questionnaire import Questionnaire, questionnaire_of
from surveys.questionnaire.asking import Standing, closing_time, standing
from surveys.respond import cookies
from surveys.respond.answers import erase_response, open_answers, start_draft
from surveys.respond.answers import unsubscribe as end_mail_to
from surveys.respond.pages import as_html, page
from surveys.respond.posted import posted_first_page
from surveys.respond.rows import (
    DraftInUse,
    GroupNow,
    LinkNow,
    SurveyNow,
    groups_now,
    link_now,
)
from surveys.respond.visit import (
    SeeOther,
    Way,
    already,
    answerable,
    closed,
    ends_soon,
    for_respondents,
    shut,
    survey_of,
    unknown,
)
from surveys.responses.tallies import in_passing

OPEN_LINK = "link"


def first_page(
    request: HttpRequest,
    survey: SurveyNow,
    groups: tuple[GroupNow, ...],
    *,
    link: LinkNow | None = None,
) -> HttpResponse:
    """Who asks, why, how long, what is stored; consent, and the group unless the link says it. A GET is counted as an
    opening (a HEAD is not, nor the same page in another language or size), without anything that says whose.
    """
    group, consent = cookies.kept_first_page(request)
    wrong = _told_errors(request, survey, groups, link)
    if request.method == "GET" and not cookies.first_page_was_shown(request):
        code, channel = (link.group_code, link.channel) if link else ("", OPEN_LINK)
        in_passing.count(survey.id, Tally.Measure.OPENED, group=code, channel=channel)
    questionnaire, large = questionnaire_of(survey.id, survey.opened_at), cookies.is_large(request)
    now = spoken_language(), get_language(), ends_soon(survey)
    return page(
        request,
        "introduction",
        **_kept_context(now, survey, questionnaire, groups, link and link.channel, large),
        group=group if any(row.code == group for row in groups) else "",
        consent=consent,
        group_error=wrong.get("group", ""),
        consent_error=wrong.get("consent", ""),
    )


def _told_errors(
    request: HttpRequest, survey: SurveyNow, groups: tuple[GroupNow, ...], link: LinkNow | None
) -> dict[str, str]:
    """What is wrong with what was posted a moment ago, in the language of now."""
    told = cookies.told(request)
    if not {"group", "consent", "notice"} & set(told):
        return {}
    group, consent = cookies.kept_first_page(request)
    values = {"group": groups[0].code if link else group, "notice": "0" if "notice" in told else ""}
    values |= {"consent": "yes"} if consent else {}
    return posted_first_page(values, groups, survey.notice_version).errors


def first_page_context(
    survey: SurveyNow,
    questionnaire: Questionnaire,
    groups: tuple[GroupNow, ...],
    channel: str | None = None,
    large: bool = False,
) -> dict[str, object]:
    """What the first page says of a survey, in the active language; hashable values. With a link, of which `channel`
    is told, one group only.
    """
    language = spoken_language()
    personal, mailed = channel is not None, channel == "mail"
    paragraphs = text_of(questionnaire.survey, "introduction", language).replace("\r\n", "\n").split("\n\n")
    return {
        "title": text_of(survey, "title", language),
        "why": paragraphs[0].strip(),
        "introduction": "\n\n".join(paragraphs[1:]).strip(),
        "until": moment_words(closing_time(survey), survey.zone),
        "last_day": ends_soon(survey),
        "anonymity": anonymity_words(anonymous=survey.anonymous, personal=personal, mailed=mailed),
        "contact": questionnaire.survey.contact,
        "notice": text_of(survey, "notice", language),
        "notice_version": survey.notice_version,
        "effort": effort_words(questionnaire.effort_of(group.id, large=large) for group in groups),
        "anonymous": survey.anonymous,
        "keeps_channel": questionnaire.survey.cluster == "channel",
        "drafts_days": survey.drafts_kept_days,
        "recipients_days": survey.recipients_kept_days,
        "has_profile": bool(questionnaire.profile),
        "personal": personal,
        "mailed": mailed,
        "groups": tuple(
            (row.code, text_of(row, "name", language), text_of(row, "definition", language)) for row in groups
        ),
    }


@lru_cache(maxsize=256)
def _kept_context(_now: tuple[str, str, bool], *about: object) -> dict[str, object]:
    """The same for everybody, until a text, the language or, on the last day, the time is another."""
    return first_page_context(*about)


def start(
    request: HttpRequest, survey: SurveyNow, groups: tuple[GroupNow, ...], *, link: LinkNow | None = None
) -> HttpResponse:
    """Begin answers, if the form holds all that is needed for it; else back to the first page, which says what not."""
    posted = request.POST if link is None else {**request.POST.dict(), "group": groups[0].code}
    sent = posted_first_page(posted, groups, survey.notice_version)
    if sent.errors:
        response = SeeOther(request.path)
        consent = "consent" in posted and not sent.outdated
        cookies.remember_first_page(response, survey.code, posted.get("group", ""), consent)
        cookies.remember_told(response, survey.code, *sent.errors, *(["notice"] if sent.outdated else []))
        return response
    try:
        key = start_draft(
            survey=survey,
            group=sent.group,
            language=spoken_language(),
            link=link,
            large=cookies.is_large(request),
        )
    except NotAllowed:
        # The survey closed in this very moment; its page says so.
        return SeeOther(request.path)
    response = SeeOther(f"/s/{survey.code}/{'one/' if cookies.is_large(request) else ''}1/")
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
        until=moment_words(closing_time(survey), survey.zone),
        left=left,
        asked=asked,
        others="others" in cookies.told(request),
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
    if response and request.POST.get("go") == "erase":
        away = SeeOther(request.path)
        if "confirm" in request.POST:
            survey_row = questionnaire_of(survey.id, survey.opened_at).survey
            erase_response(survey=survey_row, batch_id=link.batch_id, serial=link.serial)
        else:
            cookies.remember_told(away, survey.code, "confirm")
        return away
    at = response and response.submitted_at and response.submitted_at.astimezone(ZoneInfo(survey.zone))
    return page(
        request,
        "used",
        keep=False,
        title=text_of(survey, "title"),
        anonymous=survey.anonymous,
        stored=response is not None,
        submitted=f"{at:%Y-%m-%d %H:%M}" if at else "",
        error=response is not None and "confirm" in cookies.told(request),
    )


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
