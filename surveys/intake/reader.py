"""Opening a file of responses, CSV or XLSX by its content: header and rows."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from surveys.intake.delimited import csv_rows
from surveys.intake.encoding import scan_text, sha256_of
from surveys.intake.limits import MEGABYTE, Limits
from surveys.intake.problems import FileProblem
from surveys.intake.sheets import OLE_START, ZIP_STARTS, refuse_ole, sheet_rows

CSV, XLSX = "csv", "xlsx"


@dataclass
class Table:
    """An open file: `rows` gives (row number as the spreadsheet shows it, cells) for each row that is not blank."""

    kind: str
    sha256: str
    encoding: str  # '' for a workbook
    sheet: str  # '' for CSV
    header: list[object]
    header_row: int
    rows: Iterator[tuple[int, list[object]]]
    rows_total: int  # rows below the header, for progress: blank ones and line ends within cells included


@contextmanager
def open_table(
    source: str | os.PathLike | bytes, *, sheet: str | None = None, limits: Limits | None = None
) -> Iterator[Table]:
    """Open a path or the bytes of a file. FileProblem says what is wrong with it as a whole.

    The first sheet is read unless `sheet` names one.
    """
    limits = limits or Limits()
    with _opened(source) as stream:
        size = stream.seek(0, os.SEEK_END)
        if size > limits.max_bytes:
            raise FileProblem("file_too_large", limit_mb=limits.max_bytes // MEGABYTE)
        if size == 0:
            raise FileProblem("empty_file")
        stream.seek(0)
        start = stream.read(8)
        if start == OLE_START:
            raise refuse_ole(stream)
        yield _table(stream, start.startswith(ZIP_STARTS), sheet, limits)


def _opened(source: str | os.PathLike | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


def _table(stream: BinaryIO, is_zip: bool, sheet: str | None, limits: Limits) -> Table:
    if is_zip:
        kind, encoding = XLSX, ""
        name, height, rows = sheet_rows(stream, sheet, limits)
    else:
        scan = scan_text(stream)
        kind, name, encoding, height = CSV, "", scan.encoding, scan.lines
        rows = csv_rows(stream, scan, limits)
    digest = sha256_of(stream)
    header_row, header = next(rows, (0, []))
    if not header:
        raise FileProblem("empty_file")
    if len(header) > limits.max_columns:
        raise FileProblem("too_many_columns", limit=limits.max_columns)
    return Table(kind, digest, encoding, name, header, header_row, rows, max(height - header_row, 0))
