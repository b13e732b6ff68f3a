"""The respondent's way in by the open link, and the thanks at the end."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from surveys.queries.drafts_in_use import draft_in_use
from surveys.queries.questionnaire import questionnaire_of
from surveys.queries.surveys_now import GroupNow, SurveyNow, groups_now
from surveys.questionnaire.window import Standing, standing
from surveys.views import respond_cookies as cookies
from surveys.views.respond_end import thanks_words
from surveys.views.respond_first import first_page, offer_to_resume, shown_otherwise, start
from surveys.views.respond_pages import page
from surveys.views.respond_visit import SeeOther, already, answerable, for_respondents, shut, survey_of


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
        key = cookies.draft_key(request, survey.code)
    except cookies.Tampered:
        key = None
    draft = key and draft_in_use(key, survey.code)
    if draft and answerable(draft):
        return offer_to_resume(request, survey, draft, by_link=False)
    if cookies.has_answered(request, survey.code) and not survey.several_per_browser:
        return already(request, survey)
    return None if standing(survey, timezone.now()) is Standing.OPEN else shut(request, survey)


def _asked_groups(survey: SurveyNow) -> tuple[GroupNow, ...]:
    """The groups that are asked anything, in their order."""
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    return tuple(group for group in groups_now(survey.cycle_id) if questionnaire.asked_of(group.id).issues)
