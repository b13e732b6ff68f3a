"""The `outline` format: columns and cells read, checked and written."""

import datetime as dt
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from materiality.tables.limited import within_limits
from materiality.tables.problems import (
    N_,
    CellProblem,
    FileProblem,
    Nearest,
    cell_text,
    column_letters,
    comparable,
    shown_cell,
)
from materiality.tables.read import CSV, MEGABYTE, Limits, Table, open_table
from materiality.tables.write import restore
from reports.gri.index import OMISSION_REASONS, Entry, OutlineRow, entries_of, entry_text, without_doubles
from reports.gri.pieces import flat, says_nothing
from reports.gri.reading import DOUBTFUL, REPAIRED, Context, Reading, read_cell
from reports.gri.standards import Standards, title_key

HIGHEST_ORDER = 999_999
LONGEST_TEXT = 10_000
_SEPARATORS = re.compile(r"[;；,，、\s]+")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_ONE_OF_PAGES = re.compile(r"第[^页頁]*$")  # `第12、13页` is one text
_PLACE = re.compile(r"(?:pp?\.?\s*|第\s*)?\d{1,4}\s*(?:[-–~至]\s*(?:p\.?)?\s*\d{1,4})?\s*页?", re.IGNORECASE)

COLUMNS = (
    "order",
    "chapter",
    "section",
    "chapter_en",
    "section_en",
    "issues",
    "disclosures",
    "location",
    "omission_requirement",
    "omission_reason",
    "omission_explanation",
)
REQUIRED = ("order", "chapter")
ALIASES = {"chapter_zh": "chapter", "section_zh": "section"}  # people expect both languages to be named alike
TEXTS = ("chapter", "section", "chapter_en", "section_en", "omission_requirement", "omission_explanation")
LIMITS = Limits(
    max_bytes=10 * MEGABYTE, max_rows=2_000, max_columns=200, max_cells=400_000, max_unpacked=100 * MEGABYTE
)


@dataclass(frozen=True)
class Books:
    """What an outline is read by: GRI, the edition in use, the day of publication, the codes of issues and of other
    frameworks by column.
    """

    gri: Standards
    edition: str
    day: dt.date
    assumed: bool = False
    issues: tuple[str, ...] = ()
    frameworks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    issue_by_plain: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "issue_by_plain", {comparable(code): code for code in self.issues})

    @property
    def columns(self) -> tuple[str, ...]:
        return (*COLUMNS, *self.frameworks)

    def context(self, **around: object) -> Context:
        return Context(self.gri, self.edition, self.day, self.assumed, **around)


@dataclass(frozen=True)
class CellReading:
    """A reading with its place: `row` as the order cell shows it, else `#` and the row of the file; `index` from 0."""

    row: str
    number: int
    index: int | None
    column: str
    reading: Reading

    @property
    def cell(self) -> str:
        """The cell's name in a spreadsheet, such as `C17`."""
        return f"{column_letters(self.index)}{self.number}" if self.index is not None else str(self.number)


@dataclass(frozen=True)
class OutlineProblem:
    """What keeps the whole file from being read: `row` as the spreadsheet shows it (None: no row), `index` from 0.

    `code` is a key of MESSAGES or of the intake's.
    """

    row: int | None
    index: int | None
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()

    @property
    def cell(self) -> str:
        if self.row is None:
            return ""
        return f"{column_letters(self.index)}{self.row}" if self.index is not None else str(self.row)


@dataclass(frozen=True)
class ParsedOutline:
    """Rows in the order of the file with what was held back in them, every reading, and what forbids the whole file."""

    rows: list[OutlineRow] = field(default_factory=list)
    readings: list[CellReading] = field(default_factory=list)
    problems: list[OutlineProblem] = field(default_factory=list)

    @property
    def unsettled(self) -> list[CellReading]:
        """Readings that are doubtful or refused."""
        return [each for each in self.readings if not each.reading.is_stored]


