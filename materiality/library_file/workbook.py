"""Sheets of an XLSX file as lines of values; a formula gives what it came to, or is marked where nobody knows that."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook

from materiality.library_file.problems import unreadable

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
