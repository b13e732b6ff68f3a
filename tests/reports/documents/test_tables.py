"""One description of a table, five files: what is in them, and that nothing is cut off."""

import csv
import io
import re
import zipfile

import docx
import docx.enum.text
import numpy as np
import pypdfium2
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from reports.documents.tables import Cell, Column, Document, Table, TableRow, column_widths, display_width, lines_of
from reports.documents.written import WRITERS, written

COLUMNS = (
    Column("standard", "Standard", once=True),
    Column("title", "Title"),
    Column("page", "Page", once=True),
    Column("reason", "Reason", may_go=True),
)


def table(*rows: TableRow, columns=COLUMNS) -> Table:
    return Table(columns, rows, name="Index", heading="By standard", bands=("part", "topic"), notes=["The end."])


def document(shown: Table, landscape: bool = False) -> Document:
    lead = [("Statement of use", "ACME has reported."), ("", "Made for a test")]
    return Document("GRI content index", [shown], "en", "ACME & Co", lead, landscape)


TWO = table(
    TableRow(("GRI 302", "302-1 Energy", "P1", ""), bands=("Topics", "Energy")),
    TableRow(("GRI 302", "302-3 <Intensity> & 能源强度", "P1", ""), bands=("Topics", "Energy")),
    TableRow(("GRI 302", "=302-4", "P2", ""), bands=("Topics", "Water")),
)


def pages_of(contents: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(contents)
    return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in pdf]


def cells_of(contents: bytes) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(contents)).active
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def test_repeated_texts_stand_once_under_a_band():
    lines = [(line.level, [cell.text for cell in line.cells]) for line in lines_of(TWO)]
    assert lines == [
        (0, ["Topics"]),
        (1, ["Energy"]),
        (None, ["GRI 302", "302-1 Energy", "P1", ""]),
        (
            None,
            ["", "302-3 <Intensity> & 能源强度", "P1", ""],
        ),  # the page belongs to another title
        (1, ["Water"]),
        (None, ["GRI 302", "=302-4", "P2", ""]),
    ]


def test_empty_column_goes_only_where_it_may():
    assert [column.key for column in TWO.without_empty().columns] == ["standard", "title", "page"]
    told = table(TableRow(("", "", "", "Not applicable")))
    assert [column.key for column in told.without_empty().columns] == ["standard", "title", "page", "reason"]


def test_widths_hold_the_longest_word_and_fit_the_page():
    long = table(TableRow(("GRI 302: " + "长" * 200, "Communication and training about policies " * 9, "P1-P100", "")))
    widths = column_widths(long, 108)
    assert sum(widths) == pytest.approx(108) and min(widths) >= display_width("Reason")
    assert widths[1] > widths[2] >= display_width("P1-P100")
    assert sum(column_widths(TWO, 200)) < 100


def test_csv_has_every_row_whole():
    rows = list(csv.reader(io.StringIO(written(document(TWO), "csv").decode("utf-8-sig"))))
    assert rows[0] == ["part", "topic", "standard", "title", "page", "reason"]
    assert rows[2] == ["Topics", "Energy", "GRI 302", "302-3 <Intensity> & 能源强度", "P1", ""]
    assert rows[3][3] == "'=302-4"


def test_workbook_shows_lead_bands_and_rows():
    cells = cells_of(written(document(TWO), "xlsx"))
    first = [row[0] for row in cells]
    assert first[:4] == ["GRI content index", "Statement of use  ACME has reported.", "Made for a test", "By standard"]
    assert [row[1] for row in cells if row[1]] == ["Title", "302-1 Energy", "302-3 <Intensity> & 能源强度", "=302-4"]
    assert first[-1] == "The end."


def test_text_that_no_row_can_hold_goes_on_in_the_next():
    words = " ".join(f"word{number}" for number in range(2_000))
    long = table(TableRow(("GRI 302", words, "P1", "")), TableRow(("GRI 303", "short", "P2", "")))
    contents = written(document(long), "xlsx")
    sheet = load_workbook(io.BytesIO(contents)).active
    heights = [sheet.row_dimensions[row].height or 15 for row in range(1, sheet.max_row + 1)]
    assert max(heights) < 409
    said = " ".join(row[1] for row in cells_of(contents) if row[1].startswith("word"))
    assert said == words
    assert set(words.split()) <= set("\n".join(pages_of(written(document(long), "pdf"))).split())


def test_pdf_repeats_head_and_bands_on_every_page():
    rows = [TableRow((f"GRI {n}", f"Disclosure {n}", f"P{n}", ""), bands=("Topics", "Energy")) for n in range(300)]
    pages = pages_of(written(document(table(*rows)), "pdf"))
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert "Standard" in page and "Topics" in page and f"{number} / {len(pages)}" in page
    assert re.findall(r"Disclosure (\d+)", "\n".join(pages)) == [str(number) for number in range(300)]


