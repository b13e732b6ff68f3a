"""Reading a CSV or XLSX file into rows of trimmed text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from materiality.library_file.delimited import csv_lines
from materiality.library_file.problems import Problem, unreadable
from materiality.library_file.workbook import ERRORS, Uncomputed, workbook_sheets

MAX_BYTES = 20_000_000
MAX_ROWS = 5_000
SHEET = "issues"


@dataclass(frozen=True)
class Row:
    """`number` is the row as a spreadsheet counts it; `cells` holds the trimmed text of every column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """Rows under their headings, blank rows left out; `problems` are cells that cannot be taken as text.

    `title` is the sheet's name, "" for CSV.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    title: str = ""


def read_table(contents: bytes, name: str) -> Table:
    """Read CSV (UTF-8 with or without BOM, GB18030) or XLSX (the sheet `issues`, else the first).

    Raises BadLibrary where the file cannot be read as a table at all.
    """
    sheets = _sheets(contents, name)
    chosen = next(sheets)
    for sheet in sheets:
        chosen = sheet if sheet[0] == SHEET else chosen
    table = _table("", _numbered(chosen[1], MAX_ROWS), MAX_ROWS)
    if not table.columns:
        raise unreadable("no_columns")
    return table if table.rows else replace(table, problems=(*table.problems, Problem("no_rows")))


def read_tables(contents: bytes, name: str, max_rows: int = MAX_ROWS) -> list[Table]:
    """Every sheet of the file that holds anything, as a table of at most `max_rows` rows each. Raises BadLibrary."""
    tables = [_table(title, _numbered(lines, max_rows), max_rows) for title, lines in _sheets(contents, name)]
    filled = [table for table in tables if table.columns]
    if not filled:
        raise unreadable("no_columns")
    return filled


def _sheets(contents: bytes, name: str) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    if len(contents) > MAX_BYTES:
        megabytes = (round(number / 1_000_000) for number in (len(contents), MAX_BYTES))
        raise unreadable("too_large", value=str(next(megabytes)), limit=str(next(megabytes)))
    if contents.startswith(b"PK") or name.lower().endswith((".xlsx", ".xls")):
        yield from workbook_sheets(contents)
    else:
        yield "", csv_lines(contents)


def _table(title: str, lines: Iterator[tuple[int, list[Any]]], max_rows: int) -> Table:
    columns = [_text(cell) for cell in next(lines, (0, []))[1]]
    while columns and not columns[-1]:
        columns.pop()
    rows, problems = [], []
    for number, cells in lines:
        if len(rows) == max_rows:
            raise unreadable("too_many_rows", limit=str(max_rows))
        named: dict[str, str] = {}
        for column, cell in zip_longest(columns, cells, fillvalue=""):
            text = _text(cell)
            kind = _what_is_wrong(cell, text, column)
            problems += [Problem(kind, number, column, text, sheet=title)] if kind else []
            named.setdefault(column, text)
        rows.append(Row(number, named))
    return Table(tuple(columns), tuple(rows), tuple(problems), title)


def _what_is_wrong(cell: Any, text: str, column: str) -> str:
    """Kind of problem of a cell that cannot be taken as text, "" for any other."""
    if isinstance(cell, date | time):
        return "date_cell"
    if isinstance(cell, Uncomputed):
        return "formula_without_value"
    if text in ERRORS:
        return "cell_error"
    return "extra_cells" if text and not column else ""


def _numbered(lines: Iterable[list[Any]], max_rows: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows that hold anything, with their numbers; a sheet that goes on being blank is given up."""
    for number, cells in enumerate(lines, start=1):
        if any(_text(cell) for cell in cells):
            yield number, cells
        if number > 20 * max_rows:
            raise unreadable("too_many_rows", limit=str(max_rows))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
