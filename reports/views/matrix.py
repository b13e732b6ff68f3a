"""The page of the materiality matrix."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from materiality.models import Group, Run
from materiality.platform.lists import Chip, Entry, Head, Listing, choices_of
from materiality.platform.people import can_edit_cycle
from materiality.platform.words import plain_number, say_names, word_for
from materiality.queries.cycles import chosen_run, groups_of, listed_runs
from materiality.queries.years import earlier_runs, line_of
from materiality.tables.lists import listed
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

PER_PAGE = 200


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
    context |= {"listing": _choices(request, data, groups, runs, earlier), "figures": _figures(request, data)}
    context |= {"cuts": cut_line(data), "weighting": weighting_line(data), "decided": decided_line(data, RING)}
    return listed(request, "reports/matrix.html", context)


def _choices(
    request: HttpRequest, data: MatrixData, groups: list[Group], runs: list[Run], earlier: list[Run]
) -> Listing:
    """All that can be chosen of the picture, and the figures as a file."""
    options = data.options
    of_runs = [(str(each.number), f"{each.number} · {each.name or date_format(each.created_at)}") for each in runs]
    chips = [
        Chip("level", _("Issues"), data.level_choices.items(), chosen=options.level),
        Chip("category", _("Category"), choices_of(data.all_categories), _("All categories")),
        Chip("group", _("Whose scores"), choices_of(groups), _("All groups together")),
        *_of_all_groups(data, [each for each in runs if each.pk != data.run.pk], earlier),
        Chip("beside", _("Beside it"), choices_of(groups), _("nothing")),
    ]
    if len(runs) > 1:
        chips.append(Chip("run", _("Run"), of_runs, chosen=str(data.run.number)))
    return Listing(
        request,
        data.rows,
        heads=_figure_heads(data, _("Priority")),
        chips=chips,
        entries=_cuts(data),
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        name=f"{data.run.cycle.code}-run-{data.run.number}-matrix",
    )


def _of_all_groups(data: MatrixData, others: list[Run], earlier: list[Run]) -> list[Chip]:
    """What a single group's view does not have."""
    if data.options.group:
        return []
    before = [(str(each.number), _("run %(number)s") % {"number": each.number}) for each in others]
    before += [(each.cycle.code, each.cycle.title) for each in earlier]
    ways = [("balanced", _("Balanced: by group")), ("pooled", _("Pooled: by response"))]
    chips = [] if _is_pooled(data) else [Chip("weighting", _("Weighting"), ways, chosen=data.options.weighting)]
    chips += [Chip("since", _("Moved since"), before, _("nothing"))]
    if data.options.weighting == "balanced":
        chips += [
            Chip("bars", "", [("1", _("95% intervals"))], ""),
            Chip("grey", "", [("1", _("Uncertain tiers"))], ""),
        ]
    return chips


def _cuts(data: MatrixData) -> list[Entry]:
    """The cuts of the picture, empty where they lie as in the run."""
    own = matrix_rule(data.run, replace(data.options, **dict.fromkeys(CUT_NAMES)))
    cuts = [(name, getattr(data.rule, name), getattr(own, name)) for name in CUT_NAMES]
    moved = data.options.moved_cuts
    return [
        Entry(name, word_for("cut", name), str(plain_number(value)) if name in moved else "", f"{run:.1f}")
        for name, value, run in cuts
        if value is not None
    ]


def _figure_heads(data: MatrixData, priority: str) -> list[Head]:
    heads = [
        Head("#", "rank", "point.rank", "num"),
        Head(_("Issue"), "name", "point.label", said=lambda row: f"{row.point.code} {row.point.label}"),
        Head(word_for("side", "society"), "society", "point.y", "num", falling=True),
        Head(word_for("side", "business"), "business", "point.x", "num", falling=True),
        Head(priority, "priority", "point.priority", "num", falling=True),
        Head(
            _("Tier"), "tier", lambda row: -(row.point.priority or 0), said=lambda row: word_for("tier", row.point.tier)
        ),
    ]
    return [*heads, Head("n", "n", "point.n", "num", falling=True)] if data.has_numbers else heads


def _figures(request: HttpRequest, data: MatrixData) -> Listing:
    """The table beside the picture, with an order of its own."""
    return Listing(request, data.rows, heads=_figure_heads(data, "P"), per_page=PER_PAGE, place="figures")


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


def _wanted(request: HttpRequest, groups: list[Group], earlier: list[Run]) -> MatrixOptions:
    """The choices of the URL; a group, or an earlier cycle, that there is not is none, and no address names it."""
    request.GET = query = request.GET.copy()
    codes = {group.code for group in groups}
    before = {each.cycle.code for each in earlier}
    known = {
        "group": codes.__contains__,
        "beside": codes.__contains__,
        "since": lambda each: each in before or each.isdigit(),
    }
    for name, knows in known.items():
        if not knows(query.get(name, "")):
            query.pop(name, None)
    return MatrixOptions.from_query(query.dict())


def _is_pooled(data: MatrixData) -> bool:
    """Whether the run's own method is the pooled one, so that there is nothing to switch."""
    return data.run.method["weighting"] == "by_response"
