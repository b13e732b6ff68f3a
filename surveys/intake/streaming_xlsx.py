"""Writing large sheets as XLSX in bounded memory: rows go straight into the ZIP."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
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
    clean = escape(_CONTROL.sub("\ufffd", text)[:32_767]).replace("\r", "&#13;")
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