def tidy(text: str, *, lines: bool = False) -> str:
    """Text as it is stored: no control characters, no spaces around, runs of white space as one space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _LINES.sub("\n", _SPACES.sub(" ", text)) if lines else re.sub(r"\s+", " ", text)
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


def locations_in(text: str) -> tuple[str, ...]:
    """The places that a cell names, one a line or between semicolons; between commas where all of them are pages."""
    found: list[str] = []
    for line in re.split(r"[\n;；]", text):
        parts = [part.strip() for part in re.split(r"[,，、]", line)]
        is_list = len(parts) > 1 and all(map(_PLACE.fullmatch, parts)) and not _ONE_OF_PAGES.match(parts[0])
        found += parts if is_list else [line.strip()]
    return tuple(dict.fromkeys(part for part in found if part and not says_nothing(part)))


def parse_outline(source: str | os.PathLike | bytes, books: Books) -> ParsedOutline:
    """Read a CSV or XLSX file in the format `outline` (formats.md): a path or the file's bytes."""
    try:
        return within_limits(lambda: _parse(source, books))
    except FileProblem as problem:
        return ParsedOutline(problems=[OutlineProblem(None, None, "", problem.code, problem.params)])


def _parse(source: str | os.PathLike | bytes, books: Books) -> ParsedOutline:
    with open_table(source, limits=LIMITS) as table:
        return _read(table, books)


def _read(table: Table, books: Books) -> ParsedOutline:
    columns = outline_columns(table.header, table.header_row, books.columns)
    if columns.problems:
        return ParsedOutline(problems=columns.problems)
    reader = _Reader(columns.places, books, neutralised=table.kind == CSV)
    rows = reader.all_rows([(number, list(cells)) for number, cells in table.rows])
    if not rows:
        raise FileProblem("no_rows")
    return ParsedOutline(rows, reader.readings)


@dataclass(frozen=True)
class OutlineColumns:
    """Place of each known column in a row, from 0; with any problem the rows must not be read."""

    places: dict[str, int]
    problems: list[OutlineProblem]


