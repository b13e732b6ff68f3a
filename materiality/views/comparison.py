"""The page that compares the groups of a run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from materiality.queries.comparison import SORTS, GroupComparison
from materiality.queries.cycles import run_with_cube
from materiality.scoring.cube import DIMENSIONS
from materiality.views.cycles import cycle_of, in_cycle


def comparison(request: HttpRequest, code: str) -> HttpResponse:
    """Issue by group as a heat table; `?dimension=`, `?sort=`, `?beyond=1` and `?run=` choose what is shown."""
    cycle = cycle_of(code)
    run = run_with_cube(cycle, request.GET.get("run", ""))
    if run is None:
        raise Http404
    wanted, sort = request.GET.get("dimension", ""), request.GET.get("sort", "")
    dimension = wanted if wanted in DIMENSIONS else DIMENSIONS[0]
    sort = sort if sort in SORTS else SORTS[0]
    only_beyond = request.GET.get("beyond") == "1"
    found = GroupComparison(run, list(cycle.groups.all()), dimension)
    context = in_cycle(cycle, "scores") | {
        "run": run,
        "comparison": found,
        "rows": found.rows(sort, only_beyond=only_beyond) if found.may_show else [],
        "dimensions": DIMENSIONS,
        "sort": sort,
        "only_beyond": only_beyond,
    }
    return render(request, "materiality/comparison.html", context)
