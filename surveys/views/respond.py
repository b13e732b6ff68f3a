"""The respondent's way in and out: introduction with consent and group, thanks."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from materiality.bilingual import text_of
from surveys.actions.start_draft import start_draft
from surveys.forms.answers import StartForm
from surveys.queries.drafts_in_use import draft_in_use
from surveys.queries.questionnaire import questionnaire_of
from surveys.queries.surveys_now import GroupNow, SurveyNow, groups_now
from surveys.questionnaire.window import Standing, standing
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import page, shown_language
from surveys.views.respond_visit import ANSWERABLE, SeeOther, already, for_respondents, shut, survey_of


@for_respondents
def introduction(request: HttpRequest, code: str) -> HttpResponse:
    """Who asks, why, how long, what is stored; consent and group. GET stores nothing, POST starts a draft."""
    posted = request.POST
    if "language" in posted or "size" in posted:
        return _shown_otherwise(request, code)
    if posted.get("go") == "anew":
        response = SeeOther(request.path)
        cookies.forget(response, code, cookies.DRAFT)
        return response
    survey = survey_of(request, code)
    barred = _barred(request, survey)
    if barred:
        return SeeOther(request.path) if request.method == "POST" else barred
    groups = groups_now(survey.cycle_id)
    if request.method == "POST":
        return _start(request, survey, groups)
    group, consent = cookies.first_page(request)
    return _first_page(request, survey, groups, group=group, consent=consent)


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
    return page(
        request,
        "thanks",
        action=request.path,
        several=survey.several_per_browser and standing(survey, timezone.now()) is Standing.OPEN,
        questionnaire=questionnaire_of(survey.id, survey.opened_at),
    )


def _barred(request: HttpRequest, survey: SurveyNow) -> HttpResponse | None:
    """What is shown in place of the first page: go on with answers begun, already in, not open."""
    now = timezone.now()
    try:
        key = cookies.draft_key(request, survey.code)
    except cookies.Tampered:
        key = None
    draft = key and draft_in_use(key, survey.code)
    if draft and not draft.ready_at and standing(survey, now, draft.started_at) in ANSWERABLE:
        questionnaire = questionnaire_of(survey.id, survey.opened_at)
        where = questionnaire.first_open_page(key.bytes, draft.ratings) or "end"
        return page(request, "resume", action=request.path, title=text_of(survey, "title"), page=where)
    if cookies.has_answered(request, survey.code) and not survey.several_per_browser:
        return already(request, survey)
    return None if standing(survey, now) is Standing.OPEN else shut(request, survey)


def _start(request: HttpRequest, survey: SurveyNow, groups: tuple[GroupNow, ...]) -> HttpResponse:
    form = StartForm(request.POST, groups=groups)
    if not form.is_valid():
        chosen, consent = request.POST.get("group", ""), "consent" in request.POST
        return _first_page(request, survey, groups, group=chosen, consent=consent, errors=form.errors)
    draft = start_draft(
        survey=survey,
        group=next(group for group in groups if group.code == form.cleaned_data["group"]),
        n_items=questionnaire_of(survey.id, survey.opened_at).n_items,
        language=shown_language(),
    )
    response = SeeOther(f"{request.path}1/")
    cookies.remember_draft(response, survey.code, draft.key)
    return response


def _first_page(
    request: HttpRequest,
    survey: SurveyNow,
    groups: tuple[GroupNow, ...],
    *,
    group: str,
    consent: bool,
    errors: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    wrong = errors or {}
    return page(
        request,
        "introduction",
        status=422 if wrong else 200,
        action=request.path,
        questionnaire=questionnaire_of(survey.id, survey.opened_at),
        groups=tuple((row.code, text_of(row, "name"), text_of(row, "definition")) for row in groups),
        group=group if any(row.code == group for row in groups) else "",
        consent=consent,
        group_error=wrong["group"][0] if "group" in wrong else "",
        consent_error=wrong["consent"][0] if "consent" in wrong else "",
    )


def _shown_otherwise(request: HttpRequest, code: str) -> HttpResponse:
    """Language or text size: what is chosen on the page is kept by the browser, not by us."""
    response = SeeOther(request.path)
    cookies.remember_shown(response, request.POST)
    cookies.remember_first_page(response, code, request.POST.get("group", ""), "consent" in request.POST)
    return response
