"""Staff page of responses: how many came, what screening did."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from materiality.models import Cycle
from materiality.permissions import can_edit_cycle, can_see_responses
from materiality.views.cycle_of import cycle_of
from surveys.fieldwork_figures import counted_at
from surveys.models import Survey
from surveys.queries.fieldwork import Counts, Fieldwork, fieldwork_of
from surveys.queries.listed_imports import listed_imports, stage_of
from surveys.queries.listed_surveys import response_kinds, surveys_of, valid_responses
from surveys.views.survey_of import in_cycle

PER_PAGE = 50


def responses(request: HttpRequest, code: str) -> HttpResponse:
    """Counts per group, screening and imports of one survey; `?survey=` chooses another than the newest."""
    cycle = cycle_of(code)
    surveys = surveys_of(cycle)
    context = in_cycle(cycle, "responses", surveys=surveys, may_edit=can_edit_cycle(request.user))
    if not surveys:
        return render(request, "surveys/responses.html", context)
    survey = _chosen(surveys, request.GET.get("survey", ""))
    fieldwork = fieldwork_of(survey, response_kinds(cycle))
    imports = Paginator(listed_imports(cycle).filter(survey=survey), PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "survey": survey,
        "fieldwork": fieldwork,
        "counted_at": counted_at(survey, fieldwork.counts.total),
        "lines": _group_lines(cycle, fieldwork),
        "cycle_valid": valid_responses(cycle),
        "page": imports,
        "imports": [(imported, stage_of(imported, imported.good)) for imported in imports],
        "may_see": can_see_responses(request.user),
    }
    return render(request, "surveys/responses.html", context)


def _chosen(surveys: list[Survey], code: str) -> Survey:
    """The survey that the URL names; else the newest that was opened; else the newest."""
    if code:
        found = next((survey for survey in surveys if survey.code == code), None)
        if found is None:
            raise Http404
        return found
    return next((survey for survey in surveys if survey.state != Survey.State.DRAFT), surveys[0])


def _group_lines(cycle: Cycle, fieldwork: Fieldwork) -> list[dict]:
    lines = []
    for group in cycle.groups.all():
        counts = fieldwork.groups.get(group.pk, Counts())
        reached = counts.valid / group.target if group.target else None
        share = counts.valid / fieldwork.counts.valid if fieldwork.counts.valid else None
        lines.append({"group": group, "counts": counts, "reached": reached, "share": share})
    return lines
