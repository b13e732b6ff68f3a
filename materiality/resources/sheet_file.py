"""Writing a kind of spreadsheet: the rows of its scope, or an empty template with lists of codes."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from materiality.resources.base import StrictResource
from materiality.resources.choices import Choices
from materiality.resources.columns import SheetColumn
from materiality.table_file import Cell, table_bytes, workbook_text

CODES = "codes"
_LAST_ROW = 5_000  # as far down as the lists are offered


def sheet_file(resource: StrictResource, kind: str, empty: bool = False) -> bytes:
    """The rows of the resource's scope as a file of `kind` "csv" or "xlsx"; with `empty` its headings only."""
    columns = resource.columns
    data = [] if empty else [_typed(columns, row) for row in resource.export(resource.stored())]
    if kind == "csv":
        return table_bytes(kind, resource.sheet, [column.name for column in columns], data)
    return _workbook(resource.sheet, columns, data, resource.choices())


def _typed(columns: Sequence[SheetColumn], row: Sequence[str]) -> list[Cell]:
    return [_number(text) if column.number else text for column, text in zip(columns, row, strict=True)]


def _number(text: str) -> Cell:
    return None if text == "" else int(text) if text.isdecimal() else float(text)


def _workbook(title: str, columns: Sequence[SheetColumn], data: Sequence[Sequence[Cell]], choices: Choices) -> bytes:
    book = Workbook()  # not write-only: that puts texts into the cells, which readers unescape differently
    book.add_named_style(NamedStyle("text", number_format="@", alignment=Alignment(vertical="top", wrap_text=True)))
    page = book.active
    page.title = title
    page.freeze_panes = "B2"
    lists = _places(choices)
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = column.width
        if not column.number:
            page.column_dimensions[letter].number_format = "@"  # else a spreadsheet takes 2-1 for a day
        if lists.get(column.choices):
            page.add_data_validation(_validation(column, letter, lists[column.choices]))
        _head(page.cell(1, place, column.name), column)
    for number, row in enumerate(data, start=2):
        for place, value in enumerate(row, start=1):
            _fill(page, number, place, value)
    if lists:
        _fill_codes(book.create_sheet(CODES), choices)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head(cell: Any, column: SheetColumn) -> None:
    """The column's name, explained in both languages in a note (formats.md)."""
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", start_color="E8F2F1")
    lines = (" — ".join(filter(None, column.in_language(language))) for language in ("zh-hans", "en"))
    cell.comment = Comment("\n".join(lines), "Yiti", width=360, height=120)


def _fill(page: Any, number: int, place: int, value: Cell) -> None:
    """A text stays a text whatever it begins with, also when somebody edits it; an empty cell stays empty."""
    if value is None or value == "":
        return
    cell = page.cell(number, place, workbook_text(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.style = "text"


def _places(choices: Choices) -> dict[str, str]:
    """Where each list stands on the sheet of codes."""
    found = {}
    for place, (name, rows) in enumerate(choices.items()):
        letter = get_column_letter(1 + 4 * place)
        if rows:
            found[name] = f"{CODES}!${letter}$2:${letter}${len(rows) + 1}"
    return found


def _validation(column: SheetColumn, letter: str, place: str) -> DataValidation:
    """A list to choose from; where several codes may stand in a cell it only helps and forbids nothing."""
    strict = column.strict and not column.several
    rule = DataValidation(type="list", formula1=place, allow_blank=True, showErrorMessage=strict)
    rule.errorTitle, rule.error = column.name, "请从列表中选择。Choose from the list."
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    return rule


def _fill_codes(page: Any, choices: Choices) -> None:
    """Each list in three columns: the code and what it means in both languages."""
    for place in range(len(choices)):
        for step, width in enumerate((14, 32, 32, 3), start=1):
            page.column_dimensions[get_column_letter(4 * place + step)].width = width
    page.freeze_panes = "A2"
    for place, (name, rows) in enumerate(choices.items()):
        for step, text in enumerate((f"{name}*", "中文", "English"), start=1):
            page.cell(1, 4 * place + step, text).font = Font(bold=True)
        for number, row in enumerate(rows, start=2):
            for step, text in enumerate(row, start=1):
                _fill(page, number, 4 * place + step, text)
