"""Documents of tables written as PDF, DOCX and HTML."""

from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from xml.sax.saxutils import escape as xml

from materiality.platform.pdf import typeset
from materiality.tables.write import IMPOSSIBLE, without_times
from reports.documents.sheets import lines_needed
from reports.documents.tables import Cell, Document, Line, Table, column_widths, lines_of

PORTRAIT, LANDSCAPE = 108.0, 162.0  # half-width letters of 9 points between the margins of A4
MOST_WHOLE = 20  # lines of a cell
HEAD, BAND, INK, SOFT, HAIR = "E8F2F1", "F3F6F6", "1F2A30", "565F66", "C9CFD2"

_TYPST = """
#let words = json("words.json")
// The package has the one weight: a hairline around the letters makes them bold.
#let heavy(body) = context text(stroke: 0.02em + text.fill, body)
#let point = text(features: ("halt",), "•")
#let paint(cell) = {
  let body = if cell.bold { heavy(cell.text) } else { text(cell.text) }
  if cell.points.len() > 0 { body = list(marker: point, body-indent: 0.3em, spacing: 0.55em, ..cell.points) }
  if cell.ink != "" { body = text(fill: rgb(cell.ink), body) }
  if cell.link != "" { link(cell.link, body) } else { body }
}
#set document(title: words.title, author: words.author, date: none)
#set page(paper: "a4", flipped: words.landscape, margin: (x: 14mm, top: 14mm, bottom: 17mm), footer: context text(
  size: 8pt, fill: rgb("#5a636a"))[#words.footer #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: words.font, size: 9pt, lang: words.lang, region: if words.lang == "zh" { "cn" })
#set par(leading: 0.55em, justify: false)
#text(size: 15pt, heavy(words.title))
#if words.lead.len() > 0 {
  table(columns: (auto, 1fr), stroke: none, inset: (x: 0pt, y: 2.5pt), column-gutter: 10pt,
    ..words.lead.map(line => if line.at(0) == "" { (table.cell(colspan: 2, text(fill: rgb("#565f66"), line.at(1))),) }
      else { (heavy(line.at(0)), line.at(1)) }).flatten())
}
#for shown in words.tables {
  if shown.heading != "" { block(above: 14pt, below: 6pt, sticky: true, text(size: 11.5pt, heavy(shown.heading))) }
  let number = shown.head.len()
  let cells = ()
  for line in shown.lines {
    if line.level != none {
      // A band stands again at the top of each page that it reaches.
      cells.push(table.header(level: line.level + 2, table.cell(colspan: number, breakable: false,
        stroke: (top: 0.6pt + rgb("#9aa0a4"), bottom: 0.4pt + rgb("#c9cfd2")),
        fill: if line.level == 0 { rgb("#e8f2f1") } else { rgb("#f3f6f6") }, paint(line.cells.at(0)))))
    } else {
      for (place, cell) in line.cells.enumerate() {
        cells.push(table.cell(
          align: if shown.right.at(place) { right } else { left },
          breakable: not line.whole,
          fill: if cell.fill != "" { rgb(cell.fill) },
          stroke: if line.fresh.at(place) { (top: 0.4pt + rgb("#c9cfd2")) },
          paint(cell)))
      }
    }
  }
  table(columns: shown.widths.map(width => width * 1fr), stroke: none, inset: (x: 4pt, y: 4pt),
    table.header(..shown.head.enumerate().map(((place, name)) => table.cell(fill: rgb("#e8f2f1"),
      align: if shown.right.at(place) { right } else { left },
      stroke: (top: 0.6pt + rgb("#9aa0a4"), bottom: 0.6pt + rgb("#9aa0a4")), heavy(name)))),
    ..cells, table.hline(stroke: 0.4pt + rgb("#9aa0a4")))
  for note in shown.notes { block(above: 6pt, text(size: 8.5pt, fill: rgb("#565f66"), note)) }
}
"""


