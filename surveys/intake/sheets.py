"""Rows of an XLSX sheet: measured first, then read by calamine."""

from collections.abc import Iterator
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from surveys.intake.archive import check_archive
from surveys.intake.limits import Limits
from surveys.intake.problems import Fault, FileProblem

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")


def refuse_ole(stream: BinaryIO) -> FileProblem:
    """The problem of a file in the old container format: a workbook with a password, or an XLS."""
    stream.seek(0)
    return FileProblem("encrypted" if _ENCRYPTED_PART in stream.read() else "old_xls")


def sheet_rows(
    stream: BinaryIO, name: str | None, limits: Limits
) -> tuple[str, int, Iterator[tuple[int, list[object]]]]:
    """Name of the sheet, its number of rows, and its non-blank rows with their numbers (from 1), the header first.

    Cells are text, float, bool, datetime, date, time, timedelta, '' for an empty one, or a Fault.
    FileProblem as in `check_archive`, and `sheet_not_found`, `empty_file`.
    """
    archive = check_archive(stream, limits)
    stream.seek(0)
    workbook = _opened(lambda: CalamineWorkbook.from_filelike(stream))
    sheets = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if not sheets:
        raise FileProblem("not_xlsx")
    chosen = sheets[0] if name is None else name
    if chosen not in sheets:
        raise FileProblem("sheet_not_found", sheet=chosen, sheets=", ".join(sheets))
    sheet = _opened(lambda: workbook.get_sheet_by_name(chosen))
    faults = archive.faults_of(chosen)
    if sheet.start is None and not faults:
        raise FileProblem("empty_file")
    return chosen, sheet.total_height, _rows(sheet, faults)


def _opened(action):
    """What `action` gives; the reader's own failures become `not_xlsx` or `encrypted`."""
    try:
        return action()
    except PasswordError:
        raise FileProblem("encrypted") from None
    except (CalamineError, OSError, ValueError):
        raise FileProblem("not_xlsx") from None
    except BaseException as error:
        # A panic of the Rust reader is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileProblem("not_xlsx") from None


def _rows(sheet: CalamineSheet, faults: dict[tuple[int, int], Fault]) -> Iterator[tuple[int, list[object]]]:
    """The reader starts at the first used column; empty cells before it keep the letters right."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    by_row: dict[int, dict[int, Fault]] = {}
    for (row, column), fault in faults.items():
        by_row.setdefault(row, {})[column] = fault
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = _with_faults(before + cells if before else cells, by_row.get(number)) if faults else before + cells
        if any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row):
            yield number, row
    for beyond in sorted(by_row.keys()):
        if beyond > number:
            yield beyond, _with_faults([], by_row[beyond])


def _with_faults(cells: list[object], faults: dict[int, Fault] | None) -> list[object]:
    if faults:
        cells = cells + [""] * (max(faults) + 1 - len(cells))
        for column, fault in faults.items():
            cells[column] = fault
    return cells
