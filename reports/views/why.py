"""The printable sheet of one issue."""

from django.http import HttpRequest, HttpResponse

from materiality.platform.pages import download
from materiality.queries.cycles import groups_of
from materiality.queries.mappings import covered_frameworks
from materiality.queries.stakeholders import touching
from materiality.queries.why import Why
from materiality.queries.years import years_of
from materiality.views.cycles import cycle_of
from materiality.views.why import scored_issue
from reports.documents.why import why_sheet


def issue_sheet(request: HttpRequest, code: str, issue: str) -> HttpResponse:
    """The page of an issue as PDF; `?run=` chooses another run than the newest."""
    cycle = cycle_of(code)
    run, score = scored_issue(cycle, request.GET.get("run", ""), issue)
    frameworks = covered_frameworks(score.issue)
    why = Why(run, score, groups_of(cycle))
    heard = touching(cycle.engagements.filter(issues=score.issue))
    pdf = why_sheet(cycle, why, years_of(run, issue, request.user), heard, frameworks)
    return download(pdf, f"{cycle.code}-{run.number}-{issue}.pdf", private=True)
