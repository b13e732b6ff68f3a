"""Staff pages on which a survey is made and changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from materiality.views.cycle_of import cycle_of
from surveys.actions.build_survey import build_survey
from surveys.actions.change_open_survey import change_open_survey
from surveys.actions.change_window import change_window
from surveys.actions.edit_survey import FIELDS, edit_survey
from surveys.forms.moments import shown_in
from surveys.forms.survey import TIMES, NewSurveyForm, SurveyForm, WindowForm
from surveys.forms.survey_texts import OpenSurveyForm
from surveys.models import Survey
from surveys.queries.listed_surveys import surveys_of
from surveys.queries.notice_texts import notice_texts
from surveys.views.survey_of import in_cycle, survey_of
from surveys.views.surveys import survey_page
from surveys.wording import default_texts


@needs(can_edit_cycle)
def new_survey(request: HttpRequest, code: str) -> HttpResponse:
    """Make a survey from the cycle's issues."""
    cycle = cycle_of(code)
    form = NewSurveyForm(request.POST or None, cycle=cycle, initial=None if request.POST else _suggestions(cycle))
    if request.method == "POST" and form.is_valid():
        try:
            row = build_survey(cycle=cycle, **form.values(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(
                request, _("The survey is made. Say who is asked what, look at its preview, then open it.")
            )
            return redirect("survey", code, row.code)
    return render(request, "surveys/survey_form.html", in_cycle(cycle, "survey", form=form))


@needs(can_edit_cycle)
def edit(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Change a draft, or what may still change of a survey that was opened."""
    row = survey_of(code, survey)
    if row.state != Survey.State.DRAFT:
        return _edit_open(request, row)
    form = SurveyForm(request.POST or None, cycle=row.cycle, survey=row, initial=_as_it_is(row))
    if request.method == "POST" and form.is_valid():
        try:
            edit_survey(survey=row, **form.values(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The survey is saved."))
            return redirect("survey", code, survey)
    return render(request, "surveys/survey_form.html", in_cycle(row.cycle, "survey", form=form, survey=row))


def _edit_open(request: HttpRequest, row: Survey) -> HttpResponse:
    form = OpenSurveyForm(request.POST or None, survey=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_open_survey(survey=row, **form.cleaned_data, by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The survey is saved."))
            return redirect("survey", row.cycle.code, row.code)
    context = in_cycle(row.cycle, "survey", form=form, survey=row, opened=True)
    return render(request, "surveys/survey_form.html", context)


@needs(can_edit_cycle)
def window(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Move the closing of an open survey."""
    row = survey_of(code, survey)
    if request.method != "POST":
        return redirect("survey", code, survey)
    form = WindowForm(request.POST, survey=row)
    if form.is_valid():
        try:
            change_window(survey=row, closes_at=form.moment(), by=request.user)
        except NotAllowed as refusal:
            form.add_error("closes_at", refusal.reason)
        else:
            messages.success(request, _("The closing is changed."))
            return redirect("survey", code, survey)
    return render(request, "surveys/survey.html", survey_page(request, row, form))


def _as_it_is(row: Survey) -> dict:
    times = {name: shown_in(getattr(row, name), row.zone) for name in TIMES}
    return {name: getattr(row, name) for name in FIELDS} | times | notice_texts(row)


def _suggestions(cycle: Cycle) -> dict:
    """A free code, the scale and zone of the cycle's last survey, and texts in both languages."""
    before = surveys_of(cycle)
    kept = {"k": before[0].k, "zone": before[0].zone} if before else {"k": 5, "zone": "Asia/Shanghai"}
    level = Survey.Level.SECONDARY
    return {"code": _free_code(cycle), "level": level, **kept, **default_texts(cycle, level)}


def _free_code(cycle: Cycle) -> str:
    taken = set(Survey.objects.filter(code__startswith=cycle.code).values_list("code", flat=True))
    names = [cycle.code, *(f"{cycle.code}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)
