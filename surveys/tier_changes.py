"""Which issues stand in another tier when other responses count: a cycle's cube before and after."""

from materiality.models import Cycle, Issue
from materiality.queries.method import method_of
from materiality.scoring.assess import assess
from materiality.scoring.assessment import IssueScore
from materiality.scoring.cube import Cube

FIGURES = ("tier", "priority", "society", "business", "rank")


def tier_changes(cycle: Cycle, before: Cube, after: Cube) -> dict:
    """{"changes": [...], "compared": n, "furthest": x}: issues whose tier changes by the cycle's method, in order of
    code, secondaries first; how many were compared; the largest change of a priority (0–100).

    A change is {"code", "level"} and [before, after] of FIGURES. MethodError where the method is unsound.
    """
    method, parents = method_of(cycle), _parents(cycle, before)
    old, new = assess(before, method, parents), assess(after, method, parents)
    pairs = [("secondary", *pair) for pair in zip(old.issues, new.issues, strict=True)]
    pairs += [("primary", *pair) for pair in zip(old.primary_issues, new.primary_issues, strict=True)]
    distances = [
        abs(one.priority - other.priority)
        for _level, one, other in pairs
        if one.priority is not None and other.priority is not None
    ]
    return {
        "changes": [_change(level, one, other) for level, one, other in pairs if one.tier != other.tier],
        "compared": len(pairs),
        "furthest": max(distances, default=0.0),
    }


def _parents(cycle: Cycle, cube: Cube) -> dict[str, str]:
    """The primary of each rated secondary."""
    rows = Issue.objects.filter(edition=cycle.edition_id, parent__isnull=False).values_list("code", "parent__code")
    parents = dict(rows)
    return {code: parents[code] for code in cube.issues if code in parents}


def _change(level: str, before: IssueScore, after: IssueScore) -> dict:
    figures = {name: [getattr(before, name), getattr(after, name)] for name in FIGURES}
    return {"code": before.code, "level": level, **figures}
