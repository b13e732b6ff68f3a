"""An outline file read into rows, with everything that is wrong with it at once."""

import os
from dataclasses import dataclass

from reports.gri.index import OutlineRow
from reports.outline.cells import BadCell, Books, read_disclosures, read_issues, read_order, read_text
from reports.outline.columns import LENGTHS, OMISSION_REASONS, match_columns
from reports.outline.problems import OutlineProblem
from surveys.intake.cells import CellProblem, shown
from surveys.intake.limits import MEGABYTE, Limits
from surveys.intake.nearest import Nearest, plain
from surveys.intake.problems import FileProblem
from surveys.intake.reader import CSV, Table, open_table

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
        with open_table(source, limits=LIMITS) as table:
            return _read(table, books)
    except FileProblem as problem:
        return ParsedOutline([], [OutlineProblem(None, None, "", "", problem.code, problem.params)])


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
