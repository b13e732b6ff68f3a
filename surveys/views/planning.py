"""Staff page that plans how many responses a survey needs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from materiality.permissions import can_edit_cycle
from surveys.models import Survey
from surveys.opening import opening_warnings
from surveys.queries.planning import planning_lines
from surveys.queries.plans import asked_issues, planned_groups
from surveys.queries.typical_spread import typical_spread
from surveys.questionnaire.planning import WIDTHS
from surveys.views.survey_of import in_cycle, survey_of


def survey_plan(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Responses needed for intervals of some widths, full against split, and what the expected ones will give."""
    row = survey_of(code, survey)
    codes = [issue.code for issue in asked_issues(row)]
    groups = planned_groups(row, codes)
    spread = typical_spread()
    lines = planning_lines(row, groups, spread)
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        lines=lines,
        widths=WIDTHS,
        spread=spread,
        issues=len(codes),
        min_n=row.cycle.method.get("min_n", 5),
        full_minutes=max((line.full.minutes for line in lines), default=0),
        split_minutes=max((line.split.minutes for line in lines), default=0),
        short=[line for line in lines if line.planned.expected and not line.way(row.split).enough],
        warnings=opening_warnings(codes, groups, row),
        may_edit=can_edit_cycle(request.user) and row.state == Survey.State.DRAFT,
    )
    return render(request, "surveys/survey_plan.html", context)
