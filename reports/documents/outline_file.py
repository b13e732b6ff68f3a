"""The outline as a file in the format `outline` (formats.md): template, export."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment

from reports.documents.delimited import csv_bytes
from reports.documents.package import workbook_bytes
from reports.documents.sheets import WRAP, on_paper, put_head, put_rows, set_widths
from reports.gri.catalogue import Catalogue
from reports.gri.index import OutlineRow
from reports.outline.columns import COLUMNS, OMISSION_REASONS
from reports.outline.write import outline_cells

WIDTHS = (8, 24, 30, 24, 30, 28, 40, 12, 20, 22, 30)
# What people see when they point at a column's name; both languages, since a file goes from hand to hand.
EXPLANATIONS = {
    "order": "顺序，1、2、3……\nPlace in the report: 1, 2, 3 …",
    "chapter": "章（中文）\nChapter in Chinese",
    "section": "节（中文），整章一行时留空\nSection in Chinese; empty for a whole chapter",
    "chapter_en": "章（英文）\nChapter in English",
    "section_en": "节（英文）\nSection in English",
    "issues": "议题代码，以分号分隔\nCodes of issues, separated by ;",
    "disclosures": "GRI 披露项，以分号分隔；可写范围 102-1 ~ 102-13 或整项标准 GRI 302\n"
    "GRI disclosures, separated by ; — ranges and whole standards are understood",
    "location": "页码（如 P28）或网址\nPage such as P28, or web address",
    "omission_requirement": "未披露的要求\nRequirement left out",
    "omission_reason": "未披露原因\n" + ", ".join(OMISSION_REASONS),
    "omission_explanation": "未披露说明\nExplanation of the omission",
}


def outline_file(rows: Sequence[OutlineRow], catalogue: Catalogue, kind: str) -> bytes:
    """The file of `kind` "csv" or "xlsx"; without rows it is the template."""
    cells = outline_cells(rows, catalogue)
    return csv_bytes(COLUMNS, cells) if kind == "csv" else _workbook(cells)


def _workbook(cells: list[list[str | int]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "outline"
    put_head(sheet, 1, COLUMNS)
    for cell in sheet[1]:
        cell.comment = Comment(EXPLANATIONS[cell.value], "Yiti", height=110, width=320)
    put_rows(sheet, 2, cells)
    # As text, also below the last row: a spreadsheet takes 2-1 for the first of February.
    for row in sheet.iter_rows(min_row=2, max_row=max(len(cells) + 1, 200), min_col=2, max_col=len(COLUMNS)):
        for cell in row:
            cell.number_format, cell.alignment = "@", WRAP
    set_widths(sheet, WIDTHS)
    on_paper(sheet, landscape=True, head_row=1, footer="outline")
    return workbook_bytes(book)
