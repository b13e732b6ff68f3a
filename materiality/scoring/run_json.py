"""The pieces of `scores.json` (formats.md) that come from a run under version 2."""

from dataclasses import asdict

from .cube import DIMENSIONS
from .parameters import VERSION
from .placing import Cuts
from .results import CellScore, IssueScore, Run

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
RATED_FIELDS = tuple(f"plain_{dimension}" for dimension in DIMENSIONS)
PARENT_FIELDS = ("level", *(f"derived_{dimension}" for dimension in DIMENSIONS))


def as_json(run: Run, *, all_cells: bool = False) -> dict[str, object]:
    """Everything but cycle, run and responses. Cells with n < 5 lose mean and score unless `all_cells`; with a lower
    min_n habits and disagreement too, which would help to undo them.
    """
    hidden = not all_cells and run.method.min_n < SMALLEST_CELL
    primary = {str(level.number): _cuts(level.cuts) for level in run.levels[1:]}
    return {
        "method": {**run.method.as_dict(), "scoring": VERSION},
        "cuts": {**_cuts(run.cuts), "primary": primary},
        "habits": None if hidden else {group: run.habits[group] for group in run.groups},
        "variance_share": dict(run.variance_share),
        "halo": {
            "r": run.halo.r,
            "r_corrected": run.halo.r_corrected,
            "off_diagonal": list(run.halo.off_diagonal),
        },
        "warnings": [dict(each) for each in run.warnings],
        "issues": [_issue(run, each, hidden, all_cells) for each in run.issues],
        "primary_issues": [_issue(run, each, hidden, all_cells) for each in run.primary_issues],
    }


def _cuts(cuts: Cuts) -> dict[str, float | None]:
    return asdict(cuts)


def _issue(run: Run, score: IssueScore, hidden: bool, all_cells: bool) -> dict[str, object]:
    result = {name: getattr(score, name) for name in FIELDS}
    if score.level is not None:
        result |= {name: getattr(score, name) for name in PARENT_FIELDS}
    if not score.derived:
        result |= {name: getattr(score, name) for name in RATED_FIELDS}
        result["base"] = {name: {"asked": asked, "counted": counted} for name, (asked, counted) in score.base.items()}
        result["disagreement"] = dict.fromkeys(DIMENSIONS) if hidden else dict(score.disagreement)
        result["not_comparable"] = list(score.not_comparable)
    groups = run.groups_of(score)
    result["groups"] = {
        group: {name: _cell(cell, all_cells) for name, cell in cells.items()} for group, cells in groups.items()
    }
    return result


def _cell(cell: CellScore, all_cells: bool) -> dict[str, int | float | None]:
    shown = all_cells or cell.n >= SMALLEST_CELL
    return {"n": cell.n, "mean": cell.mean if shown else None, "score": cell.score if shown else None}