def pdf_of(document: Document) -> bytes:
    """Typeset on A4; the same document gives the same bytes."""
    words = {
        **{"title": document.title, "author": document.author or document.title, "footer": document.footer},
        **{"landscape": document.landscape, "lead": [list(line) for line in document.lead]},
        "lang": "zh" if document.language.startswith("zh") else document.language[:2],
        "tables": [_typeset_table(document, table) for table in document.tables],
    }
    return typeset(_TYPST, words)


def _typeset_table(document: Document, table: Table) -> dict:
    widths = _widths(document, table)
    return {
        **{"heading": table.heading, "notes": list(table.notes), "widths": widths},
        "head": [column.title for column in table.columns],
        "right": [column.right for column in table.columns],
        "lines": [
            {
                "level": line.level,
                "fresh": list(line.fresh),
                "whole": _is_whole(line, widths),
                "cells": [{**vars(cell), "link": cell.address, "points": cell.points} for cell in line.cells],
            }
            for line in lines_of(table)
        ],
    }


def _is_whole(line: Line, widths: Sequence[float]) -> bool:
    """Whether a row stays on one page; one longer than a page has to be torn, else it would be cut off."""
    if line.level is not None:
        return True
    return all(lines_needed(cell.text, width) <= MOST_WHOLE for cell, width in zip(line.cells, widths, strict=True))


def _widths(document: Document, table: Table) -> list[float]:
    return column_widths(table, LANDSCAPE if document.landscape else PORTRAIT)


_HTML_STYLE = """
body{font:15px/1.5 "Noto Sans","Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#1f2a30;
margin:2em auto;max-width:75em;padding:0 1em}h1{font-size:1.6em}h2{font-size:1.2em}
table{border-collapse:collapse;width:100%;margin:1em 0}th,td{padding:.35em .6em;text-align:left;vertical-align:top}
thead th{background:#e8f2f1;border:solid #9aa0a4;border-width:1px 0}td{border-top:1px solid #c9cfd2}
td.again{border-top:0}.right{text-align:right}tbody th{background:#e8f2f1;border-top:1px solid #9aa0a4}
tbody th.inner{background:#f3f6f6}.note,.soft{color:#565f66;font-size:.9em}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2em 1em}dt{font-weight:600}dd{margin:0}
:root:not(:lang(zh)){font-feature-settings:"pwid"}
td,dd{white-space:pre-line;overflow-wrap:break-word}td ul{margin:0;padding-left:1em}div{overflow-x:auto}
@media print{thead{display:table-header-group}tr{break-inside:avoid}}
"""


def html_of(document: Document) -> bytes:
    """A page that stands alone: no script, no address of another host."""
    parts = [
        f'<!doctype html><html lang="{escape(document.language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(document.title)}</title><style>{_HTML_STYLE}</style></head><body>",
        f"<h1>{escape(document.title)}</h1>{''.join(_html_lead(document))}",
        *(part for table in document.tables for part in _html_table(table)),
        "</body></html>\n",
    ]
    return "\n".join(parts).encode()


def _html_lead(document: Document) -> Iterator[str]:
    for label, text in document.lead:
        yield (
            f"<dl><dt>{escape(label)}</dt><dd>{escape(text)}</dd></dl>"
            if label
            else f'<p class="soft">{escape(text)}</p>'
        )


def _html_table(table: Table) -> Iterator[str]:
    if table.heading:
        yield f"<h2>{escape(table.heading)}</h2>"
    sides = (' class="right"' if column.right else "" for column in table.columns)
    heads = "".join(
        f'<th scope="col"{side}>{escape(column.title)}</th>' for column, side in zip(table.columns, sides, strict=True)
    )
    yield f"<div><table><thead><tr>{heads}</tr></thead><tbody>"
    for line in lines_of(table):
        yield _html_line(table, line)
    yield "</tbody></table></div>"
    yield from (f'<p class="note">{escape(note)}</p>' for note in table.notes)


