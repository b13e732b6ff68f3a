"""An issue over the years: the same issue in earlier cycles, as the lineage of the library joins them."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from materiality.models import Cycle, Edition, IssueScore, Run
from materiality.queries.drafts import SAME, step_rows

MOST_YEARS = 10


@dataclass(frozen=True)
class Year:
    """One issue in the newest run of a cycle; `other_wording`: respondents were asked in other words than now."""

    cycle: Cycle
    run: Run
    score: IssueScore
    other_wording: bool = False


def wordings(run: Run) -> set[int]:
    """The versions of the instrument with which the surveys of a run were opened; the first where a run says none."""
    return set((run.responses.get("instruments") or {"": 1}).values())


def line_of(edition: Edition) -> list[Edition]:
    """The edition and those it comes from, the newest first."""
    known, line = Edition.objects.in_bulk(), [edition]
    while line[-1].based_on_id is not None:
        line.append(known[line[-1].based_on_id])
    return line


def earlier_runs(cycle: Cycle, line: list[Edition]) -> list[Run]:
    """The newest run of each cycle that ended before this one and stands on an edition of the line, newest first."""
    newest = Run.objects.filter(cycle=OuterRef("cycle")).order_by("-number").values("pk")[:1]
    runs = Run.objects.filter(edition__in=line, cycle__period_end__lt=cycle.period_end, pk=Subquery(newest))
    runs = runs.exclude(cycle=cycle).defer("cube", "asked", "figures").select_related("cycle")
    return list(runs.order_by("-cycle__period_end", "-cycle__pk")[:MOST_YEARS])


def codes_before(line: list[Edition], code: str) -> dict[int, str]:
    """{edition: code} of the issue in each edition of the line, as far back as it was kept, renamed or moved."""
    rows, found = step_rows(line[:-1]), {line[0].pk: code}
    for newer, older in zip(line, line[1:], strict=False):
        descents = [row.descent for row in rows[newer.pk] if row.descent.kind in SAME]
        sources = [each.source for each in descents if each.target == found[newer.pk]]
        if len(sources) != 1:
            break
        found[older.pk] = sources[0]
    return found


def years_of(run: Run, code: str) -> list[Year]:
    """The issue in earlier cycles, newest first; none where it has no descent or nothing was scored before."""
    line = line_of(run.edition)
    runs = earlier_runs(run.cycle, line)
    if not runs:
        return []
    codes = codes_before(line, code)
    wanted = Q()
    for each in runs:
        if each.edition_id in codes:
            wanted |= Q(run=each, issue__code=codes[each.edition_id])
    scores = {}
    if wanted:
        scores = {
            score.run_id: score for score in IssueScore.objects.filter(wanted).select_related("issue").defer("groups")
        }
    now = wordings(run)
    return [Year(each.cycle, each, scores[each.pk], wordings(each) != now) for each in runs if each.pk in scores]
