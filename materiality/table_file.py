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


def table_bytes(kind: str, sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file of `kind` "csv" or "xlsx"; KeyError for any other."""
    return {"csv": _csv, "xlsx": _xlsx}[kind](sheet, columns, rows)


def _csv(_sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with BOM, so that spreadsheets recognise the Chinese; a dangerous beginning gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_neutral(cell) if isinstance(cell, str) else _number(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Texts are stored as texts whatever they begin with, numbers as numbers."""
    book = Workbook()
    page = book.active
    page.title = sheet
    page.append(list(columns))
    for place, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = page.cell(place, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _neutral(text: str) -> str:
    return f"'{text}" if _DANGEROUS.match(text) else text


def _number(value: int | float | None) -> Cell:
    return int(value) if isinstance(value, float) and value.is_integer() else value
