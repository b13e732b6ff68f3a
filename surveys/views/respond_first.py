"""The first page, by an open or a personal link: what is shown on it, and the start of the answers."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from materiality.bilingual import text_of
from materiality.refusals import NotAllowed
from surveys.actions.start_draft import start_draft
from surveys.forms.answers import StartForm
from surveys.instrument import effort_words
from surveys.models import Tally
from surveys.queries.drafts_in_use import DraftInUse, draft_in_use
from surveys.queries.links import LinkNow
from surveys.queries.questionnaire import Questionnaire, questionnaire_of
from surveys.queries.surveys_now import GroupNow, SurveyNow
from surveys.tallies import add_to_tally
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import as_html, page, shown_language
from surveys.views.respond_visit import SeeOther
from surveys.views.respond_way import Way

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
    group, consent = chosen if posted else cookies.first_page(request)
    wrong = errors or {}
    if request.method == "GET" and not cookies.first_page_was_shown(request):
        code, channel = (link.group_code, link.channel) if link else ("", OPEN_LINK)
        add_to_tally(survey.id, Tally.Measure.OPENED, group=code, channel=channel)
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    return page(
        request,
        "introduction",
        status=422 if wrong else 200,
        **first_page_context(survey, questionnaire, groups, link=link),
        group=group if any(row.code == group for row in groups) else "",
        consent=consent,
        group_error=wrong["group"][0] if "group" in wrong else "",
        consent_error=wrong["consent"][0] if "consent" in wrong else "",
    )


def first_page_context(
    survey: SurveyNow, questionnaire: Questionnaire, groups: tuple[GroupNow, ...], *, link: LinkNow | None = None
) -> dict[str, object]:
    """What the first page says of a survey, in the active language; hashable values. With a link one group only."""
    return {
        "title": text_of(survey, "title"),
        "introduction": text_of(questionnaire.survey, "introduction"),
        "notice": text_of(survey, "notice"),
        "notice_version": survey.notice_version,
        "effort": effort_words(questionnaire.effort_of(group.id) for group in groups),
        "anonymous": survey.anonymous,
        "drafts_days": survey.drafts_kept_days,
        "recipients_days": survey.recipients_kept_days,
        "has_profile": bool(questionnaire.profile),
        "personal": link is not None,
        "mailed": link is not None and link.channel == "mail",
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
        )
    except NotAllowed:
        # The survey closed in this very moment; its page says so.
        return SeeOther(request.path)
    draft = draft_in_use(key, survey.code) if link else None
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
        left=left,
        asked=asked,
    )


def shown_otherwise(request: HttpRequest, code: str) -> HttpResponse:
    """Language, text size, contrast: what is chosen on the page is kept by the browser, not by us."""
    response = SeeOther(request.path)
    cookies.remember_shown(response, request.POST)
    cookies.remember_first_page(response, code, request.POST.get("group", ""), "consent" in request.POST)
    return response