def _html_line(table: Table, line: Line) -> str:
    if line.level is not None:
        inner = ' class="inner"' if line.level else ""
        return f'<tr><th scope="rowgroup" colspan="{len(table.columns)}"{inner}>{escape(line.cells[0].text)}</th></tr>'
    cells = zip(table.columns, line.cells, line.fresh, strict=True)
    return f"<tr>{''.join(_html_cell(cell, fresh, column.right) for column, cell, fresh in cells)}</tr>"


def _html_cell(cell: Cell, fresh: bool, right: bool) -> str:
    classes = " ".join(filter(None, ("" if fresh else "again", "right" if right else "")))
    style = f' style="background:{cell.fill};color:{cell.ink or "inherit"}"' if cell.fill else ""
    points = "".join(f"<li>{escape(point)}</li>" for point in cell.points)
    text = f"<ul>{points}</ul>" if points else escape(cell.text)
    text = f"<b>{text}</b>" if cell.bold else text
    text = f'<a href="{escape(cell.address)}">{text}</a>' if cell.address else text
    return f"<td{f' class={chr(34)}{classes}{chr(34)}' if classes else ''}{style}>{text}</td>"


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TWIPS_PORTRAIT, _TWIPS_LANDSCAPE = 10_206, 15_137  # between margins of 15 mm on A4


def docx_of(document: Document) -> bytes:
    """A Word document; heads are repeated on each page, rows are not torn. Times are left out of the package."""
    from docx.oxml import parse_xml

    file = word_file(document)
    body = file.element.body
    at = len(body) - 1  # before the section's properties
    for part in _docx_parts(document):
        body.insert(at, parse_xml(part))
        at += 1
    stream = BytesIO()
    file.save(stream)
    return without_times(stream.getvalue())


def word_file(document: Document):
    """An empty document of python-docx with page, fonts, properties and footer of `document`."""
    from docx import Document as word_document

    file = word_document()
    _set_page(file, document)
    return file


def _set_page(file, document: Document) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = file.sections[0]
    sides = (297, 210) if document.landscape else (210, 297)
    section.orientation = WD_ORIENT.LANDSCAPE if document.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = map(Mm, sides)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(15)
    for name, size in (("Normal", 8.5), ("Title", 16), ("Heading 2", 12)):
        style = file.styles[name]
        # Arial has a twin of the same widths wherever it is missing, so that no column breaks its words there.
        style.font.name, style.font.size = "Arial", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    file.styles["Normal"].paragraph_format.space_after = Pt(0)
    properties = file.core_properties
    properties.title, properties.author, properties.language = document.title, document.author, document.language
    properties.comments = ""
    _set_footer(section.footer, document)


def _set_footer(footer, document: Document) -> None:
    from docx.oxml import parse_xml

    width = _TWIPS_LANDSCAPE if document.landscape else _TWIPS_PORTRAIT
    number = "".join(
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> {field} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>{tail}'
        for field, tail in (("PAGE", _run(" / ")), ("NUMPAGES", ""))
    )
    tab = f'<w:pPr><w:tabs><w:tab w:val="clear" w:pos="4680"/><w:tab w:val="right" w:pos="{width}"/></w:tabs></w:pPr>'
    paragraph = f'<w:p xmlns:w="{_W}">{tab}{_run(document.footer)}<w:r><w:tab/></w:r>{number}</w:p>'
    old = footer.paragraphs[0]._p
    old.getparent().replace(old, parse_xml(paragraph))


def _docx_parts(document: Document) -> Iterator[str]:
    yield _paragraph(document.title, style="Title")
    for label, text in document.lead:
        runs = f"{_run(label, bold=True)}{_run(f'  {text}')}" if label else _run(text, ink=SOFT)
        yield _paragraph_of(runs, after=60)
    for table in document.tables:
        yield _paragraph(table.heading, style="Heading2") if table.heading else _paragraph("")
        yield "".join(_docx_table(document, table))
        yield from (_paragraph_of(_run(note, ink=SOFT), before=80) for note in table.notes)


