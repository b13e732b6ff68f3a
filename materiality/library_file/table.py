"""Reading a CSV or XLSX file into rows of trimmed text."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook

from materiality.library_file.problems import BadLibrary, Problem

MAX_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 5_000
SHEET = "issues"


@dataclass(frozen=True)
class Row:
    """`number` is the row as a spreadsheet counts it; `cells` holds the trimmed text of every column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """Rows under their headings, blank rows left out; `problems` are cells that cannot be taken as text."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_table(contents: bytes, name: str) -> Table:
    """Read CSV (UTF-8 with or without BOM, GB18030) or XLSX (the sheet `issues`, else the first).

    Raises BadLibrary where the file cannot be read as a table at all.
    """
    if len(contents) > MAX_BYTES:
        raise _unreadable("too_large", value=_megabytes(len(contents)), limit=_megabytes(MAX_BYTES))
    workbook = contents.startswith(b"PK") or name.lower().endswith((".xlsx", ".xls"))
    lines = _numbered(_workbook_lines(contents) if workbook else _csv_lines(contents))
    header = next(lines, None)
    if header is None:
        raise _unreadable("no_columns")
    columns = [_text(cell) for cell in header[1]]
    while columns and not columns[-1]:
        columns.pop()
    return _table(tuple(columns), lines)


def _table(columns: tuple[str, ...], lines: Iterator[tuple[int, list]]) -> Table:
    rows, problems = [], []
    for number, cells in lines:
        if len(rows) == MAX_ROWS:
            raise _unreadable("too_many_rows", limit=str(MAX_ROWS))
        named: dict[str, str] = {}
        for column, cell in zip_longest(columns, cells, fillvalue=""):
            text = _text(cell)
            if isinstance(cell, date | time):
                problems.append(Problem("date_cell", number, column, text))
            elif text and not column:
                problems.append(Problem("extra_cells", number, "", text))
            named.setdefault(column, text)
        rows.append(Row(number, named))
    if not rows:
        problems.append(Problem("no_rows"))
    return Table(columns, tuple(rows), tuple(problems))


def _numbered(lines: Iterable[list]) -> Iterator[tuple[int, list]]:
    """Rows that hold anything, with their numbers; a sheet that goes on being blank is given up."""
    for number, cells in enumerate(lines, start=1):
        if any(_text(cell) for cell in cells):
            yield number, cells
        if number > 20 * MAX_ROWS:
            raise _unreadable("too_many_rows", limit=str(MAX_ROWS))


def _csv_lines(contents: bytes) -> Iterator[list]:
    text = _decode(contents)
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:  # a quotation mark that never closes swallows the rest of the file into one cell
        raise _unreadable("broken_encoding") from error


def _decode(contents: bytes) -> str:
    """Text of the bytes. A UTF-8 file with a few bad bytes is refused and not taken for GB18030 by chance."""
    if b"\0" in contents:
        raise _unreadable("broken_encoding")
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = contents.decode("utf-8", errors="replace")
    bad = guess.count("\ufffd")
    if sum(letter > "\x7f" for letter in guess) - bad > 4 * bad:
        raise _unreadable("broken_encoding")
    try:
        return contents.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unreadable("broken_encoding") from error


def _workbook_lines(contents: bytes) -> Iterator[list]:
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable("not_a_workbook") from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise _unreadable("too_large", value=_megabytes(unpacked), limit=_megabytes(MAX_UNPACKED_BYTES))
    try:
        book = load_workbook(io.BytesIO(contents), read_only=True, data_only=True)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True):
            yield list(cells)
    except Exception as error:  # openpyxl raises what its parsers raise, of many kinds
        raise _unreadable("not_a_workbook") from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _unreadable(kind: str, value: str = "", **params: str) -> BadLibrary:
    return BadLibrary([Problem(kind, value=value, params=params)])


def _megabytes(number: int) -> str:
    return str(round(number / 1_000_000))
