"""What the rows of a library file make together with the issues that are stored."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from materiality.library_file.issue_rows import IssueRow
from materiality.library_file.problems import Problem
from materiality.library_file.structure import PRIMARY, check_tree
from materiality.resources.plan import SheetRow
from materiality.resources.tree import rings

TREE = ("code", "category", "parent_code", "status")
PLACE = ("category", "parent_code")


def check_issues(rows: Sequence[SheetRow], stored: Mapping[str, dict[str, str]]) -> Iterator[Problem]:
    """Problems of codes, parents and categories. `stored`: code → the TREE cells of an issue of the edition.

    An issue that stands where it stood is not found fault with, whatever its code looks like.
    """
    merged = [_merged(row, stored.get(row.cells.get("code", ""), {})) for row in rows]
    moved = {place for place, row in enumerate(rows) if _moves(merged[place], stored)}
    for place in sorted(moved):
        yield from _moved(rows[place], merged[place], stored[merged[place]["code"]])
    ring = _rings(merged)
    for place, (row, cells) in enumerate(zip(rows, merged, strict=True)):
        if cells["code"] in ring and place not in moved:
            way = " → ".join(ring[cells["code"]])
            yield row.problem("cycle", "parent_code", cells["parent_code"], params={"code": cells["code"], "way": way})
        elif _primary_under(cells) and cells["code"] not in stored:
            params = {"code": cells["code"], "example": f"{cells['parent_code']}-01"}
            yield row.problem("primary_under", "parent_code", params=params)
    yield from _retired_primaries(rows, merged, stored)
    told = {cells["code"] for cells in merged if cells["code"] in ring or _primary_under(cells)} | stored.keys()
    yield from _tree(rows, merged, stored, told)


def _tree(
    rows: Sequence[SheetRow], merged: list[dict[str, str]], stored: Mapping[str, dict[str, str]], told: set[str]
) -> Iterator[Problem]:
    """The checks of a whole library on the edition as it would be; of rows not told of already, nor doubled."""
    given = {cells["code"] for cells in merged}
    after = [IssueRow(place, cells, {}) for place, cells in enumerate(merged)]
    after += [IssueRow(-1, cells, {}) for code, cells in stored.items() if code not in given]
    for problem in check_tree(after, flat=False):
        if problem.row >= 0 and problem.kind != "double_code" and merged[problem.row]["code"] not in told:
            row = rows[problem.row]
            yield replace(problem, row=row.number, sheet=row.sheet)


def _retired_primaries(
    rows: Sequence[SheetRow], merged: list[dict[str, str]], stored: Mapping[str, dict[str, str]]
) -> Iterator[Problem]:
    """A primary issue cannot go before its secondaries do."""
    after = {**stored, **{cells["code"]: cells for cells in merged}}
    active = defaultdict(list)
    for code, cells in after.items():
        if cells["parent_code"] and cells["status"] != "retired":
            active[cells["parent_code"]].append(code)
    for row, cells in zip(rows, merged, strict=True):
        if cells["status"] == "retired" and active[cells["code"]]:
            params = {"code": cells["code"], "codes": ", ".join(sorted(active[cells["code"]]))}
            yield row.problem("retired_primary", "status", params=params)


def _merged(row: SheetRow, held: dict[str, str]) -> dict[str, str]:
    """The row's TREE cells; those the file has no column for as they are stored."""
    return {name: row.cells.get(name, held.get(name, "")) for name in TREE}


def _moves(cells: dict[str, str], stored: Mapping[str, dict[str, str]]) -> bool:
    held = stored.get(cells["code"])
    return held is not None and any(cells[name] != held[name] for name in PLACE)


def _moved(row: SheetRow, cells: dict[str, str], held: dict[str, str]) -> Iterator[Problem]:
    for name, kind in (("category", "moved_category"), ("parent_code", "moved_parent")):
        if cells[name] != held[name]:
            params = {"code": cells["code"], "old": held[name] or "–"}
            yield row.problem(kind, name, nearest=(held[name],) if held[name] else (), params=params)


def _rings(merged: list[dict[str, str]]) -> dict[str, list[str]]:
    return rings({cells["code"]: cells["parent_code"] or None for cells in merged if cells["code"]})


def _primary_under(cells: dict[str, str]) -> bool:
    return bool(cells["parent_code"] and PRIMARY.fullmatch(cells["code"]) and cells["code"] != cells["parent_code"])
