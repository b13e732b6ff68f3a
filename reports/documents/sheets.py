"""Writing cells, columns and print set-up of a sheet the same way in every workbook."""

import unicodedata
from collections.abc import Iterable, Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from materiality.tables.write import looks_like_formula, workbook_text

FONT = "Microsoft YaHei"
BODY = Font(name=FONT, size=10.5)
BOLD = Font(name=FONT, size=10.5, bold=True)
TITLE = Font(name=FONT, size=15, bold=True)
SOFT = Font(name=FONT, size=9.5, color="565F66")
HEAD_FILL = PatternFill("solid", fgColor="E8F2F1")
HAIR = Side(style="hair", color="9AA0A4")
LINE = Side(style="thin", color="9AA0A4")
WRAP = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)
HEAD = Alignment(wrap_text=True, vertical="center", horizontal="left", indent=1)
AT_TOP = Alignment(wrap_text=True, vertical="top")
NUMBER_HEAD = Alignment(wrap_text=True, vertical="center", horizontal="right")
BESIDE_NUMBER = Alignment(horizontal="left", indent=1)

Value = str | int | float | bool | None


def put(sheet: Worksheet, row: int, column: int, value: Value, font: Font = BODY) -> Cell:
    """Write a value; a text is stored as text whatever it begins with, a number as number."""
    cell = sheet.cell(row, column)
    cell.font = font
    if isinstance(value, str):
        cell.value = workbook_text(value) or None
        if value:
            cell.data_type = "s"
        if looks_like_formula(value):
            cell.quotePrefix = True
    else:
        cell.value = value
    return cell


def put_head(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    """The row of column names."""
    for column, name in enumerate(names, start=1):
        cell = put(sheet, row, column, name, BOLD)
        cell.fill, cell.alignment = HEAD_FILL, HEAD
        cell.border = Border(top=LINE, bottom=LINE)


def put_rows(
    sheet: Worksheet, first: int, rows: Iterable[Sequence[Value]], formats: dict[int, str] | None = None
) -> int:
    """Rows of values from row `first`; `formats` gives number formats by column from 1. Returns the next row."""
    for row, values in enumerate(rows, start=first):
        for column, value in enumerate(values, start=1):
            cell = put(sheet, row, column, value)
            if isinstance(value, str):
                cell.alignment = BESIDE_NUMBER
            if formats and column in formats and not isinstance(value, str):
                cell.number_format = formats[column]
        first = row + 1
    return first


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Column widths in characters, from the first column."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width; a CJK character is two wide."""
    return sum(max(1, -(-int(_wide(line)) // max(int(width) - 1, 1))) for line in text.split("\n"))


def _wide(text: str) -> float:
    return sum(2.1 if unicodedata.east_asian_width(sign) in "WF" else 1.0 for sign in text)


def on_paper(sheet: Worksheet, *, landscape: bool, head_row: int, footer: str) -> None:
    """A4, one page wide, the head on every page, page numbers in the footer."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head_row}:{head_row}"
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = 0.5
    margins.bottom, margins.header, margins.footer = 0.7, 0.3, 0.3
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    sheet.freeze_panes = f"A{head_row + 1}"