def outline_columns(header: Sequence[object], row: int, known_columns: Sequence[str] = COLUMNS) -> OutlineColumns:
    """Match a header row; names are compared without case, full width and surrounding spaces.

    `problems` lists every column that is unknown, doubled, unnamed or missing, with the nearest right name.
    """
    names = [shown_cell(cell).strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    known = {comparable(name): name for name in known_columns} | ALIASES
    nearest = Nearest(known_columns)
    places: dict[str, int] = {}
    problems = []
    for index, name in enumerate(names):
        column = known.get(comparable(name).replace(" ", "_"))
        if column is None:
            code = "unknown_column" if name else "unnamed_column"
            problems.append(OutlineProblem(row, index, name, code, {"value": name}, _offer(nearest(name))))
        elif column in places:
            params = {"value": column, "first": column_letters(places[column])}
            problems.append(OutlineProblem(row, index, column, "duplicate_column", params))
        else:
            places[column] = index
    return OutlineColumns(places, problems + _missing(names, places, row))


def _missing(names: list[str], places: dict[str, int], row: int) -> list[OutlineProblem]:
    """Required columns that there are not, with the unknown column that looks most like them."""
    strangers = Nearest(name for index, name in enumerate(names) if name and index not in places.values())
    return [
        OutlineProblem(row, None, name, "missing_column", {"value": name}, _offer(strangers(name)))
        for name in REQUIRED
        if name not in places
    ]


def _offer(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


def numbers_in(cell: str, gri: Standards) -> frozenset[str]:
    """Codes that a cell of one code may stand for, a lost zero included, for the rows around."""
    found = re.fullmatch(r"\D*?(\d{1,3})[-.](\d{1,3})\D*", flat(cell).strip())
    if found is None:
        return frozenset()
    codes = (f"{found[1]}-{found[2]}", f"{found[1]}-{found[2]}0")
    return frozenset(code for code in codes if code in gri.by_code)


class _Reader:
    """Reads rows one by one, each cell into readings; nothing in a cell keeps the rest from being read."""

    def __init__(self, places: dict[str, int], books: Books, *, neutralised: bool) -> None:
        self.places, self.books, self.neutralised = places, books, neutralised
        self.readings: list[CellReading] = []
        self.orders: set[int] = set()
        self.labels: set[str] = set()
        self.chapter = {"chapter": "", "chapter_en": ""}

    def all_rows(self, rows: list[tuple[int, list[object]]]) -> list[OutlineRow]:
        codes = [numbers_in(_shown_text(self._cell(cells, "disclosures")), self.books.gri) for _number, cells in rows]
        nothing: frozenset[str] = frozenset()
        read = []
        for place, (number, cells) in enumerate(rows):
            before = codes[place - 1] if place else nothing
            after = codes[place + 1] if place + 1 < len(codes) else nothing
            read.append(self._row(number, cells, before, after))
        return read

    def _row(self, number: int, cells: list[object], before: frozenset[str], after: frozenset[str]) -> OutlineRow:
        self.number, self.label, self.held = number, self._label(number, cells), {}
        order = self._order(cells)
        texts = {name: self._text(cells, name) for name in TEXTS}
        texts |= self._chapters(texts)
        row = {
            "issues": self._codes(cells, "issues", self.books.issue_by_plain),
            "entries": self._entries(cells, texts, before, after),
            "locations": self._locations(cells),
            "omission_reason": self._reason(cells),
            "frameworks": self._frameworks(cells),
        }
        self._extra(cells)
        return OutlineRow(order=order, **texts, **row, held=self.held)

    def _label(self, number: int, cells: list[object]) -> str:
        text = tidy(_shown_text(self._cell(cells, "order")))
        label = text if text and text not in self.labels else f"#{number}"
        self.labels.add(label)
        return label

    def _cell(self, cells: list[object], name: str) -> object:
        place = self.places.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    def _add(self, column: str, reading: Reading) -> None:
        self.readings.append(CellReading(self.label, self.number, self.places.get(column), column, reading))

    def _hold(self, column: str, text: str, note: str, **params: object) -> None:
        """Keep the text in the row for somebody to decide."""
        self.held[column] = "; ".join(filter(None, (self.held.get(column, ""), text)))
        self._add(column, Reading(text, DOUBTFUL, note=note, params={name: str(v) for name, v in params.items()}))

    def _raw(self, cells: list[object], name: str, *, lines: bool = False) -> str:
        """The cell's text, "" where it is held back: a date that a spreadsheet made of a code, or an error."""
        cell = self._cell(cells, name)
        if isinstance(cell, dt.date | dt.time):
            self._hold(name, _shown_text(cell).removesuffix(" 00:00:00"), "date_cell")
            return ""
        try:
            text = tidy(cell_text(cell), lines=lines)
        except CellProblem:
            self._hold(name, shown_cell(cell), "cell_fault")
            return ""
        return restore(text) if self.neutralised else text

    def _text(self, cells: list[object], name: str) -> str:
        text = self._raw(cells, name, lines=name in ("omission_explanation", "section", "section_en"))
        if len(text) > LONGEST_TEXT:
            self._hold(name, text, "long_cell", limit=LONGEST_TEXT)
            return ""
        text = text if name == "omission_explanation" else text.replace("\n", " ")
        if text:
            self._add(name, Reading(text))
        return text

    def _chapters(self, texts: dict[str, str]) -> dict[str, str]:
        """The chapter above where the row names none: on paper it stands once, before all of its sections."""
        own = {name: texts[name] for name in self.chapter}
        if any(own.values()):
            self.chapter = own
        elif any(self.chapter.values()):
            told = self.chapter["chapter"] or self.chapter["chapter_en"]
            self._add("chapter", Reading("", REPAIRED, note="chapter_above", params={"chapter": told}))
        elif "chapter" not in self.held:
            self._hold("chapter", "", "chapter_missing")
        return self.chapter

    def _order(self, cells: list[object]) -> int:
        text = self._raw(cells, "order")
        number = unicodedata.normalize("NFKC", text)
        is_number = re.fullmatch(r"[0-9]{1,9}", number) and 1 <= int(number) <= HIGHEST_ORDER
        if is_number and int(number) not in self.orders:
            order = int(number)
            self._add("order", Reading(text))
        else:
            order = max(self.orders, default=0) + 1
            if is_number:
                self._hold("order", text, "order_twice", order=order)
            elif "order" not in self.held:
                self._hold("order", text, "order_not_whole", limit=HIGHEST_ORDER, order=order)
        self.orders.add(order)
        return order

    def _codes(self, cells: list[object], name: str, known: Mapping[str, str]) -> tuple[str, ...]:
        """Codes in the order written, each once; what is none is held back."""
        codes: dict[str, None] = {}
        for part in filter(None, _SEPARATORS.split(self._raw(cells, name))):
            if code := known.get(comparable(part)):
                codes[code] = None
                self._add(name, Reading(part))
            elif not says_nothing(part):
                self._hold(name, part, "unknown_issue" if name == "issues" else "unknown_framework_code")
        return tuple(codes)

    def _frameworks(self, cells: list[object]) -> dict[str, tuple[str, ...]]:
        known = {name: {comparable(code): code for code in codes} for name, codes in self.books.frameworks.items()}
        found = {name: self._codes(cells, name, codes) for name, codes in known.items() if name in self.places}
        return {name: codes for name, codes in found.items() if codes}

    def _entries(
        self, cells: list[object], texts: Mapping[str, str], before: frozenset[str], after: frozenset[str]
    ) -> tuple[Entry, ...]:
        text = self._raw(cells, "disclosures", lines=True)
        context = row_context(self.books, texts, before=before, after=after)
        entries: list[Entry] = []
        for reading in read_cell(text, context):
            self._add("disclosures", reading)
            entries += entries_of(reading)
        return without_doubles(entries)

    def _locations(self, cells: list[object]) -> tuple[str, ...]:
        found = locations_in(self._raw(cells, "location", lines=True))
        for location in found:
            self._add("location", Reading(location))
        return found

    def _reason(self, cells: list[object]) -> str:
        text = self._raw(cells, "omission_reason")
        if not text:
            return ""
        key = reason_of(text, self.books.gri)
        if not key and says_nothing(text):
            self._add("omission_reason", Reading(text, note="none"))
            return ""
        if not key:
            self._hold("omission_reason", text, "unknown_reason")
            return ""
        self._add("omission_reason", Reading(text))
        return key

    def _extra(self, cells: list[object]) -> None:
        last = max(self.places.values())
        for index, cell in enumerate(cells[last + 1 :], start=last + 1):
            if text := shown_cell(cell).strip():
                reading = Reading(text, DOUBTFUL, note="extra_cell")
                self.held[""] = "; ".join(filter(None, (self.held.get("", ""), text)))
                self.readings.append(CellReading(self.label, self.number, index, "", reading))


def row_context(books: Books, texts: Mapping[str, str], **around: frozenset[str]) -> Context:
    """What the texts of a row say about its codes: the section may be a title, chapter and section a standard's."""
    titles = tuple(filter(None, (texts.get("section", ""), texts.get("section_en", ""))))
    headings = tuple(filter(None, (texts.get("chapter", ""), texts.get("chapter_en", ""), *titles)))
    return books.context(titles=titles, headings=headings, **around)


def reason_of(text: str, gri: Standards) -> str:
    """The key of a reason for omission in any wording: GRI's, the product's, or the key itself; "" where it is none."""
    key = comparable(text).replace(" ", "_")
    return key if key in OMISSION_REASONS else gri.reasons.get(title_key(text), "")


def _shown_text(cell: object) -> str:
    try:
        return cell_text(cell)
    except CellProblem:
        return shown_cell(cell)


def outline_cells(rows: Iterable[OutlineRow], books: Books) -> list[list[str | int]]:
    """One list of cells per row in the order of the columns; codes are spelled so that the edition reads them back."""
    return [[_cell(row, name, books) for name in books.columns] for row in sorted(rows, key=lambda row: row.order)]


def _cell(row: OutlineRow, name: str, books: Books) -> str | int:
    held = row.held.get(name, "")
    if name == "order":
        return row.order
    if name == "disclosures":
        text = ";".join(entry_text(entry, books.gri, books.edition) for entry in row.entries)
    elif name == "location":
        text = "\n".join(row.locations)
    elif name in books.frameworks:
        text = ";".join(row.frameworks.get(name, ()))
    else:
        value = getattr(row, name)
        text = ";".join(value) if isinstance(value, tuple) else value
    return ";".join(filter(None, (text, held))) if held and name not in TEXTS else text or held


def issue_codes_in(text: str, books: Books) -> tuple[list[str], list[str]]:
    """Codes of issues in the order written, and the parts that are none."""
    parts = [part for part in _SEPARATORS.split(text) if part]
    known = [books.issue_by_plain.get(comparable(part)) for part in parts]
    bad = [part for part, code in zip(parts, known, strict=True) if code is None]
    return list(dict.fromkeys(filter(None, known))), bad


def pasted_rows(text: str, books: Books) -> list[list[str]]:
    """Header and rows of what was pasted: a table where there are tabs, else one row with the text as its codes.

    Without a known header a column of codes, a column of pages and columns of texts are told by what they hold.
    """
    lines = [line.split("\t") for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if all(len(line) == 1 for line in lines):
        return [["order", "chapter", "disclosures"], ["1", "–", text]]
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    if not outline_columns(lines[0], 1, books.columns).problems:
        return lines
    names = _guessed(list(zip(*lines, strict=True)), books)
    if _is_head(lines[0], names, books):
        head, *lines = lines
        guessed = _guessed(list(zip(*lines, strict=True)), books) if lines else names
        words = list(map(comparable, head))
        heads = _HEADS | (_BESIDE_REASONS if _REASONS.intersection(words) else {})
        names = [heads.get(word, name) for word, name in zip(words, guessed, strict=True)]
        names = [name if name not in names[:place] else "" for place, name in enumerate(names)]
    kept = [place for place, name in enumerate(names) if name]
    has_chapter = "chapter" in names
    header = ["order", *([] if has_chapter else ["chapter"]), *(names[place] for place in kept)]
    return [header] + [
        [str(number), *([] if has_chapter else ["–"]), *(line[place] for place in kept)]
        for number, line in enumerate(lines, start=1)
    ]


# What columns of an index are called that nothing in them tells apart from a section.
_HEADS = {
    **dict.fromkeys(("omission", "omissions", "从略", "從略", "从略说明", "從略說明"), TEXTS[-1]),
    **dict.fromkeys(("reason", "reason for omission", "原因", "从略原因", "從略原因"), "omission_reason"),
    **dict.fromkeys(("requirement(s) omitted", "requirements omitted", "省略的要求"), "omission_requirement"),
}
_REASONS = frozenset(word for word, name in _HEADS.items() if name != TEXTS[-1])
# Of an omission beside its reason alone; else a column of this name tells of what is reported.
_BESIDE_REASONS = dict.fromkeys(("explanation", "说明", "說明"), TEXTS[-1])
_AND = r"\s*(?:/|&|,|、|\band\b(?:\s*/\s*or\b)?|\bor\b|和|或|及)\s*"
_OF_CODES = (
    r"(?:gri\s*)?(?:standards?|disclosures?|indicators?|topics?|codes?|标准|標準|准则|準則|披露项|披露項|披露|指标|指標|编码|編碼|[议議]题|議題)"
    r"\s*(?:numbers?|no\.?|titles?|编号|編號|名称|名稱|标题|標題|内容|內容)?"
)
_OF_PLACES = (
    r"(?:(?:in|the|our|report(?:ed)?|web|报告|報告|所在|披露|对应|對應)\s*)*"
    r"(?:pages?|page\(s\)|locations?|references?|sections?|chapters?|urls?|url\(s\)|links?"
    r"|页码|頁碼|页次|頁次|页数|頁數|页|頁|位置|章节|章節|索引|链接|連結)"
    r"\s*(?:numbers?|number\(s\)|no\.?|in (?:the )?report)?"
)
_HEAD_WORDS = {
    "disclosures": re.compile(f"{_OF_CODES}(?:{_AND}{_OF_CODES})*", re.IGNORECASE),
    "location": re.compile(f"{_OF_PLACES}(?:{_AND}{_OF_PLACES})*", re.IGNORECASE),
}


def _guessed(columns: Sequence[Sequence[str]], books: Books) -> list[str]:
    """What each column is: the one with the most codes holds them, standards on their own head a chapter."""
    read = [[reading for cell in cells for reading in read_cell(cell, books.context())] for cells in columns]
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in columns]
    coded = [sum(bool(each.codes or each.sector) for each in found) for found in read]
    standards = [sum(bool(each.standard) for each in found) for found in read]
    best = coded if any(coded) else standards
    codes = best.index(max(best))
    codes = codes if best[codes] and 2 * (coded[codes] + standards[codes]) >= filled[codes] else None
    heads = [n != codes and bool(standards[n]) and 2 * standards[n] >= filled[n] for n in range(len(columns))]
    texts = [n for n, cells in enumerate(columns) if n != codes and not heads[n] and _is_text(cells)]
    others = [n for n in range(len(columns)) if filled[n] and n != codes and not heads[n] and n not in texts]
    # Pages may look like codes, `2-3`: those of the column with the fewest of them.
    places = [n for n in others if 2 * coded[n] < filled[n] or _are_places(columns[n])]
    pages = min(places, key=lambda n: coded[n] / filled[n], default=None)
    free = iter(["chapter", "section"] if len(texts) > 1 and not any(heads) else ["section"])
    names: list[str] = []
    for n in range(len(columns)):
        if n == codes:
            names.append("disclosures")
        elif heads[n] and "chapter" not in names:
            names.append("chapter")
        elif n == pages:
            names.append("location")
        else:
            names.append(next(free, "") if n in texts else "")
    return names


def _is_head(line: Sequence[str], names: Sequence[str], books: Books) -> bool:
    """Whether a line names the columns: no code where codes stand, no page where pages stand, words in both, and one of
    them such as heads have.
    """
    cells = {name: line[place].strip() for place, name in enumerate(names) if name in _HEAD_WORDS}
    if len(cells) < 2 or not any(_HEAD_WORDS[name].fullmatch(flat(cell)) for name, cell in cells.items()):
        return False
    held = any(r.codes or r.standard or r.sector for r in read_cell(cells["disclosures"], books.context()))
    return not held and not re.search(r"\d", "".join(cells.values())) and not any(map(says_nothing, cells.values()))


def _is_text(cells: Sequence[str]) -> bool:
    """Whether most of a column's cells are words, neither pages nor codes."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    words = sum(not _PLACE.fullmatch(cell) and not re.search(r"\d{1,3}[-.]\d", cell) for cell in filled)
    return bool(filled) and words * 2 > len(filled)


def _are_places(cells: Sequence[str]) -> bool:
    """Whether every cell of a column is pages, or could be."""
    return all(_PLACE.fullmatch(cell.strip()) for cell in cells if cell.strip())


def read_entries(text: str, books: Books, texts: Mapping[str, str]) -> Iterator[Reading]:
    """The readings of one cell of codes, in a row with these texts."""
    yield from read_cell(tidy(text, lines=True), row_context(books, texts))


MESSAGES = {
    # The file as a whole; what is not named here has the sentence of the intake of responses.
    "empty_file": N_("The file is empty. Choose a file with a header row and one row per section."),
    "no_rows": N_("The file has a header row but no section below it."),
    "too_many_rows": N_("The file has more than %(limit)s rows, which is more than an outline can have."),
    "report_unreadable": N_("The report cannot be read. Upload it as PDF, or as DOCX with a table of contents."),
    "unknown_column": N_("The column “%(value)s” is not known. Rename it or delete it."),
    "unnamed_column": N_("This column has no name. Name it or delete it."),
    "duplicate_column": N_("The column “%(value)s” appears twice, also in column %(first)s. Delete one of them."),
    "missing_column": N_("The column “%(value)s” is missing. Add it."),
    # One cell; those of codes are `notes.NOTES`.
    "order_not_whole": N_("The order is a whole number from 1 to %(limit)s. The row would get %(order)s."),
    "order_twice": N_("Another row has this order. This one would get %(order)s."),
    "chapter_above": N_("The row names no chapter; it is taken to belong to “%(chapter)s” above."),
    "chapter_missing": N_("The row names no chapter. Enter it, in Chinese or in English."),
    "unknown_issue": N_("There is no such issue in the library edition of this cycle."),
    "unknown_framework_code": N_("There is no such code in this framework."),
    "unknown_reason": N_("This is none of the four reasons for omission that GRI permits."),
    "long_cell": N_("The text is longer than %(limit)s characters."),
    "date_cell": N_("The spreadsheet has turned this cell into a date. Format the column as text and type it again."),
    "cell_fault": N_("The cell shows an error. Put in the value."),
    "extra_cell": N_("This cell stands to the right of the last named column. Delete it or name the column."),
}
