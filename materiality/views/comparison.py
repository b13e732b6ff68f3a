"""The page that compares the groups of a run."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from materiality.platform.lists import Chip, Head, Listing, chosen_in
from materiality.platform.words import word_for
from materiality.queries.comparison import GroupComparison
from materiality.queries.cycles import groups_of, run_with_cube
from materiality.scoring.cube import DIMENSIONS
from materiality.tables.lists import listed
from materiality.views.cycles import cycle_of, in_cycle

PER_PAGE = 100


def comparison(request: HttpRequest, code: str) -> HttpResponse:
    """Issue by group as a heat table; `?run=` chooses the run."""
    cycle = cycle_of(code)
    run = run_with_cube(cycle, request.GET.get("run", ""))
    if run is None:
        if "run" in request.GET:
            raise Http404
        return redirect("scores", code)  # which says what is needed for a first run
    dimension = chosen_in(request.GET, "dimension", DIMENSIONS) or DIMENSIONS[0]
    found = GroupComparison(run, groups_of(cycle), dimension)
    context = in_cycle(cycle, "scores") | {
        "run": run,
        "comparison": found,
        "listing": _listed(request, found, dimension) if found.may_show else None,
    }
    return listed(request, "materiality/comparison.html", context)


def _listed(request: HttpRequest, found: GroupComparison, dimension: str) -> Listing:
    dimensions = [(each, word_for("dimension", each)) for each in DIMENSIONS]
    heads = [
        Head(_("Issue"), "name", "score.issue.name"),
        Head(_("Disagreement"), "disagreement", "disagreement", "num", falling=True),
        *(
            Head(line.name, f"group-{line.code}", _score_of(place), "num", falling=True)
            for place, line in enumerate(found.lines)
        ),
        Head(
            _("Inside against outside"),
            "sides",
            lambda row: row.sides and abs(row.sides),
            "num worded",
            falling=True,
            said="sides",
        ),
    ]
    return Listing(
        request,
        found.rows(only_beyond=request.GET.get("beyond") == "1"),
        heads=heads,
        chips=[
            Chip("dimension", _("Dimension"), dimensions, chosen=dimension),
            Chip("beyond", "", [("1", _("only differences beyond chance"))], _("all")),
        ],
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        sort="disagreement",
        name=f"{found.run.cycle.code}-groups-compared",
        per_page=PER_PAGE,
    )


def _score_of(place: int) -> Callable:
    return lambda row: row.cells[place].score
