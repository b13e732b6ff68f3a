"""Small tables as CSV and XLSX files whose texts no spreadsheet can take for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font

Cell = str | int | float | None
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LONGEST_CELL = 32_767
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def table_bytes(kind: str, sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file of `kind` "csv" or "xlsx"; KeyError for any other."""
    return {"csv": _csv, "xlsx": _xlsx}[kind](sheet, columns, rows)


def _csv(_sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with BOM, so that spreadsheets recognise the Chinese; a dangerous beginning gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([neutral(cell) if isinstance(cell, str) else _number(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Texts are stored as texts whatever they begin with, numbers as numbers."""
    book = Workbook()
    page = book.active
    page.title = sheet
    page.append(list(columns))
    for place, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = page.cell(place, column, workbook_text(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook_text(text: str) -> str:
    """Text for an XLSX cell: without what XML cannot hold, at most as long as a cell, and `_x0041_` not read as A."""
    return _ESCAPE.sub("_x005F_", _IMPOSSIBLE.sub("", text))[:LONGEST_CELL]


def neutral(text: str) -> str:
    """Text for a CSV cell: an apostrophe is put before a dangerous beginning. `restored` gives the text back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restored(text: str) -> str:
    """The text that `neutral` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text


def _number(value: int | float | None) -> Cell:
    return int(value) if isinstance(value, float) and value.is_integer() else value
