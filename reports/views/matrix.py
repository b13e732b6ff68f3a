"""The page of the materiality matrix."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from materiality.models import Group
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import chosen_run, listed_runs
from materiality.views.cycles import cycle_of, in_cycle
from reports.queries.matrix import (
    MatrixData,
    MatrixOptions,
    ShownNames,
    base_line,
    cut_line,
    matrix_data,
    page_drawings,
    weighting_line,
)


def matrix(request: HttpRequest, code: str) -> HttpResponse:
    """The picture with the table of its figures; every choice is in the URL."""
    cycle = cycle_of(code)
    context = in_cycle(cycle, "matrix", may_edit=can_edit_cycle(request.user))
    runs = list(listed_runs(cycle))
    run = chosen_run(cycle, runs, request.GET.get("run", ""))
    if run is None:
        if runs:
            raise Http404
        return render(request, "reports/matrix.html", context)
    groups = list(cycle.groups.all())
    data = matrix_data(run, _wanted(request, groups))
    group = next((group for group in groups if group.code == data.options.group), None)
    named = ShownNames(cycle.title, group.name if group else "")
    context |= {"runs": runs, "run": run, "data": data, "options": data.options, "groups": groups, "group": group}
    context |= {"base": base_line(data, named), "cuts": cut_line(data), "weighting": weighting_line(data)}
    context |= {"differing": sum(row.differs for row in data.rows), "pooled_method": _is_pooled(data)}
    drawings = page_drawings(data, named)
    # The drawing escapes every word that it takes from the database.
    context |= {"wide": mark_safe(drawings.wide), "narrow": mark_safe(drawings.narrow)}
    return render(request, "reports/matrix.html", context)


def _wanted(request: HttpRequest, groups: list[Group]) -> MatrixOptions:
    """The choices of the URL; a group that there is not is none."""
    query = request.GET.dict()
    if query.get("group") not in {group.code for group in groups}:
        query["group"] = ""
    return MatrixOptions.from_query(query)


def _is_pooled(data: MatrixData) -> bool:
    """Whether the run's own method is the pooled one, so that there is nothing to switch."""
    return data.run.method["weighting"] == "by_response"
