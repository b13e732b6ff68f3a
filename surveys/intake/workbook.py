"""The error workbook: the rows to mend with their bad cells marked, and the list of what is wrong."""

import datetime as dt
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from materiality.tables.problems import CellError, Fault, column_letters
from materiality.tables.write import looks_like_formula

_BAD_COLOUR = "F8D7DA"
_MOST_COMMENTS = 2_000
_LONGEST_CELL = 32_767
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TIME_OF_SAVING = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class WorkbookTexts:
    """Translated texts: names of the two sheets, heads of the list, and the sentence of an error."""

    rows_sheet: str
    list_sheet: str
    row: str
    column: str
    cell: str
    value: str
    problem: str
    message: Callable[[CellError], str]


def write_error_workbook(
    path: str | os.PathLike,
    header: Sequence[str],
    rows: Mapping[int, Sequence[object]],
    errors: Iterable[CellError],
    texts: WorkbookTexts,
) -> None:
    """Write the XLSX. Sheet 1 has the file's own columns, so that it can be mended and imported; sheet 2 the list.

    `rows` is row number in the file -> cells. The same input gives the same bytes.
    """
    errors = list(errors)
    workbook = Workbook(write_only=True)
    _write_rows(workbook.create_sheet(texts.rows_sheet), header, rows, errors, texts)
    _write_list(workbook.create_sheet(texts.list_sheet), errors, texts)
    buffer = io.BytesIO()
    workbook.save(buffer)
    Path(path).write_bytes(_without_times(buffer))


def _cell(sheet, value: object, *, like: Cell | None = None) -> object:
    """A value for a row; text stays text, also where a spreadsheet would take it for a formula (formats.md)."""
    value = value.shown if isinstance(value, Fault) else value
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:_LONGEST_CELL] or None
    formula = isinstance(value, str) and looks_like_formula(value)
    if not (formula or like):
        return value
    cell = WriteOnlyCell(sheet, value)
    if like:
        # Assigning a style looks it up in the workbook each time, which takes longer than all the rest.
        cell._style = copy(like._style)
    if formula:
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _heads(sheet, texts: Sequence[str]) -> list[object]:
    bold = WriteOnlyCell(sheet)
    bold.font = Font(bold=True)
    return [_cell(sheet, text, like=bold) for text in texts]


def _write_rows(
    sheet, header: Sequence[str], rows: Mapping[int, Sequence[object]], errors: list[CellError], texts: WorkbookTexts
) -> None:
    sheet.freeze_panes = "A2"
    sheet.append(_heads(sheet, header))
    marked = WriteOnlyCell(sheet)
    marked.fill = PatternFill("solid", start_color=_BAD_COLOUR)
    by_cell: dict[tuple[int, int], list[CellError]] = {}
    for error in errors:
        by_cell.setdefault((error.row, error.index), []).append(error)
    comments_left = _MOST_COMMENTS
    for number in sorted(rows):
        bad = {index for index in range(len(rows[number])) if (number, index) in by_cell}
        cells = [_cell(sheet, value, like=marked if at in bad else None) for at, value in enumerate(rows[number])]
        # Comments are slow and heavy; the list has all of them.
        for index in sorted(bad)[: max(comments_left, 0)]:
            cells[index].comment = _comment(by_cell[number, index], texts)
        comments_left -= len(bad)
        sheet.append(cells)


def _comment(errors: list[CellError], texts: WorkbookTexts) -> Comment:
    lines = [f"{texts.row} {errors[0].row}", *(texts.message(error) for error in errors)]
    return Comment(ILLEGAL_CHARACTERS_RE.sub("\ufffd", "\n".join(lines)), "Yiti", width=320, height=120)


def _write_list(sheet, errors: list[CellError], texts: WorkbookTexts) -> None:
    sheet.freeze_panes = "A2"
    for index, width in enumerate((8, 8, 24, 32, 90)):
        sheet.column_dimensions[column_letters(index)].width = width
    heads = (texts.row, texts.cell, texts.column, texts.value, texts.problem)
    sheet.append(_heads(sheet, heads))
    for error in errors:
        values = (error.row, error.cell, error.column, error.value, texts.message(error))
        sheet.append([_cell(sheet, value) for value in values])


def _without_times(buffer: io.BytesIO) -> bytes:
    """The archive again, with no time of saving in it."""
    moment = dt.datetime(*_EPOCH).isoformat().encode()
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _TIME_OF_SAVING.sub(rb"\g<1>" + moment + b"Z", data)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()
