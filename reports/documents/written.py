"""Documents of tables as bytes of any format: workbooks and CSV here; and outputs that are tables of one heading."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from materiality.platform.organisation import organisation_name
from materiality.tables.write import csv_bytes, workbook_bytes
from reports.documents.sheets import (
    BODY,
    BOLD,
    FONT,
    HAIR,
    HEAD_FILL,
    LINE,
    SOFT,
    TITLE,
    WRAP,
    lines_needed,
    on_paper,
    put,
    put_head,
    set_widths,
)
from reports.documents.table_pages import docx_of, html_of, pdf_of
from reports.documents.tables import Cell, Document, Line, Table, cell_of, column_widths, lines_of
from reports.queries.outputs import Inputs, Option, OutputKind, Progress, frozen_text

WIDEST = 130.0  # letters beside one another on an A4 page that can still be read
LINE_HEIGHT, MOST_LINES = 16.0, 24  # a row of a spreadsheet is at most 409 points high; what is higher is cut off
INNER_FILL = PatternFill("solid", fgColor="F3F6F6")
RIGHT = Alignment(wrap_text=True, vertical="top", horizontal="right", indent=1)


def csv_of(document: Document) -> bytes:
    """Every row whole, bands as columns; the tables of a document below one another."""
    pieces = [_csv_table(table) for table in document.tables]
    mark = "\ufeff".encode()
    return mark + b"\r\n".join(piece.removeprefix(mark) for piece in pieces)


def _csv_table(table: Table) -> bytes:
    names = [*table.bands, *(column.key for column in table.columns)]
    rows = ([*_padded(row.bands, len(table.bands)), *(cell_of(cell).text for cell in row.cells)] for row in table.rows)
    return csv_bytes(names, rows)


def _padded(bands: Sequence[str], number: int) -> list[str]:
    return [*bands, *[""] * number][:number]


def xlsx_of(document: Document) -> bytes:
    """A sheet for each table; equal documents give equal bytes."""
    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(document.tables, start=1):
        _write(book.create_sheet((table.name or document.title)[:31] or str(number)), document, table)
    return workbook_bytes(book)


def _write(sheet: Worksheet, document: Document, table: Table) -> None:
    widths = column_widths(table, WIDEST)
    head = _lead(sheet, document, table) + 1
    put_head(sheet, head, [column.title for column in table.columns])
    heads = (lines_needed(column.title, width - 2) for column, width in zip(table.columns, widths, strict=True))
    sheet.row_dimensions[head].height = LINE_HEIGHT * max(heads) + 4
    for place, column in enumerate(table.columns, start=1):
        if column.right:
            sheet.cell(head, place).alignment = RIGHT
    set_widths(sheet, widths)
    row = head
    for line in lines_of(table):
        for part in _parts(line, widths):
            row += 1
            _put_line(sheet, row, table, part, widths)
    for note in table.notes:
        row += 1
        put(sheet, row + 1, 1, note, SOFT)
    if not table.bands and len(table.rows) > 1:
        sheet.auto_filter.ref = f"A{head}:{sheet.cell(1, len(widths)).column_letter}{head + len(table.rows)}"
    on_paper(sheet, landscape=document.landscape, head_row=head, footer=document.footer)


def _lead(sheet: Worksheet, document: Document, table: Table) -> int:
    """Title and lines above the table; returns the row of the last one, which is empty."""
    put(sheet, 1, 1, document.title, TITLE)
    sheet.row_dimensions[1].height = 26
    row = 1
    for label, text in document.lead:
        row += 1
        put(sheet, row, 1, f"{label}  {text}" if label else text, BODY if label else SOFT)
    if table.heading:
        row += 1
        put(sheet, row, 1, table.heading, BOLD)
    return row + 1


def _parts(line: Line, widths: Sequence[float]) -> Iterator[Line]:
    """The line, or where it is higher than a row can be, as many rows as it takes."""
    if line.level is not None or all(
        lines_needed(c.text, w) <= MOST_LINES for c, w in zip(line.cells, widths, strict=True)
    ):
        yield line
        return
    pieces = [list(_cut(cell.text, width)) for cell, width in zip(line.cells, widths, strict=True)]
    for number in range(max(map(len, pieces))):
        cells = [
            Cell(piece[number] if number < len(piece) else "", cell.bold, cell.fill, cell.ink, cell.link)
            for piece, cell in zip(pieces, line.cells, strict=True)
        ]
        yield Line(cells, line.fresh if number == 0 else [False] * len(cells))


def _cut(text: str, width: float) -> Iterator[str]:
    """Pieces of a text that each fit a row, cut at ends of lines and sentences or between words."""
    while lines_needed(text, width) > MOST_LINES:
        end = bisect_right(range(1, len(text)), MOST_LINES, key=lambda at: lines_needed(text[:at], width))
        nice = max(text.rfind(sign, end // 2, end) for sign in "\n。；. ")
        cut = nice + 1 if nice > 0 else end
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text


def _put_line(sheet: Worksheet, row: int, table: Table, line: Line, widths: Sequence[float]) -> None:
    if line.level is not None:
        for column in range(1, len(widths) + 1):
            cell = put(sheet, row, column, line.cells[0].text if column == 1 else "", BOLD)
            cell.fill, cell.border = INNER_FILL if line.level else HEAD_FILL, Border(top=LINE)
        sheet.row_dimensions[row].height = LINE_HEIGHT + 4
        return
    for column, (shown, fresh) in enumerate(zip(line.cells, line.fresh, strict=True), start=1):
        cell = put(sheet, row, column, shown.text, _font(shown))
        cell.alignment = RIGHT if table.columns[column - 1].right else WRAP
        if fresh:
            cell.border = Border(top=HAIR)
        if shown.fill:
            cell.fill = PatternFill("solid", fgColor=shown.fill.removeprefix("#"))
        if shown.address:
            cell.hyperlink = shown.address
    lines = max(lines_needed(cell.text, width) for cell, width in zip(line.cells, widths, strict=True))
    sheet.row_dimensions[row].height = LINE_HEIGHT * lines + 4


def _font(cell: Cell) -> Font:
    ink = cell.ink.removeprefix("#") or None
    return Font(name=FONT, size=10.5, bold=cell.bold, color=ink) if cell.bold or ink else BODY


WRITERS = {"xlsx": xlsx_of, "docx": docx_of, "pdf": pdf_of, "csv": csv_of, "html": html_of}


def written(document: Document, format: str) -> bytes:
    """The file; KeyError for a format that tables are not written in. The same document gives the same bytes."""
    return WRITERS[format](document)


def table_kind(
    code: str,
    title: Promise,
    place: int,
    inputs: Inputs,
    tabulate: Callable[[Mapping], Table | list[Table]],
    *,
    wide: bool = False,
    options: tuple[Option, ...] = (),
) -> OutputKind:
    """An output that is the table (or tables) of frozen inputs under its title; `wide`: on A4 across."""

    def build(held: dict, progress: Progress) -> bytes:
        words = {"organisation": organisation_name(), "cycle": frozen_text(held["cycle"], "title")}
        lead = [("", _("%(organisation)s · %(cycle)s") % words)]
        found = tabulate(held)
        tables = [found] if isinstance(found, Table) else found
        progress(50, _("Writing the file"))
        author = organisation_name()
        return written(Document(str(title), tables, held["language"], author, lead, landscape=wide), held["format"])

    return OutputKind(
        **{"code": code, "word": title, "of_file": title, "formats": tuple(WRITERS), "place": place},
        **{"inputs": inputs, "build": build, "options": options},
    )
