"""Rows of a library file, in either shape, to one row per issue."""

from dataclasses import dataclass, replace

from materiality.library_file.columns import Shape
from materiality.library_file.problems import Problem
from materiality.library_file.table import Row, Table

TEXTS = ("name_zh", "name_en", "definition_zh", "definition_en")
_PRIMARY = {"category": "category", "name_zh": "primary_name_zh", "name_en": "primary_name_en"}


@dataclass(frozen=True)
class IssueRow:
    """One issue as the file has it: `cells` by the names of the `issues` format, `columns` as the file calls them."""

    number: int
    cells: dict[str, str]
    columns: dict[str, str]

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    def problem(self, kind: str, name: str, **rest) -> Problem:
        """A problem of the cell under `name`."""
        value = rest.pop("value", self.cells.get(name, ""))
        return Problem(kind, self.number, self.column(name), value, **rest)


@dataclass(frozen=True)
class KnownTexts:
    """What the default library adds to a flat file, which has no column for it.

    `primaries`: code → name_zh, name_en, definition_zh, definition_en. `hkex`: code → (name_zh, name_en, cell).
    """

    primaries: dict[str, dict[str, str]]
    hkex: dict[str, tuple[str, str, str]]


def issue_rows(table: Table, shape: Shape, known: KnownTexts) -> tuple[list[IssueRow], list[Problem]]:
    """One row per issue, in the file's order; of a flat file the primaries stand before all secondaries."""
    renamed = dict(shape.renamed)
    rows = [IssueRow(row.number, _cells(row, renamed), renamed) for row in table.rows]
    if not shape.flat:
        return rows, []
    primaries, problems = _primaries(rows, known)
    has_hkex = "hkex" in table.columns
    return [*primaries, *(row if has_hkex else _with_hkex(row, known) for row in rows)], problems


def _cells(row: Row, renamed: dict[str, str]) -> dict[str, str]:
    cells = dict(row.cells)
    for name, column in renamed.items():
        cells[name] = cells.get(column, "")
    return cells


def _primaries(rows: list[IssueRow], known: KnownTexts) -> tuple[list[IssueRow], list[Problem]]:
    """The primary issues that secondaries name, each from the first row that does; later rows must say the same."""
    found: dict[str, IssueRow] = {}
    problems: list[Problem] = []
    for row in rows:
        code = row.cells["parent_code"]
        if not code:
            continue
        cells = {name: row.cells.get(column, "") for name, column in _PRIMARY.items()}
        first = found.get(code)
        if first is None:
            columns = {**_PRIMARY, "code": "primary_code"}
            cells |= {"code": code, "parent_code": "", **_definitions(code, cells, known)}
            found[code] = IssueRow(row.number, cells, columns)
        else:
            problems += _differences(row, cells, first)
    return list(found.values()), problems


def _differences(row: IssueRow, cells: dict[str, str], first: IssueRow) -> list[Problem]:
    params = {"first": str(first.number), "primary": first.cells["code"]}
    return [
        Problem("primary_differs", row.number, column, cells[name], (first.cells[name],), params)
        for name, column in _PRIMARY.items()
        if cells[name] != first.cells[name]
    ]


def _definitions(code: str, cells: dict[str, str], known: KnownTexts) -> dict[str, str]:
    """Definitions of the default library's primary of this code, if it goes by the same name."""
    default = known.primaries.get(code)
    if default is None or not _same_name(cells, default["name_zh"], default["name_en"]):
        return {"definition_zh": "", "definition_en": ""}
    return {name: default[name] for name in ("definition_zh", "definition_en")}


def _with_hkex(row: IssueRow, known: KnownTexts) -> IssueRow:
    name_zh, name_en, cell = known.hkex.get(row.cells["code"], ("", "", ""))
    same = cell and _same_name(row.cells, name_zh, name_en)
    return replace(row, cells={**row.cells, "hkex": cell if same else ""})


def _same_name(cells: dict[str, str], name_zh: str, name_en: str) -> bool:
    """A code that was given to another issue does not inherit what was written for the default one."""
    return cells.get("name_zh") == name_zh or cells.get("name_en") == name_en
