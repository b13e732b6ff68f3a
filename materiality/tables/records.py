"""Sheets as rows of texts under their headings: what tables that people keep are read into."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, zip_longest

from materiality.tables.guards import MEGABYTE, Limits
from materiality.tables.limited import within_limits
from materiality.tables.problems import BadLibrary, Fault, FileProblem, Problem, problem_of
from materiality.tables.read import OLE_START, ZIP_STARTS, Rows, open_sheets
from materiality.tables.write import restore

MAX_BYTES = 20 * MEGABYTE
MAX_ROWS = 5_000
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})
# What the reader calls a fault of the file, and what it is called where a library is imported.
_KINDS = {
    "empty_file": "no_columns",
    "not_xlsx": "not_a_workbook",
    "file_too_large": "too_large",
    "nul_bytes": "broken_encoding",
}


@dataclass(frozen=True)
class Row:
    """`number` is the row as a spreadsheet counts it; `cells` holds the trimmed text of every column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Records:
    """Rows under their headings, blank rows left out; `problems` are cells that cannot be taken as text.

    `title` is the sheet's name, "" for CSV.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    title: str = ""


def parts(cell: str) -> list[str]:
    """The codes of a cell that holds several, separated by semicolons of either width."""
    return [part.strip() for part in re.split("[;；]", cell) if part.strip()]


def table_of(held: dict) -> Records:
    """The table of `asdict(table)`, also after it was JSON."""
    rows, problems = (Row(**row) for row in held["rows"]), map(problem_of, held["problems"])
    return Records(tuple(held["columns"]), tuple(rows), tuple(problems), held["title"])


def read_tables(contents: bytes, name: str, max_rows: int = MAX_ROWS) -> list[Records]:
    """Every sheet of the file that holds anything, as a table of at most `max_rows` rows each. Raises BadLibrary."""
    filled = [table for table in _tables(contents, name, max_rows) if table.columns]
    if not filled:
        raise BadLibrary([Problem("no_columns")])
    return filled


def _tables(contents: bytes, name: str, max_rows: int) -> list[Records]:
    # Far below the last row people leave blank rows behind, which count for nothing.
    limits = Limits(MAX_BYTES, 20 * max_rows, max_columns=1_000, max_cells=3_000_000, max_unpacked=200 * MEGABYTE)
    try:
        if name.lower().endswith((".xlsx", ".xls")) and not contents.startswith((*ZIP_STARTS, OLE_START)):
            raise FileProblem("not_xlsx")
        return within_limits(lambda: [_table(name, rows, max_rows) for name, rows in open_sheets(contents, limits)])
    except FileProblem as problem:
        raise BadLibrary([_refusal(problem, len(contents), max_rows)]) from problem


def _refusal(problem: FileProblem, size: int, max_rows: int) -> Problem:
    params = {name: str(value) for name, value in problem.params.items()}
    if problem.code == "too_many_rows":
        params["limit"] = str(max_rows)
    if problem.code == "file_too_large":
        return Problem("too_large", value=str(round(size / MEGABYTE)), params={"limit": params["limit_mb"]})
    return Problem(_KINDS.get(problem.code, problem.code), params=params)


def _table(title: str, lines: Rows, max_rows: int) -> Records:
    columns, lines = _headings(lines, title)
    rows, problems = [], []
    for number, cells in lines:
        if len(rows) == max_rows:
            raise FileProblem("too_many_rows")
        named: dict[str, str] = {}
        for column, cell in zip_longest(columns, cells, fillvalue=""):
            text = _text(cell, title)
            kind = _what_is_wrong(cell, text, column)
            problems += [Problem(kind, number, column, text, sheet=title)] if kind else []
            named.setdefault(column, text)
        rows.append(Row(number, named))
    return Records(tuple(columns), tuple(rows), tuple(problems), title)


def _headings(lines: Rows, title: str) -> tuple[list[str], Rows]:
    """The headings, and what stands below them: rows under merged headings say what their columns have apart."""
    columns = [_text(cell, title) for cell in next(lines, (0, []))[1]]
    while columns and not columns[-1]:
        columns.pop()
    for number, cells in lines:
        below = [_text(cell, title) for cell in cells]
        if not _goes_on(columns, below):
            return columns, chain([(number, cells)], lines)
        columns = list(_joined(columns, below))
    return columns, iter(())


def _goes_on(columns: list[str], below: list[str]) -> bool:
    """The row has words alone, none under the first heading, and some where a heading is missing or stands again."""
    said = [place for place, text in enumerate(below) if text]
    if not columns or not said or said[0] == 0 or not all(re.search(r"[^\W\d_]", below[place]) for place in said):
        return False
    above = [*columns, *[""] * (said[-1] + 1 - len(columns))]
    goes_on = [not heading or heading in above[max(place - 1, 0) : place] for place, heading in enumerate(above)]
    # A heading of its own that nothing goes on from has a cell below it, not another heading.
    follows = (next((each for each in said if each > place), place) for place in said)
    starts = [
        goes_on[place] or (end > place and all(goes_on[place + 1 : end + 1]))
        for place, end in zip(said, follows, strict=True)
    ]
    return all(starts) and any(goes_on[place] for place in said)


def _joined(columns: list[str], below: list[str]) -> Iterator[str]:
    carried = ""
    for above, text in zip_longest(columns, below, fillvalue=""):
        carried = above or carried
        yield f"{carried} {text}" if text else above


def _what_is_wrong(cell: object, text: str, column: str) -> str:
    """Kind of problem of a cell that cannot be taken as text, "" for any other."""
    if isinstance(cell, date | time):
        return "date_cell"
    if isinstance(cell, Fault):
        return cell.code
    if text in ERRORS:
        return "cell_error"
    return "extra_cells" if text and not column else ""


def _text(cell: object, title: str) -> str:
    """The trimmed text of a cell; in a CSV file without the apostrophe that keeps spreadsheets from running it."""
    if isinstance(cell, str):
        return (cell if title else restore(cell)).strip()
    if isinstance(cell, Fault):
        return cell.formula or cell.shown
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
