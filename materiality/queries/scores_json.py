"""A run as `scores.json` (formats.md)."""

from materiality.models import IssueScore, Run

SMALL_CELL = 5
PLAIN = (
    *("society", "society_low", "society_high", "business", "business_low", "business_high"),
    *("var_society", "var_business", "cov", "priority", "var_priority"),
    *("rank", "tier", "tier_certainty", "rank_low", "rank_high"),
)
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
    return {"code": row.issue.code, **{name: getattr(row, name) for name in PLAIN}, "groups": groups}


def _cell(cell: dict, all_cells: bool) -> dict:
    hidden = cell["n"] < SMALL_CELL and not all_cells
    return {"n": cell["n"], "mean": None if hidden else cell["mean"], "score": None if hidden else cell["score"]}
