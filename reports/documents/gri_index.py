"""The GRI content index and the outline as workbooks and CSV."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font
from openpyxl.worksheet.worksheet import Worksheet

from materiality.models import Cycle, Run
from materiality.platform.refusals import NotAllowed
from materiality.tables.write import csv_bytes, workbook_bytes
from reports.documents.sheets import (
    HAIR,
    LINE,
    SOFT,
    TITLE,
    WRAP,
    lines_needed,
    on_paper,
    put,
    put_head,
    put_rows,
    set_widths,
)
from reports.gri.codes import Catalogue, code_key
from reports.gri.index import IndexRow, OutlineRow, build_index, by_disclosure
from reports.outline.outline import COLUMNS, OMISSION_REASONS, outline_cells
from reports.queries.outline import gri_catalogue, outline_rows
from reports.queries.outputs import OutputKind, Progress, frozen_text, organisation_name

CSV_COLUMNS = ("order", "chapter", "section", "disclosures", "location")
INDEX_WIDTHS = (22, 32, 52, 12)
HEAD_ROW = 4
LINE_HEIGHT = 16.0  # points of one line at the body's size


@dataclass(frozen=True)
class IndexHeading:
    """What stands above the index."""

    organisation: str
    cycle: str
    edition: str


def index_csv(rows: Sequence[IndexRow], catalogue: Catalogue) -> bytes:
    """One line per row of the outline; the names of the columns are the same in every language."""
    cells = [(row.order, row.chapter, row.section, _codes(row, catalogue, ";"), row.location) for row in rows]
    return csv_bytes(CSV_COLUMNS, cells)


def index_workbook(rows: Sequence[IndexRow], catalogue: Catalogue, heading: IndexHeading) -> bytes:
    """Two sheets in the active language: the index by section, and every disclosure with its places."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("GRI index")
    title = _("GRI content index")
    _head(sheet, title, heading)
    _by_section(sheet, rows, catalogue)
    on_paper(sheet, landscape=False, head_row=HEAD_ROW, footer=f"{heading.organisation} · {title}")
    _by_disclosure(book.create_sheet(_("By disclosure")), rows, catalogue, heading)
    return workbook_bytes(book)


def _head(sheet: Worksheet, title: str, heading: IndexHeading) -> None:
    put(sheet, 1, 1, title, TITLE)
    sheet.row_dimensions[1].height = 26
    words = {"organisation": heading.organisation, "cycle": heading.cycle, "edition": heading.edition}
    put(sheet, 2, 1, _("%(organisation)s · %(cycle)s · GRI Standards, edition %(edition)s") % words, SOFT)


def _by_section(sheet: Worksheet, rows: Sequence[IndexRow], catalogue: Catalogue) -> None:
    put_head(sheet, HEAD_ROW, [_("Chapter"), _("Section"), _("GRI disclosures"), _("Location")])
    cells = [(row.chapter, row.section, _codes(row, catalogue, "; "), row.location) for row in rows]
    end = put_rows(sheet, HEAD_ROW + 1, cells)
    _shape(sheet, cells, end, INDEX_WIDTHS)
    _show_chapters_once(sheet, end)


def _shape(sheet: Worksheet, cells: Sequence[Sequence[str]], end: int, widths: Sequence[float]) -> None:
    """Wrapped cells, hairlines, heights that fit; a filter on the head."""
    for row, texts in enumerate(cells, start=HEAD_ROW + 1):
        for column in range(1, len(widths) + 1):
            cell = sheet.cell(row, column)
            cell.alignment, cell.border = WRAP, Border(bottom=HAIR)
        lines = max(lines_needed(text, width) for text, width in zip(texts, widths, strict=True))
        sheet.row_dimensions[row].height = LINE_HEIGHT * lines + 4
    set_widths(sheet, widths)
    last = sheet.cell(1, len(widths)).column_letter
    if end > HEAD_ROW + 1:
        sheet.auto_filter.ref = f"A{HEAD_ROW}:{last}{end - 1}"


def _show_chapters_once(sheet: Worksheet, end: int) -> None:
    """Chapters look merged, yet every row holds its own, so that filters and sorting work: a repeated name is white.

    It shows again where a filter hides the row above.
    """
    first = HEAD_ROW + 1
    if end <= first + 1:
        return
    repeated = f"AND($A{first + 1}=$A{first},SUBTOTAL(103,$A{first})=1)"
    area = f"A{first + 1}:A{end - 1}"
    sheet.conditional_formatting.add(area, FormulaRule([repeated], font=Font(color="FFFFFF")))
    fresh = FormulaRule([f"$A{first + 1}<>$A{first}"], border=Border(top=LINE))
    sheet.conditional_formatting.add(f"A{first + 1}:D{end - 1}", fresh)


def _by_disclosure(sheet: Worksheet, rows: Sequence[IndexRow], catalogue: Catalogue, heading: IndexHeading) -> None:
    title = _("GRI disclosures and where they are reported")
    _head(sheet, title, heading)
    put_head(sheet, HEAD_ROW, [_("Standard"), _("Disclosure"), _("Title"), _("Section"), _("Location")])
    titles = {code: name for row in rows for code, name in zip(row.codes, row.titles, strict=True)}
    cells = []
    for code, places in sorted(by_disclosure(rows).items(), key=lambda item: code_key(item[0])):
        sections = "\n".join(section for section, _location in places)
        locations = "\n".join(location or "–" for _section, location in places)
        cells.append((_standard(code, catalogue), catalogue.spell(code), titles[code], sections, locations))
    end = put_rows(sheet, HEAD_ROW + 1, cells)
    widths = (12, 18, 50, 34, 12)
    _shape(sheet, cells, end, widths)
    on_paper(sheet, landscape=True, head_row=HEAD_ROW, footer=f"{heading.organisation} · {title}")


def _standard(code: str, catalogue: Catalogue) -> str:
    found = catalogue.get(code)
    return f"GRI {found.standard_code}" if found else ""


def _codes(row: IndexRow, catalogue: Catalogue, separator: str) -> str:
    return separator.join(catalogue.spell(code) for code in row.codes)


OUTLINE_WIDTHS = (8, 24, 30, 24, 30, 28, 40, 12, 20, 22, 30)
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
    set_widths(sheet, OUTLINE_WIDTHS)
    on_paper(sheet, landscape=True, head_row=1, footer="outline")
    return workbook_bytes(book)


def _inputs(cycle: Cycle, _run: Run | None, _options: dict) -> dict:
    rows = outline_rows(cycle)
    if not rows:
        raise NotAllowed(_("The cycle has no outline yet. Add its sections or import a file first."))
    return {"gri_edition": cycle.gri_edition, "outline": [asdict(row) for row in rows]}


def _build(inputs: dict, progress: Progress) -> bytes:
    catalogue = gri_catalogue(inputs["gri_edition"])
    outline = [
        OutlineRow(**{**row, "issues": tuple(row["issues"]), "disclosures": tuple(row["disclosures"])})
        for row in inputs["outline"]
    ]
    rows = build_index(outline, catalogue, inputs["language"])
    progress(50, _("Writing the file"))
    if inputs["format"] == "csv":
        return index_csv(rows, catalogue)
    heading = IndexHeading(organisation_name(), frozen_text(inputs["cycle"], "title"), inputs["gri_edition"])
    return index_workbook(rows, catalogue, heading)


OUTPUT = OutputKind(
    code="gri-index",
    word=gettext_lazy("GRI content index"),
    of_file=gettext_lazy("GRI content index"),
    formats=("xlsx", "csv"),
    inputs=_inputs,
    build=_build,
    place=2,
)