@pytest.mark.parametrize("landscape", [False, True])
def test_word_document_opens_with_all_texts_and_a_head_that_repeats(landscape):
    file = docx.Document(io.BytesIO(written(document(TWO, landscape), "docx")))
    (shown,) = file.tables
    texts = [[cell.text for cell in row.cells] for row in shown.rows]
    assert texts[0] == ["Standard", "Title", "Page", "Reason"] and texts[1] == ["Topics"] * 4
    assert texts[4] == ["", "302-3 <Intensity> & 能源强度", "P1", ""]
    assert shown.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [p.text for p in file.paragraphs if p.text][:2] == [
        "GRI content index",
        "Statement of use  ACME has reported.",
    ]
    section = file.sections[0]
    assert (section.page_width > section.page_height) is landscape
    assert "ACME & Co · GRI content index" in section.footer.paragraphs[0].text


def test_web_page_stands_alone_and_escapes():
    html = written(document(TWO), "html").decode()
    assert '<html lang="en">' in html and "302-3 &lt;Intensity&gt; &amp; 能源强度" in html
    assert '<th scope="rowgroup" colspan="4">Topics</th>' in html and "src=" not in html and "http" not in html


def test_colours_and_links_reach_the_files():
    goal = Cell("No Poverty", bold=True, fill="#E5243B", ink="#ffffff", link="https://sdgs.un.org/goals")
    shown = document(table(TableRow(("1", goal, Cell("x", link="javascript:x"), ""))))
    html = written(shown, "html").decode()
    assert 'style="background:#E5243B;color:#ffffff"' in html and 'href="https://sdgs.un.org/goals"' in html
    assert "javascript:" not in html
    sheet = load_workbook(io.BytesIO(written(shown, "xlsx"))).active
    cell = next(cell for row in sheet for cell in row if cell.value == "No Poverty")
    assert cell.fill.fgColor.rgb.endswith("E5243B") and cell.hyperlink.target == "https://sdgs.un.org/goals"
    word = zipfile.ZipFile(io.BytesIO(written(shown, "docx"))).read("word/document.xml").decode()
    assert 'w:fill="E5243B"' in word and 'w:color w:val="ffffff"' in word


@pytest.mark.parametrize("format", list(WRITERS))
def test_same_document_gives_the_same_bytes(format):
    assert written(document(TWO), format) == written(document(TWO), format)


@pytest.mark.parametrize("format", list(WRITERS))
def test_texts_that_no_file_may_hold_do_not_break_it(format):
    odd = table(TableRow(("\x07a\nb", '#image("x") $y$ _x0041_', "", "]]>")))
    assert written(document(odd), format)


def test_points_hang_behind_their_signs_and_heads_hold_their_lines():
    points = "• Pay that is fair and told to everybody in time\n• Leave that can be taken"
    columns = (Column("group", "Group"), Column("asks", "What the group asks for, in its words " * 3))
    shown = table(TableRow(("All", points)), columns=columns)
    contents = {format: written(document(shown), format) for format in ("docx", "pdf", "xlsx")}
    paragraphs = docx.Document(io.BytesIO(contents["docx"])).tables[0].cell(1, 1).paragraphs
    assert [paragraph.text for paragraph in paragraphs] == [line.replace("• ", "•\t") for line in points.split("\n")]
    assert all(paragraph.paragraph_format.first_line_indent < 0 for paragraph in paragraphs)
    assert "Leave that can be taken" in pages_of(contents["pdf"])[0]
    assert b"</li><li>Leave that can be taken</li></ul>" in written(document(shown), "html")
    sheet = load_workbook(io.BytesIO(contents["xlsx"])).active
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Group")
    assert sheet.row_dimensions[head].height > 30


def test_heads_of_numbers_stand_above_them():
    columns = (Column("issue", "Issue"), Column("rank", "Rank", right=True), Column("use", "Use", least=30))
    shown = table(TableRow(("Privacy", "1", "")), columns=columns)
    right = docx.Document(io.BytesIO(written(document(shown), "docx"))).tables[0].cell(0, 1).paragraphs[0]
    assert right.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    assert b'<th scope="col" class="right">Rank</th>' in written(document(shown), "html")
    sheet = load_workbook(io.BytesIO(written(document(shown), "xlsx"))).active
    (head,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "Rank")
    assert head.alignment.horizontal == "right"
    assert column_widths(shown, 100.0)[2] > 30  # people fill it in


def test_bold_letters_have_a_hairline_of_their_own_colour():
    navy, white = (25, 72, 106), "#FFFFFF"
    cell = Cell("17", bold=True, fill="#19486A", ink=white)
    pdf = written(document(table(TableRow((cell, "", "", "")))), "pdf")
    dots = pypdfium2.PdfDocument(pdf)[0].render(scale=4, rev_byteorder=True).to_numpy().astype(int)
    down, across = np.nonzero((dots == navy).all(axis=2))
    inside = dots[down.min() : down.max() + 1, across.min() : across.max() + 1].sum(axis=2)
    assert inside.max() == 3 * 255 and inside.min() > sum(navy) - 60


def test_apostrophes_are_narrow_in_a_language_of_letters():
    def width(language: str) -> float:
        pdf = written(Document("s’s’s’s’s’s", [], language), "pdf")
        text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
        return text.get_charbox(10)[2] - text.get_charbox(0)[0]

    assert width("en") < 0.7 * width("zh-hans")
