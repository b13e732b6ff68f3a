"""Pages that come later: a second file, or a column, that touches the locations of an outline only."""

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from materiality.tables.limited import within_limits
from materiality.tables.problems import FileProblem, comparable, shown_cell
from materiality.tables.read import open_table
from reports.gri.index import OutlineRow
from reports.gri.reading import Reading, read_cell
from reports.gri.standards import title_key
from reports.outline.outline import LIMITS, Books, CellReading, OutlineProblem, ParsedOutline, locations_in, tidy

CONTENTS_LINES = 5  # a page that holds as many headings of the outline is its table of contents
# By which column a line names its row, the surest first; and where the location stands.
KEYS = {
    "order": ("order", "#", "no", "序号", "顺序"),
    "section": ("section", "section_zh", "section_en", "节", "章节", "标题"),
    "disclosures": ("disclosures", "disclosure", "code", "gri", "披露项", "指标"),
}
LOCATION = ("location", "page", "pages", "位置", "页码", "页")


def relocated(contents: bytes, rows: Sequence[OutlineRow], books: Books) -> tuple[ParsedOutline, list[str]]:
    """The outline with the locations of a file, and the lines of the file that name no row."""
    try:
        header, lines = within_limits(lambda: _lines(contents))
    except FileProblem as problem:
        return ParsedOutline(problems=[OutlineProblem(None, None, "", problem.code, problem.params)]), []
    names = [comparable(tidy(name)) for name in header]
    key, at = _key(names)
    place = next((names.index(name) for name in LOCATION if name in names), None)
    if key is None or place is None:
        missing = "location" if place is None else "order"
        return ParsedOutline(problems=[OutlineProblem(1, None, missing, "missing_column", {"value": missing})]), []
    return _moved(rows, [(number, line[at], line[place]) for number, line in lines], key, books)


def located_by_headings(contents: bytes, rows: Sequence[OutlineRow]) -> tuple[ParsedOutline, list[str]]:
    """The outline with the pages on which its sections begin in the report's PDF, or by the table of contents that a
    Word document holds; and the sections that were not found.
    """
    try:
        pages = within_limits(lambda: _report_pages(contents))
    except FileProblem as problem:
        return ParsedOutline(problems=[OutlineProblem(None, None, "", problem.code, problem.params)]), []
    names = {
        title_key(name) for row in rows for name in (row.section, row.section_en, row.chapter, row.chapter_en) if name
    }
    beginnings: dict[str, str] = {}
    for page, lines in pages:
        found = [line for line in map(title_key, lines) if line in names]
        for name in found if len(set(found)) < CONTENTS_LINES else ():
            beginnings.setdefault(name, page)
    moved, readings, missed = [], [], []
    for row in rows:
        own = [title_key(name) for name in (row.section, row.section_en) if name] or [
            title_key(row.chapter),
            title_key(row.chapter_en),
        ]
        page = next((beginnings[name] for name in own if name in beginnings), "")
        if page:
            readings.append(CellReading(str(row.order), row.order, None, "location", Reading(f"P{page}")))
        else:
            missed.append(f"{row.order}: {row.name_in(chinese=True)}")
        moved.append(replace(row, locations=(f"P{page}",)) if page else row)
    return ParsedOutline(moved, readings), missed


def _report_pages(contents: bytes) -> list[tuple[str, list[str]]]:
    """Page and lines, in the order of the report. FileProblem where no library can read it, for whatever reason."""
    try:
        return _word_pages(contents) if contents[:2] == b"PK" else _pdf_pages(contents)
    except Exception as error:
        raise FileProblem("report_unreadable") from error


def _pdf_pages(contents: bytes) -> list[tuple[str, list[str]]]:
    """Each page's label, else its place, and its lines."""
    import pypdfium2  # loads a library of its own, which only pictures and the reading of a report need

    pdf = pypdfium2.PdfDocument(contents)
    texts = [page.get_textpage().get_text_bounded() for page in pdf]
    return [(pdf.get_page_label(place) or str(place + 1), text.splitlines()) for place, text in enumerate(texts)]


def _word_pages(contents: bytes) -> list[tuple[str, list[str]]]:
    """The lines of a stored table of contents; other page numbers a Word document does not hold."""
    from docx import Document  # 0.3 s to load, and only the reading of a report needs it

    lines = [p.text for p in Document(BytesIO(contents)).paragraphs if p.style.name.casefold().startswith("toc ")]
    found = [re.fullmatch(r"(.*?)[\s.·…]*\s(\d{1,4})\s*", line, re.DOTALL) for line in lines]
    return [(line[2], [line[1]]) for line in found if line]


def _lines(contents: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with open_table(contents, limits=LIMITS) as table:
        width = len(table.header)
        found = [(number, [shown_cell(c) for c in cells] + [""] * (width - len(cells))) for number, cells in table.rows]
        return [shown_cell(name) for name in table.header], found


def _key(names: list[str]) -> tuple[str | None, int]:
    for key, words in KEYS.items():
        for word in words:
            if word in names:
                return key, names.index(word)
    return None, 0


def _moved(
    rows: Sequence[OutlineRow], lines: list[tuple[int, str, str]], key: str, books: Books
) -> tuple[ParsedOutline, list[str]]:
    found: dict[int, tuple[str, ...]] = {}
    readings, missed = [], []
    for number, name, location in lines:
        places = locations_in(tidy(location, lines=True))
        meant = [row for row in rows if _is_meant(row, key, name, books)]
        if not meant or not places:
            missed += [f"{number}: {tidy(name)}"] if tidy(name) else []
            continue
        for row in meant:
            found[row.order] = tuple(dict.fromkeys((*found.get(row.order, ()), *places)))
            readings.append(CellReading(str(row.order), number, None, "location", Reading("; ".join(places))))
    moved = [replace(row, locations=found.get(row.order, row.locations)) for row in rows]
    return ParsedOutline(moved, readings), missed


def _is_meant(row: OutlineRow, key: str, name: str, books: Books) -> bool:
    text = tidy(name)
    if key == "order":
        return text == str(row.order)
    if key == "section":
        return bool(text) and title_key(text) in {title_key(each) for each in (row.section, row.section_en) if each}
    codes = {code for reading in read_cell(text, books.context()) for code in reading.codes}
    return bool(codes & set(row.identities))
