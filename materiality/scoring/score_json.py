"""The pieces of `scores.json` (formats.md) that come from an assessment."""

from dataclasses import asdict

from .assessment import Assessment, GroupScore, IssueScore
from .codes import DIMENSIONS

SMALLEST_CELL = 5

FIELDS = (
    "code",
    *(dimension + suffix for dimension in DIMENSIONS for suffix in ("", "_low", "_high")),
    *(f"var_{dimension}" for dimension in DIMENSIONS),
    "cov",
    "priority",
    "var_priority",
    "rank",
    "tier",
    "tier_certainty",
    "rank_low",
    "rank_high",
)


def as_json(assessment: Assessment, *, all_cells: bool = False) -> dict[str, object]:
    """`cuts`, `issues` and `primary_issues`; group cells with n < 5 lose mean and score unless `all_cells`."""
    return {
        "cuts": asdict(assessment.cuts),
        "issues": [_issue(each, all_cells) for each in assessment.issues],
        "primary_issues": [_issue(each, all_cells) for each in assessment.primary_issues],
    }


def _issue(score: IssueScore, all_cells: bool) -> dict[str, object]:
    groups = {
        group: {dimension: _cell(cell, all_cells) for dimension, cell in cells.items()}
        for group, cells in score.groups.items()
    }
    return {**{name: getattr(score, name) for name in FIELDS}, "groups": groups}


def _cell(cell: GroupScore, all_cells: bool) -> dict[str, int | float | None]:
    shown = all_cells or cell.n >= SMALLEST_CELL
    return {"n": cell.n, "mean": cell.mean if shown else None, "score": cell.score if shown else None}
