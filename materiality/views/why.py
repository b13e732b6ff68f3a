"""The page of one issue of a run: why it stands where it stands."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from materiality.models import Cycle, IssueScore, Run
from materiality.platform.words import say_names
from materiality.queries.cycles import groups_of, run_with_cube
from materiality.queries.mappings import covered_frameworks
from materiality.queries.scores import ScoreRow, level_of, shows_certainty, stated_of
from materiality.queries.stakeholders import touching
from materiality.queries.why import Why
from materiality.queries.years import years_of
from materiality.views.cycles import cycle_of, in_cycle


def why(request: HttpRequest, code: str, issue: str) -> HttpResponse:
    """All that a run says of one issue; `?run=` chooses another run than the newest."""
    cycle = cycle_of(code)
    run, score = scored_issue(cycle, request.GET.get("run", ""), issue)
    children = run.scores.filter(issue__parent=score.issue_id).select_related("issue") if score.derived else []
    statement = stated_of(run, level_of(score))
    context = in_cycle(cycle, "scores") | {
        "run": run,
        "score": score,
        "row": ScoreRow(score),
        "why": Why(run, score, groups_of(cycle)),
        "secondaries": list(children),
        "touching": touching(cycle.engagements.filter(issues=score.issue)),
        "years": years_of(run, issue, request.user),
        "frameworks": covered_frameworks(score.issue),
        "statement": statement,
        "certainty": shows_certainty(statement),
        "business_share": round(1 - run.method["lam"], 9),
    }
    return render(request, "materiality/why.html", context)


def scored_issue(cycle: Cycle, number: str, issue: str) -> tuple[Run, IssueScore]:
    """The run with this number (the newest where none is given) and the issue's result; else the page "not found"."""
    run = run_with_cube(cycle, number)
    if run is None:
        raise Http404
    say_names(run.method)
    return run, get_object_or_404(run.scores.select_related("issue__category"), issue__code=issue)
