"""A run as `scores.json` (formats.md)."""

from materiality.models import IssueScore, Run
from materiality.scoring.score_json import FIELDS, SMALLEST_CELL

RESPONSES = ("total", "unfinished", "submitted", "valid", "flags")


def scores_json(run: Run, *, all_cells: bool = False) -> dict:
    """All numbers of a run in full precision; group cells with n < 5 without mean and score unless `all_cells`."""
    rows = list(run.scores.select_related("issue").order_by("issue__code"))
    return {
        "cycle": run.cycle.code,
        "run": run.number,
        "method": run.method,
        "responses": {name: run.responses[name] for name in RESPONSES},
        "cuts": run.cuts,
        "issues": [_issue(row, all_cells) for row in rows if not row.issue.is_primary],
        "primary_issues": [_issue(row, all_cells) for row in rows if row.issue.is_primary],
    }


def _issue(row: IssueScore, all_cells: bool) -> dict:
    groups = {
        group: {dimension: _cell(cell, all_cells) for dimension, cell in cells.items()}
        for group, cells in row.groups.items()
    }
    numbers = {name: getattr(row, name) for name in FIELDS if name != "code"}
    return {"code": row.issue.code, **numbers, "groups": groups}


def _cell(cell: dict, all_cells: bool) -> dict:
    hidden = cell["n"] < SMALLEST_CELL and not all_cells
    return {"n": cell["n"], "mean": None if hidden else cell["mean"], "score": None if hidden else cell["score"]}
