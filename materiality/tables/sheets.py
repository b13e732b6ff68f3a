"""Lines of a CSV file, whatever it was saved as."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook

from materiality.tables.problems import Problem, unreadable
from materiality.tables.write import restored


def csv_lines(contents: bytes) -> Iterator[list[str]]:
    """Cells line by line, without the apostrophe that keeps spreadsheets from running a text. Raises BadLibrary."""
    text = decode(contents)
    first = text[: (text + "\n").index("\n")]
    separator = max(",;\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [restored(cell) for cell in cells]
    except csv.Error as error:  # a quotation mark that never closes swallows the rest of the file into one cell
        raise unreadable("broken_encoding") from error


def decode(contents: bytes) -> str:
    """Text of the bytes. A UTF-8 file with a few bad bytes is refused and not taken for GB18030 by chance."""
    if b"\0" in contents:
        raise unreadable("broken_encoding")
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = contents.decode("utf-8", errors="replace")
    bad = guess.count("\ufffd")
    if sum(letter > "\x7f" for letter in guess) - bad > 4 * bad:
        raise unreadable("broken_encoding")
    try:
        return contents.decode("gb18030")
    except UnicodeDecodeError as error:
        raise unreadable("broken_encoding") from error


MAX_UNPACKED_BYTES = 200_000_000
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})


@dataclass(frozen=True)
class Uncomputed:
    """A formula whose value is not in the file: a program wrote it and no spreadsheet has computed it since."""

    formula: str

    def __str__(self) -> str:
        return self.formula


def workbook_sheets(contents: bytes) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """(title, lines of values) of every visible or hidden sheet, in order. Raises BadLibrary; so do the lines."""
    has_formulas = _look_inside(contents)
    values = _open(contents, computed=True)
    formulas = _open(contents, computed=False) if has_formulas else None
    for sheet in values.worksheets:
        yield sheet.title, _lines(sheet, formulas[sheet.title] if formulas else None)


def _look_inside(contents: bytes) -> bool:
    """Refuse what is no workbook or would not fit into memory; whether any sheet holds a formula."""
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                limit = MAX_UNPACKED_BYTES // 1_000_000
                raise unreadable("too_large", value=str(unpacked // 1_000_000), limit=str(limit))
            sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
            return any(_FORMULA.search(parts.read(name)) for name in sheets)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise unreadable("not_a_workbook") from error


def _open(contents: bytes, computed: bool) -> Any:
    try:
        return load_workbook(io.BytesIO(contents), read_only=True, data_only=computed)
    except Exception as error:  # openpyxl raises what its parsers raise, of many kinds
        raise unreadable("not_a_workbook") from error


def _lines(sheet: Any, formulas: Any | None) -> Iterator[list[Any]]:
    try:
        sheet.reset_dimensions()
        if formulas is None:
            yield from map(list, sheet.iter_rows(values_only=True))
            return
        formulas.reset_dimensions()
        for values, cells in zip(sheet.iter_rows(values_only=True), formulas.iter_rows(), strict=True):
            yield [_value(value, cell) for value, cell in zip(values, cells, strict=True)]
    except Exception as error:
        raise unreadable("not_a_workbook") from error


def _value(value: Any, cell: Any) -> Any:
    return Uncomputed(str(cell.value)) if value is None and cell.data_type == "f" else value


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