def _docx_table(document: Document, table: Table) -> Iterator[str]:
    widths = _widths(document, table)
    twips = _TWIPS_LANDSCAPE if document.landscape else _TWIPS_PORTRAIT
    shares = [round(twips * width / sum(widths)) for width in widths]
    yield (
        f'<w:tbl xmlns:w="{_W}"><w:tblPr><w:tblW w:w="{sum(shares)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="50" w:type="dxa"/>'
        '<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>'
    )
    yield "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    yield "</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    for column, share in zip(table.columns, shares, strict=True):
        head = Cell(column.title, bold=True, fill=f"#{HEAD}")
        yield _docx_cell(head, share, top="9AA0A4", bottom="9AA0A4", right=column.right)
    yield "</w:tr>"
    for line in lines_of(table):
        yield _docx_line(table, line, shares, _is_whole(line, widths))
    yield "</w:tbl>"


def _docx_line(table: Table, line: Line, shares: list[int], whole: bool) -> str:
    if line.level is not None:
        fill = BAND if line.level else HEAD
        cell = Cell(line.cells[0].text, bold=True, fill=f"#{fill}")
        inner = _docx_cell(cell, sum(shares), top="9AA0A4", span=len(shares), keep=True)
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{inner}</w:tr>"
    cells = "".join(
        _docx_cell(cell, share, top=HAIR if fresh else "", right=column.right)
        for column, cell, fresh, share in zip(table.columns, line.cells, line.fresh, shares, strict=True)
    )
    return f"<w:tr><w:trPr>{'<w:cantSplit/>' if whole else ''}</w:trPr>{cells}</w:tr>"


def _docx_cell(
    cell: Cell, width: int, *, top: str = "", bottom: str = "", span: int = 0, right: bool = False, keep: bool = False
) -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>'
        for side, colour in (("top", top), ("bottom", bottom))
        if colour
    )
    properties = "".join(
        (
            f'<w:tcW w:w="{width}" w:type="dxa"/>',
            f'<w:gridSpan w:val="{span}"/>' if span else "",
            f"<w:tcBorders>{borders}</w:tcBorders>" if borders else "",
            f'<w:shd w:val="clear" w:color="auto" w:fill="{cell.fill.removeprefix("#")}"/>' if cell.fill else "",
        )
    )
    look = {"bold": cell.bold, "ink": cell.ink.removeprefix("#")}
    points = [f"{_run('•')}<w:r><w:tab/></w:r>{_run(point, **look)}" for point in cell.points]
    told = {"right": right, "keep": keep, "hanging": bool(points)}
    paragraphs = "".join(_paragraph_of(runs, **told) for runs in points or [_run(cell.text, **look)])
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def _paragraph(text: str, style: str = "") -> str:
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p xmlns:w="{_W}">{mark}{_run(text)}</w:p>'


def _paragraph_of(
    runs: str, *, before: int = 0, after: int = 0, right: bool = False, keep: bool = False, hanging: bool = False
) -> str:
    properties = "".join(
        (
            "<w:keepNext/>" if keep else "",
            f'<w:spacing w:before="{before}" w:after="{after}"/>' if before or after else "",
            '<w:ind w:left="140" w:hanging="140"/>' if hanging else "",
            '<w:jc w:val="right"/>' if right else "",
        )
    )
    return f'<w:p xmlns:w="{_W}"><w:pPr>{properties}</w:pPr>{runs}</w:p>'


def _run(text: str, *, bold: bool = False, ink: str = "") -> str:
    look = ("<w:b/>" if bold else "") + (f'<w:color w:val="{ink}"/>' if ink else "")
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    lines = [f'<w:t xml:space="preserve">{xml(line)}</w:t>' for line in IMPOSSIBLE.sub("", text).split("\n")]
    return f"<w:r>{look}{'<w:br/>'.join(lines)}</w:r>"
