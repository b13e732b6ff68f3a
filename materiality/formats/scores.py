"""`scores.json`: all numbers of a run, for scripts and for checking (formats.md)."""

from materiality.models import IssueScore, Run
from materiality.queries.ranking import named_of
from materiality.queries.scores import FIELDS, RATED_FIELDS, SMALL_CELL, undo_hidden_cells
from materiality.scoring.cube import DIMENSIONS
from materiality.scoring.method import Method
from materiality.scoring.ranking import IssueNamed

RESPONSES = ("total", "unfinished", "submitted", "valid", "flags")
PARENT_FIELDS = ("level", "derived_society", "derived_business")


def scores_json(run: Run, *, all_cells: bool = False) -> dict:
    """All numbers of a run in full precision (formats.md, scores.json); a run of version 1 has the keys it knew.

    Cells with n < 5 lose mean and score unless `all_cells`, and where such cells count, habits and disagreement too.
    """
    rows = list(run.scores.select_related("issue").order_by("issue__code"))
    hidden = not all_cells and undo_hidden_cells(run)
    result = {
        "cycle": run.cycle.code,
        "run": run.number,
        "method": {**Method.from_stored(run.method).as_dict(), "scoring": run.scoring},
        "responses": {name: run.responses[name] for name in RESPONSES},
        "cuts": _cuts_json(run, rows),
    }
    if run.scoring > 1:
        habits = None if hidden else run.figures["habits"]
        result |= {"habits": habits} | {name: run.figures[name] for name in ("variance_share", "halo", "warnings")}
    told = named_of(run, [row.issue.code for row in rows], all_cells=all_cells) if run.scoring > 1 else {}
    for name, above in (("issues", False), ("primary_issues", True)):
        chosen = [row for row in rows if _has_children(run, row) == above]
        result[name] = [_issue_json(run, row, hidden, all_cells, told.get(row.issue.code)) for row in chosen]
    return result


def _has_children(run: Run, row: IssueScore) -> bool:
    """Whether children of the issue are in the run's scope; version 1 did not look at the scope."""
    return row.issue.is_primary if run.scoring == 1 else row.level is not None


def _cuts_json(run: Run, rows: list[IssueScore]) -> dict:
    if run.scoring == 1:
        return run.cuts
    levels = {row.level for row in rows if row.level is not None}
    upper = run.figures.get("cuts", {})
    return {**run.cuts, "primary": {str(level): upper.get(str(level), run.primary_cuts) for level in sorted(levels)}}


def _issue_json(run: Run, row: IssueScore, hidden: bool, all_cells: bool, named: IssueNamed | None) -> dict:
    result = {"code": row.issue.code, **{name: getattr(row, name) for name in FIELDS}}
    if run.scoring > 1:
        if row.level is not None:
            result |= {name: getattr(row, name) for name in PARENT_FIELDS}
        if not row.derived:
            result |= {name: getattr(row, name) for name in RATED_FIELDS}
            result["base"] = {d: {"asked": asked, "counted": counted} for d, (asked, counted) in row.base.items()}
            result["disagreement"] = dict.fromkeys(DIMENSIONS) if hidden else row.disagreement
            result["not_comparable"] = row.not_comparable
            result["named"] = _named_json(run, row.issue.code, named, all_cells)
    result["groups"] = {
        group: {dimension: _json_cell(cell, all_cells) for dimension, cell in cells.items()}
        for group, cells in row.groups.items()
    }
    return result


def _json_cell(cell: dict, all_cells: bool) -> dict:
    hidden = cell["n"] < SMALL_CELL and not all_cells
    return {"n": cell["n"], "mean": None if hidden else cell["mean"], "score": None if hidden else cell["score"]}


def _named_json(run: Run, code: str, told: IssueNamed | None, all_cells: bool) -> dict:
    """Nothing where the ranking step was not asked or not taken; of groups with few asked only how many."""
    groups, ends = {}, {each.group: each.interval for each in told.groups} if told else {}
    for group, issues in run.responses.get("named", {}).items():
        if code in issues:
            named, asked = issues[code]
            low, high = ends.get(group) or (None, None)
            shown = named if all_cells or asked >= SMALL_CELL else None
            groups[group] = {"named": shown, "asked": asked, "low": low, "high": high}
    return {"share": told.share if told else None, "groups": groups}
