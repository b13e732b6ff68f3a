"""The `outline` format: columns and cells read, checked and written."""

import datetime as dt
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from materiality.tables.limited import within_limits
from materiality.tables.problems import N_, FileProblem, Nearest, column_letters, plain
from materiality.tables.read import CSV, MEGABYTE, Limits, Table, open_table
from materiality.tables.write import restore
from reports.gri.codes import Catalogue, CodeProblem, CrosswalkRow, parse_disclosures
from reports.gri.index import OutlineRow
from surveys.intake.columns import CellProblem, cell_text, shown

HIGHEST_ORDER = 999_999
_SEPARATORS = re.compile(r"[;；,，、\s]+")
_SPACES = re.compile(r"\s+")


class BadCell(Exception):
    """A cell or a part of it cannot be taken; `code` is a key of `problems.MESSAGES`."""

    def __init__(self, code: str, suggestions: Iterable[str] = (), **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.suggestions = tuple(suggestion for suggestion in suggestions if suggestion)


@dataclass(frozen=True)
class Books:
    """What codes are looked up in: the GRI edition in use, the other one, the crosswalk, the issues' codes."""

    catalogue: Catalogue
    other: Catalogue
    crosswalk: tuple[CrosswalkRow, ...] = ()
    issues: tuple[str, ...] = ()
    nearest_issue: Nearest = field(init=False)
    issue_by_plain: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nearest_issue", Nearest(self.issues))
        object.__setattr__(self, "issue_by_plain", {plain(code): code for code in self.issues})


def read_text(cell: object, limit: int, *, lines: bool = False, neutralised: bool = False) -> str:
    """Trimmed text without control characters, on one line unless `lines`. BadCell where it cannot be taken.

    `neutralised`: the file is CSV, where a text like a formula came with an apostrophe (`intake.formula`).
    """
    if isinstance(cell, dt.date | dt.time):
        raise BadCell("date_cell", value=cell_text(cell).removesuffix(" 00:00:00"))
    text = tidy(cell_text(cell), lines=lines)
    text = restore(text) if neutralised else text
    if len(text) > limit:
        raise BadCell("text_too_long", length=len(text), limit=limit)
    return text


def tidy(text: str, *, lines: bool = False) -> str:
    """Text as it is stored: no control characters, no spaces around, runs of white space as one space."""
    if not lines:
        text = _SPACES.sub(" ", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


def read_order(cell: object) -> int:
    """The order as a whole number. BadCell otherwise."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= HIGHEST_ORDER:
        raise BadCell("order_not_whole", limit=HIGHEST_ORDER)
    return int(text)


def read_issues(text: str, books: Books) -> tuple[list[str], list[tuple[str, BadCell]]]:
    """Issue codes in the order written, each once, and the parts that are none."""
    codes: dict[str, None] = {}
    bad = []
    for part in filter(None, _SEPARATORS.split(text)):
        code = books.issue_by_plain.get(plain(part))
        if code is None:
            bad.append((part, BadCell("unknown_issue", [books.nearest_issue(part)], value=part[:100])))
        else:
            codes[code] = None
    return list(codes), bad


def read_disclosures(cell: object, text: str, books: Books) -> tuple[list[str], list[CodeProblem]]:
    """Codes of the edition in use, and the parts that are none. BadCell for a number with decimals."""
    if isinstance(cell, float) and not cell.is_integer():
        raise BadCell("number_cell", value=text)
    parsed = parse_disclosures(text, books.catalogue, books.other, books.crosswalk)
    return parsed.codes, parsed.problems


@dataclass(frozen=True)
class OutlineProblem:
    """One thing wrong: `row` as the spreadsheet shows it (None: the whole file), `index` the column from 0.

    `code` is a key of MESSAGES; for a disclosure, `disclosure` is the problem and `code` is that of `reports.gri`.
    """

    row: int | None
    index: int | None
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    disclosure: CodeProblem | None = None

    @property
    def cell(self) -> str:
        """The cell's name in a spreadsheet, such as `C17`; the row alone where there is no column."""
        if self.row is None:
            return ""
        return f"{column_letters(self.index)}{self.row}" if self.index is not None else str(self.row)


MESSAGES = {
    # The file as a whole; what is not named here has the sentence of the intake of responses.
    "empty_file": N_("The file is empty. Choose a file with a header row and one row per section."),
    "no_rows": N_("The file has a header row but no section below it."),
    "too_many_rows": N_("The file has more than %(limit)s rows, which is more than an outline can have."),
    "too_many_problems": N_("More than %(limit)s things are wrong; what follows row %(row)s was not checked."),
    # The header row.
    "unknown_column": N_("The column “%(value)s” is not known. Rename it or delete it."),
    "unnamed_column": N_("This column has no name. Name it or delete it."),
    "duplicate_column": N_("The column “%(value)s” stands twice, also in column %(first)s. Delete one of them."),
    "missing_column": N_("The column “%(value)s” is missing. Add it."),
    # One cell.
    "order_not_whole": N_("The order is a whole number from 1 to %(limit)s."),
    "order_twice": N_("The order %(value)s stands already in row %(first)s. Give every row a number of its own."),
    "chapter_missing": N_("The row names no chapter. Enter it, in Chinese or in English."),
    "unknown_issue": N_("There is no issue “%(value)s” in the library edition of this cycle."),
    "unknown_reason": N_("“%(value)s” is no reason for omission. Use one of: %(reasons)s."),
    "text_too_long": N_("The text has %(length)s characters; %(limit)s are allowed. Shorten it."),
    "date_cell": N_(
        "The spreadsheet has turned this cell into a date (%(value)s). Format the column as text and type it again."
    ),
    "number_cell": N_(
        "The spreadsheet holds this cell as the number %(value)s, so 2.1 and 2.10 look alike. Format the column as "
        "text and type it again."
    ),
    "extra_cell": N_("This cell stands to the right of the last named column. Delete it or name the column."),
}


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
LENGTHS = dict.fromkeys(COLUMNS, 300) | {"issues": 4_000, "disclosures": 8_000, "omission_explanation": 10_000}
OMISSION_REASONS = (
    "not_applicable",
    "legal_prohibitions",
    "confidentiality_constraints",
    "information_unavailable",
)


@dataclass(frozen=True)
class Columns:
    """Place of each known column in a row, from 0; with any problem the rows must not be read."""

    places: dict[str, int]
    problems: list[OutlineProblem]


def match_columns(header: Sequence[object], row: int) -> Columns:
    """Match a header row; names are compared without case, full width and surrounding spaces.

    `problems` lists every column that is unknown, doubled, unnamed or missing, with the nearest right name.
    """
    names = [shown(cell).strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    known = {plain(name): name for name in COLUMNS} | ALIASES
    nearest = Nearest(COLUMNS)
    places: dict[str, int] = {}
    problems = []
    for index, name in enumerate(names):
        column = known.get(plain(name).replace(" ", "_"))
        if column is None:
            code = "unknown_column" if name else "unnamed_column"
            problems.append(OutlineProblem(row, index, name, name, code, {"value": name}, _offer(nearest(name))))
        elif column in places:
            params = {"value": column, "first": column_letters(places[column])}
            problems.append(OutlineProblem(row, index, column, name, "duplicate_column", params))
        else:
            places[column] = index
    return Columns(places, problems + _missing(names, places, row))


def _missing(names: list[str], places: dict[str, int], row: int) -> list[OutlineProblem]:
    """Required columns that there are not, with the unknown column that looks most like them."""
    strangers = Nearest(name for index, name in enumerate(names) if name and index not in places.values())
    return [
        OutlineProblem(row, None, name, "", "missing_column", {"value": name}, _offer(strangers(name)))
        for name in REQUIRED
        if name not in places
    ]


def _offer(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


LIMITS = Limits(
    max_bytes=10 * MEGABYTE, max_rows=2_000, max_columns=200, max_cells=400_000, max_unpacked=100 * MEGABYTE
)
MOST_PROBLEMS = 1_000
TEXTS = (
    *("chapter", "section", "chapter_en", "section_en", "location"),
    *("omission_requirement", "omission_explanation"),
)

SEVERAL_LINES = ("omission_explanation", "issues", "disclosures")


@dataclass(frozen=True)
class ParsedOutline:
    """Rows in the order of the file; with any problem they are not to be used."""

    rows: list[OutlineRow]
    problems: list[OutlineProblem]


def parse_outline(source: str | os.PathLike | bytes, books: Books) -> ParsedOutline:
    """Read a CSV or XLSX file in the format `outline` (formats.md): a path or the file's bytes."""
    try:
        return within_limits(lambda: _parse(source, books))
    except FileProblem as problem:
        return ParsedOutline([], [OutlineProblem(None, None, "", "", problem.code, problem.params)])


def _parse(source: str | os.PathLike | bytes, books: Books) -> ParsedOutline:
    with open_table(source, limits=LIMITS) as table:
        return _read(table, books)


def _read(table: Table, books: Books) -> ParsedOutline:
    columns = match_columns(table.header, table.header_row)
    if columns.problems:
        return ParsedOutline([], columns.problems)
    reader = _Reader(columns.places, books, neutralised=table.kind == CSV)
    rows = []
    for number, cells in table.rows:
        rows.append(reader.row(number, cells))
        if len(reader.problems) > MOST_PROBLEMS:
            del reader.problems[MOST_PROBLEMS:]
            params = {"limit": MOST_PROBLEMS, "row": number}
            reader.problems.append(OutlineProblem(number, None, "", "", "too_many_problems", params))
            break
    if not rows:
        raise FileProblem("no_rows")
    return ParsedOutline(rows, reader.problems)


class _Reader:
    """Reads rows one by one and gathers their problems."""

    def __init__(self, places: dict[str, int], books: Books, *, neutralised: bool) -> None:
        self.places, self.books, self.neutralised = places, books, neutralised
        self.problems: list[OutlineProblem] = []
        self.first_row_of: dict[int, int] = {}
        self.nearest_reason = Nearest(OMISSION_REASONS)

    def row(self, number: int, cells: list[object]) -> OutlineRow:
        """The row, as far as it can be read."""
        texts = {name: self._text(number, cells, name) for name in TEXTS}
        if not any(shown(self._cell(cells, name)).strip() for name in ("chapter", "chapter_en")):
            self._add(number, "chapter", "", BadCell("chapter_missing"))
        self._extra(number, cells)
        return OutlineRow(
            order=self._order(number, cells),
            issues=self._issues(number, cells),
            disclosures=self._disclosures(number, cells),
            omission_reason=self._reason(number, cells),
            **texts,
        )

    def _cell(self, cells: list[object], name: str) -> object:
        place = self.places.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    def _text(self, number: int, cells: list[object], name: str) -> str:
        cell = self._cell(cells, name)
        try:
            return read_text(cell, LENGTHS[name], lines=name in SEVERAL_LINES, neutralised=self.neutralised)
        except (BadCell, CellProblem) as problem:
            self._add(number, name, shown(cell), problem)
            return ""

    def _order(self, number: int, cells: list[object]) -> int:
        cell = self._cell(cells, "order")
        try:
            order = read_order(cell)
            if order in self.first_row_of:
                raise BadCell("order_twice", value=order, first=self.first_row_of[order])
        except (BadCell, CellProblem) as problem:
            self._add(number, "order", shown(cell), problem)
            return 0
        self.first_row_of[order] = number
        return order

    def _issues(self, number: int, cells: list[object]) -> tuple[str, ...]:
        codes, bad = read_issues(self._text(number, cells, "issues"), self.books)
        for part, problem in bad:
            self._add(number, "issues", part, problem)
        return tuple(codes)

    def _disclosures(self, number: int, cells: list[object]) -> tuple[str, ...]:
        text, cell = self._text(number, cells, "disclosures"), self._cell(cells, "disclosures")
        try:
            codes, problems = read_disclosures(cell, text, self.books)
        except BadCell as problem:
            self._add(number, "disclosures", shown(cell), problem)
            return ()
        place = self.places.get("disclosures")
        self.problems += [
            OutlineProblem(number, place, "disclosures", p.value, p.code, p.params, p.suggestions, p) for p in problems
        ]
        return tuple(codes)

    def _reason(self, number: int, cells: list[object]) -> str:
        text = self._text(number, cells, "omission_reason")
        reason = plain(text).replace(" ", "_")
        if reason and reason not in OMISSION_REASONS:
            reasons = ", ".join(OMISSION_REASONS)
            problem = BadCell("unknown_reason", [self.nearest_reason(text)], value=text[:100], reasons=reasons)
            self._add(number, "omission_reason", text, problem)
            return ""
        return reason

    def _extra(self, number: int, cells: list[object]) -> None:
        last = max(self.places.values())
        for index, cell in enumerate(cells[last + 1 :], start=last + 1):
            if shown(cell).strip():
                self.problems.append(OutlineProblem(number, index, "", shown(cell), "extra_cell"))

    def _add(self, number: int, name: str, value: str, problem: BadCell | CellProblem) -> None:
        suggestions = getattr(problem, "suggestions", ())
        place = self.places.get(name)
        params = dict(problem.params)
        self.problems.append(OutlineProblem(number, place, name, value[:100], problem.code, params, suggestions))


def outline_cells(rows: Iterable[OutlineRow], catalogue: Catalogue) -> list[list[str | int]]:
    """One list of cells per row in the order of `COLUMNS`; codes are spelled so that the edition reads them back."""
    return [[_cell(row, name, catalogue) for name in COLUMNS] for row in sorted(rows, key=lambda row: row.order)]


def _cell(row: OutlineRow, name: str, catalogue: Catalogue) -> str | int:
    if name == "disclosures":
        return ";".join(catalogue.spell(code) for code in row.disclosures)
    value = getattr(row, name)
    return ";".join(value) if isinstance(value, tuple) else value
