"""Staff pages of a cycle's surveys: the list, one survey, opening and closing."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from materiality.views.cycle_of import cycle_of
from surveys.actions.close_survey import close_survey
from surveys.actions.open_survey import open_survey
from surveys.actions.remove_survey import remove_survey
from surveys.forms.survey import WindowForm
from surveys.instrument import LANGUAGES
from surveys.models import Survey
from surveys.opening import opening_warnings
from surveys.queries.listed_surveys import listed_surveys
from surveys.queries.plans import planned_groups
from surveys.queries.profile_risk import profile_risk
from surveys.queries.survey_contents import contents_of
from surveys.questionnaire.window import closing_time, standing
from surveys.views.survey_of import in_cycle, survey_of
from surveys.wording import share_text

PER_PAGE = 50


def surveys(request: HttpRequest, code: str) -> HttpResponse:
    """The cycle's surveys with state, dates and number of responses."""
    cycle = cycle_of(code)
    page = Paginator(listed_surveys(cycle), PER_PAGE).get_page(request.GET.get("page"))
    context = in_cycle(cycle, "survey", page=page, may_edit=can_edit_cycle(request.user))
    return render(request, "surveys/surveys.html", context)


def survey(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """What a survey asks, where it stands, and how people reach it."""
    return render(request, "surveys/survey.html", survey_page(request, survey_of(code, survey)))


def survey_page(request: HttpRequest, row: Survey, window: WindowForm | None = None) -> dict:
    """The context of a survey's page; `window` is the form of its closing, if it came back with errors."""
    address = request.build_absolute_uri(reverse("respond", args=[row.code]))
    contents = contents_of(row)
    groups = planned_groups(row, contents.codes)
    questions, is_draft = list(row.profile_questions.all()), row.state == Survey.State.DRAFT
    return in_cycle(
        row.cycle,
        "survey",
        survey=row,
        standing=standing(row, timezone.now()).name.lower(),
        closes=closing_time(row),
        contents=contents,
        asked_groups=sum(bool(each.issues) for each in groups),
        warnings=opening_warnings(contents.codes, groups, row),
        questions=len(questions),
        risky=is_draft and row.anonymous and profile_risk(groups, questions).is_there,
        address=address,
        shares=[(language, share_text(row, address, language)) for language in LANGUAGES],
        window=window or WindowForm(survey=row),
        may_edit=can_edit_cycle(request.user),
    )


@require_POST
@needs(can_edit_cycle)
def open_now(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Open the survey, or say what stands against it."""
    row = survey_of(code, survey)
    _try(request, lambda: open_survey(survey=row, by=request.user), _("The survey is open. Share its address below."))
    return redirect("survey", code, survey)


@require_POST
@needs(can_edit_cycle)
def close_now(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Close the survey, or say what stands against it."""
    row = survey_of(code, survey)
    said = _("The survey is closed. Answers begun before may be finished within 15 minutes.")
    _try(request, lambda: close_survey(survey=row, by=request.user), said)
    return redirect("survey", code, survey)


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Remove a draft, or say why it stays."""
    row = survey_of(code, survey)
    removed = _try(request, lambda: remove_survey(survey=row, by=request.user), _("The draft is removed."))
    return redirect("surveys", code) if removed else redirect("survey", code, survey)


def _try(request: HttpRequest, action: Callable[[], object], said: str) -> bool:
    try:
        action()
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return False
    messages.success(request, said)
    return True
