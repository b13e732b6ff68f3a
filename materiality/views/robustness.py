"""The page that says how far the tiers of a run hold."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from materiality.platform.words import say_names
from materiality.queries.cycles import groups_of, run_with_cube
from materiality.queries.robustness import RobustnessTable
from materiality.views.cycles import cycle_of, in_cycle


def robustness(request: HttpRequest, code: str) -> HttpResponse:
    """Every scenario with the issues that change their tier, and the share in which each tier holds."""
    cycle = cycle_of(code)
    run = run_with_cube(cycle, request.GET.get("run", ""))
    if run is None or run.source:
        if "run" in request.GET:
            raise Http404
        return redirect("scores", code)  # which says what is needed for a first run
    say_names(run.method)
    table = RobustnessTable(run, groups_of(cycle)) if run.scoring > 1 else None
    return render(request, "materiality/robustness.html", in_cycle(cycle, "scores", run=run, table=table))
