"""Writing CSV and XLSX whose texts no spreadsheet can take for formulas, small or streamed."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = str | int | float | None
TYPES = ("csv", "xlsx")

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
# What XML cannot hold, and so no workbook.
IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LONGEST_CELL = 32_767  # of a spreadsheet
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def table_bytes(kind: str, sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file of `kind` "csv" or "xlsx"; KeyError for any other."""
    return {"csv": _csv, "xlsx": _xlsx}[kind](sheet, columns, rows)


def _csv(_sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    return csv_bytes(columns, (map(_number, row) for row in rows))


def _xlsx(sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Texts are stored as texts whatever they begin with, numbers as numbers."""
    from openpyxl import Workbook  # takes 0.2 s, and most commands write no workbook
    from openpyxl.styles import Font

    book = Workbook()
    page = book.active
    page.title = sheet
    page.append(list(columns))
    for place, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = page.cell(place, column, workbook_text(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook_text(text: str) -> str:
    """Text for an XLSX cell: without what XML cannot hold, at most as long as a cell, and `_x0041_` not read as A."""
    return _ESCAPE.sub("_x005F_", IMPOSSIBLE.sub("", text))[:LONGEST_CELL]


def _number(value: Cell) -> Cell:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could run the text: it begins with = + - @ TAB or CR (formats.md)."""
    return text[:1] in {"=", "+", "-", "@", "\t", "\r"}


def neutralise(text: str) -> str:
    """Text for a CSV cell: an apostrophe is put before a dangerous beginning. `restore` gives the text back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restore(text: str) -> str:
    """The text that `neutralise` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> bytes:
    """Header and rows in UTF-8 with BOM, so that spreadsheets recognise the Chinese; no text is a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP archive can hold
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def workbook_bytes(book: "Workbook") -> bytes:
    """The workbook as XLSX; equal workbooks give equal bytes, whenever they are written."""
    stream = io.BytesIO()
    book.save(stream)
    return without_times(stream.getvalue())


def repacked(package: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """An Office package with what `changes` make of members' contents, without times, in the order of their names."""
    source, target = ZipFile(io.BytesIO(package)), io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(source.namelist(), key=_place):
            contents = source.read(name)
            member = ZipInfo(name, EPOCH)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 0  # else the archive says on which system it was made
            archive.writestr(member, changes[name](contents) if name in changes else contents)
    return target.getvalue()


def _place(name: str) -> tuple[bool, str]:
    """The list of content types comes first: some readers look for it there."""
    return name != "[Content_Types].xml", name


def without_times(package: bytes) -> bytes:
    """An Office package with every time in it set to 1980-01-01, members in the order of their names."""
    return repacked(package, {"docProps/core.xml": partial(_STAMP.sub, rb"\g<1>1980-01-01T00:00:00Z\g<3>")})


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
EMPTY = "<c/>"


def text_cell(text: str) -> str:
    """XML of a cell that holds text and is never taken for a formula."""
    if not text:
        return EMPTY
    clean = escape(IMPOSSIBLE.sub("\ufffd", text)[:LONGEST_CELL]).replace("\r", "&#13;")
    style = ' s="1"' if text[0] in "=+-@\t\r" else ""
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{clean}</t></is></c>'


def number_cell(number: int | float) -> str:
    """XML of a cell that holds a number."""
    return f"<c><v>{number}</v></c>"


def write_sheets(sheets: Sequence[tuple[str, Iterable[str]]]) -> Iterator[bytes]:
    """The workbook in pieces, of (name, rows) per sheet; rows are the cells' XML by `text_cell` and `number_cell`.

    The same rows give the same bytes. The first row of each sheet is frozen.
    """
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, xml in _parts([name for name, _rows in sheets]).items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), _HEAD + xml)
        for number, (_name, rows) in enumerate(sheets, start=1):
            entry = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as sheet:
                sheet.write(_SHEET_HEAD)
                for chunk in _chunks(rows):
                    sheet.write(chunk)
                    yield sink.take()
                sheet.write(b"</sheetData></worksheet>")
    yield sink.take()


def _parts(names: Sequence[str]) -> dict[str, str]:
    """All parts of the package but the sheets, by path."""
    numbered = list(enumerate(names, start=1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}worksheet+xml"/>' for n, _ in numbered
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    sheets = "".join(f'<sheet name="{escape(name)[:31]}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}<Relationship '
        f'Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
    }


_SHEET_HEAD = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
    'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
).encode()


def _chunks(rows: Iterable[str]) -> Iterator[bytes]:
    block: list[str] = []
    for row in rows:
        block.append(f"<row>{row}</row>")
        if len(block) == 500:
            yield "".join(block).encode()
            block.clear()
    yield "".join(block).encode()


class Sink(io.RawIOBase):
    """Takes what the ZIP writes, to be handed on piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.pieces.append(bytes(data))
        self.size += len(self.pieces[-1])
        return len(self.pieces[-1])

    def tell(self) -> int:
        return self.size

    def take(self) -> bytes:
        piece = b"".join(self.pieces)
        self.pieces.clear()
        return piece
