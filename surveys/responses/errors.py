"""The error workbook: the rows to mend with their bad cells marked, and the list of what is wrong."""

from collections.abc import Sequence
from copy import copy

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from materiality.platform.files import keep_bytes
from materiality.tables.problems import CellError, Fault, column_letters
from materiality.tables.write import IMPOSSIBLE, LONGEST_CELL, looks_like_formula, workbook_bytes
from surveys.intake.parse import ParsedResponses
from surveys.responses.reading import cell_sentence

_BAD_COLOUR = "F8D7DA"
_MOST_COMMENTS = 2_000


def keep_error_workbook(parsed: ParsedResponses, personal: set[str]) -> str:
    """Store it, without what stands under the headers that are `personal`; returns its path."""
    places = [place for place, header in enumerate(parsed.header) if header in personal]
    for cells in parsed.bad_rows.values():
        for column in places:
            cells[column : column + 1] = [""]
    return keep_bytes(error_workbook(parsed), "imports")[0]


def error_workbook(parsed: ParsedResponses) -> bytes:
    """The XLSX. Sheet 1 has the file's own columns, so that it can be mended and imported; sheet 2 the list of errors.

    The same input gives the same bytes.
    """
    workbook = Workbook(write_only=True)
    _write_rows(workbook.create_sheet(_("Rows to correct")), parsed)
    _write_list(workbook.create_sheet(_("What is wrong")), parsed.errors)
    return workbook_bytes(workbook)


def _sentence(error: CellError) -> str:
    return cell_sentence(error.code, error.value, dict(error.params))


def _cell(sheet, value: object, *, like: Cell | None = None) -> object:
    """A value for a row; text stays text, also where a spreadsheet would take it for a formula (formats.md)."""
    value = value.shown if isinstance(value, Fault) else value
    if isinstance(value, str):
        value = IMPOSSIBLE.sub("\ufffd", value)[:LONGEST_CELL] or None
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


def _write_rows(sheet, parsed: ParsedResponses) -> None:
    sheet.freeze_panes = "A2"
    sheet.append(_heads(sheet, parsed.header))
    marked = WriteOnlyCell(sheet)
    marked.fill = PatternFill("solid", start_color=_BAD_COLOUR)
    by_cell: dict[tuple[int, int], list[CellError]] = {}
    for error in parsed.errors:
        by_cell.setdefault((error.row, error.index), []).append(error)
    comments_left = _MOST_COMMENTS
    for number, row in sorted(parsed.bad_rows.items()):
        bad = {index for index in range(len(row)) if (number, index) in by_cell}
        cells = [_cell(sheet, value, like=marked if at in bad else None) for at, value in enumerate(row)]
        # Comments are slow and heavy; the list has all of them.
        for index in sorted(bad)[: max(comments_left, 0)]:
            cells[index].comment = _comment(by_cell[number, index])
        comments_left -= len(bad)
        sheet.append(cells)


def _comment(errors: list[CellError]) -> Comment:
    lines = [f"{_('Row')} {errors[0].row}", *map(_sentence, errors)]
    return Comment(IMPOSSIBLE.sub("\ufffd", "\n".join(lines)), "Yiti", width=320, height=120)


def _write_list(sheet, errors: list[CellError]) -> None:
    sheet.freeze_panes = "A2"
    for index, width in enumerate((8, 8, 24, 32, 90)):
        sheet.column_dimensions[column_letters(index)].width = width
    heads = (_("Row"), _("Cell"), _("Column"), _("Value"), _("What is wrong and how to correct it"))
    sheet.append(_heads(sheet, heads))
    for error in errors:
        values = (error.row, error.cell, error.column, error.value, _sentence(error))
        sheet.append([_cell(sheet, value) for value in values])
