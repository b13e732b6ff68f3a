"""The page of the materiality matrix."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from materiality.models import Group, Run
from materiality.platform.people import can_edit_cycle
from materiality.platform.words import plain_number, say_names
from materiality.queries.cycles import chosen_run, groups_of, listed_runs
from materiality.queries.years import earlier_runs, line_of
from materiality.views.cycles import cycle_of, in_cycle
from reports.queries.matrix import (
    CUT_NAMES,
    RING,
    MatrixData,
    MatrixOptions,
    ShownNames,
    base_line,
    cut_line,
    decided_line,
    matrix_data,
    matrix_rule,
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
    say_names(run.method)
    groups = groups_of(cycle)
    earlier = earlier_runs(cycle, line_of(run.edition), request.user)
    data = matrix_data(run, _wanted(request, groups, earlier))
    context |= {"runs": runs, "run": run, "data": data, "options": data.options, "groups": groups}
    context |= {"views": _views(run, data, groups), "differing": sum(row.differs for row in data.rows)}
    context |= {"pooled_method": _is_pooled(data), "group": _named(groups, data.options.group)}
    context |= {"earlier": earlier, "cut_values": _cut_values(data)}
    context |= {"cuts": cut_line(data), "weighting": weighting_line(data), "decided": decided_line(data, RING)}
    return render(request, "reports/matrix.html", context)


def _views(run: Run, data: MatrixData, groups: list[Group]) -> list[dict]:
    """The picture, or two beside each other: whose scores they show, what they rest on, how they are drawn."""
    beside = _named(groups, data.options.beside)
    shown = [data]
    if beside:
        shown.append(matrix_data(run, replace(data.options, group=beside.code, since="", bars=False)))
    views = []
    for each, other in zip(shown, shown[::-1], strict=True):
        group = _named(groups, each.options.group)
        named = ShownNames(run.cycle.title, group.name if group else "")
        drawings = page_drawings(each, named, beside=other if beside else None)
        # The drawing escapes every word that it takes from the database.
        safe = {"wide": mark_safe(drawings.wide), "narrow": mark_safe(drawings.narrow)}
        views.append(safe | {"group": group, "base": base_line(each, named)})
    return views


def _named(groups: list[Group], code: str) -> Group | None:
    return next((group for group in groups if group.code == code), None)


def _cut_values(data: MatrixData) -> list[tuple[str, str, float]]:
    """Cuts of the picture by name: where they lie, and where they lie in the run."""
    own = matrix_rule(data.run, replace(data.options, **dict.fromkeys(CUT_NAMES)))
    cuts = [(name, getattr(data.rule, name), getattr(own, name)) for name in CUT_NAMES]
    return [(name, plain_number(value), run) for name, value, run in cuts if value is not None]


def _wanted(request: HttpRequest, groups: list[Group], earlier: list[Run]) -> MatrixOptions:
    """The choices of the URL; a group, or an earlier cycle, that there is not is none."""
    query = request.GET.dict()
    for name in ("group", "beside"):
        if query.get(name) not in {group.code for group in groups}:
            query[name] = ""
    since = query.get("since", "")
    if not since.isdigit() and since not in {each.cycle.code for each in earlier}:
        query["since"] = ""
    return MatrixOptions.from_query(query)


def _is_pooled(data: MatrixData) -> bool:
    """Whether the run's own method is the pooled one, so that there is nothing to switch."""
    return data.run.method["weighting"] == "by_response"
