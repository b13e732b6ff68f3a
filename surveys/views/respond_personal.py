"""The way in by a personal link: first page, answers begun on any device, and what a used link can still do."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from materiality.bilingual import text_of
from surveys.actions.erase_response import erase_response
from surveys.models import Response
from surveys.queries.drafts_in_use import draft_of_link
from surveys.queries.links import LinkNow, link_now
from surveys.queries.questionnaire import questionnaire_of
from surveys.queries.surveys_now import SurveyNow, groups_now
from surveys.questionnaire.window import Standing, standing
from surveys.views import respond_cookies as cookies
from surveys.views.respond_first import first_page, offer_to_resume, shown_otherwise, start
from surveys.views.respond_pages import page
from surveys.views.respond_visit import SeeOther, answerable, closed, for_respondents, shut, survey_of, unknown
from surveys.views.respond_way import Way


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
    draft = draft_of_link(link.batch_id, link.serial, code)
    if draft and answerable(draft):
        if request.method != "POST":
            return offer_to_resume(request, survey, draft, by_link=True)
        way = Way(code, draft, single=cookies.is_large(request))
        response = SeeOther(way.path(way.first_open()))
        cookies.remember_draft(response, code, draft.key, survey.drafts_kept_days)
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
