"""From a file of responses to columns of values, with every bad cell (formats.md, `responses`)."""

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import getitem, itemgetter

import numpy as np

from materiality.scoring.cube import NOT_ASKED, SKIPPED
from materiality.tables.problems import CellError, CellProblem, Fault, FileProblem, shown_cell
from materiality.tables.read import CSV, XLSX, Limits, Table, open_table
from materiality.tables.write import restore
from surveys.intake.columns import FIELDS, UNFINISHED, Planner, ReadingPlan
from surveys.questionnaire.ratings import RatingError, RatingTable, rating_code
from surveys.questionnaire.responses import ResponseColumns

Report = Callable[[int, object, str, dict], None]


class Extras:
    """Collects them row by row; `values` are the lists of the fields, to which derived times are added."""

    def __init__(self, plan: ReadingPlan, values: dict[str, list]) -> None:
        self.profile: list[dict] = []
        self.attention: list[int | None] = []
        self._plan, self._values = plan, values
        self._derived = self._derivable(plan)
        if self._derived:
            values[self._derived] = []
        self.any = bool(plan.profile or plan.attention or self._derived)

    @staticmethod
    def _derivable(plan: ReadingPlan) -> str:
        """The time that the duration gives: of start and submission the one that has no column."""
        missing = {"started_at", "submitted_at"} - set(plan.columns.fields)
        return missing.pop() if plan.duration and len(missing) == 1 else ""

    def take(self, cells: Sequence[object], report: Report) -> None:
        """Read one row; the fields of the row are in `values` already."""
        if self._derived:
            self._derive(cells, report)
        if self._plan.attention:
            self._attend(cells, *self._plan.attention, report)
        if self._plan.profile:
            self._describe(cells, report)

    def _derive(self, cells: Sequence[object], report: Report) -> None:
        column, read = self._plan.duration
        given = "submitted_at" if self._derived == "started_at" else "started_at"
        moment, derived = self._values[given][-1], None
        try:
            seconds = read(cells[column])
            if moment and seconds is not None:
                derived = moment + dt.timedelta(seconds=-seconds if given == "submitted_at" else seconds)
        except (CellProblem, OverflowError) as problem:
            code, params = getattr(problem, "code", "unknown_duration"), getattr(problem, "params", {})
            report(column, cells[column], code, params)
        self._values[self._derived].append(derived)

    def _attend(self, cells: Sequence[object], column: int, table: Mapping[object, int], report: Report) -> None:
        try:
            code = table[cells[column]]
        except (KeyError, TypeError):
            code = SKIPPED
            report(column, cells[column], "unknown_value", {})
        self.attention.append(None if code == NOT_ASKED else code)

    def _describe(self, cells: Sequence[object], report: Report) -> None:
        answers: dict = {}
        for column, question, read in self._plan.profile:
            try:
                answer = read(cells[column])
            except CellProblem as problem:
                report(column, cells[column], problem.code, problem.params)
                continue
            if isinstance(answer, list):
                answers[question] = answers.get(question, []) + answer
            elif answer:
                answers[question] = answer
        self.profile.append(answers)


@dataclass(kw_only=True)
class ParsedResponses(ResponseColumns):
    """R rows in file order, bad ones included; what a bad cell would have said is left at its default.

    `group` is int16[R], the place in `group_codes`, -1 where bad. With errors in the header no row is read and R is 0.
    """

    kind: str  # "csv" or "xlsx"
    sha256: str
    encoding: str  # '' for a workbook
    sheet: str  # '' for CSV
    header: list[str]
    header_row: int
    group_codes: tuple[str, ...]
    row_numbers: np.ndarray  # int32[R], as the spreadsheet shows them
    bad: np.ndarray  # bool[R]
    errors: list[CellError] = field(default_factory=list)  # by row and column, at most Limits.max_errors
    error_count: int = 0  # all of them
    bad_rows: dict[int, list[object]] = field(default_factory=dict)  # row number -> cells, at most Limits.max_bad_rows
    notes: list[dict] = field(default_factory=list)  # what a foreign file holds and a person should know
    seen: object = None  # what a foreign file's layout showed (`surveys.matching.layout.Seen`)
    guess: object = None  # the guess by which a foreign file was read (`surveys.matching.guess.Guess`)
    skipped: list[int] = field(default_factory=list)  # numbers of rows that are tests or previews
    places: np.ndarray | None = None  # int32[n items]: the column of each item, -1 for none

    @property
    def header_ok(self) -> bool:
        """Whether the rows were read at all."""
        return not any(error.row == self.header_row for error in self.errors)


_LONGEST_REMEMBERED = 100


class RatingColumns:
    """Collects the ratings of every row; `places` is the column of each item, -1 where the file has none."""

    def __init__(
        self, places: np.ndarray, k: int, *, typed: bool, tables: Sequence[Mapping[object, int]] | None = None
    ) -> None:
        """`tables`: per item that has a column what its cells mean; without them they are as in formats.md."""
        self.k = k
        self.tables = tables
        self.typed = typed
        self.present = np.flatnonzero(places >= 0)
        self.n_items = len(places)
        self._columns = places[self.present].tolist()
        self._pick = _picker(self._columns)
        self._code_of = RatingTable(k).__getitem__
        self._bytes = bytearray()

    def add(self, cells: Sequence[object], report: Report) -> None:
        """Take a row; `report(column, cell, code, params)` is called for each bad cell, which counts as skipped."""
        picked = self._pick(cells)
        if self.tables is not None:
            self._add_by_tables(picked, report)
            return
        if not (self.typed and bool in map(type, picked)):
            try:
                self._bytes += bytes(map(self._code_of, picked))
                return
            except KeyError:
                pass
        self._bytes += bytes(self._code(*pair, report) for pair in zip(self._columns, picked, strict=True))

    def _add_by_tables(self, picked: Sequence[object], report: Report) -> None:
        """As `add`, where each column has its own words; a bad cell is `unknown_value`."""
        if not (self.typed and bool in map(type, picked)):
            try:
                self._bytes += bytes(map(getitem, self.tables, picked))
                return
            except (KeyError, TypeError):
                pass
        for column, table, cell in zip(self._columns, self.tables, picked, strict=True):
            try:
                code = table[str(cell) if isinstance(cell, bool) else cell]
            except (KeyError, TypeError):
                code = SKIPPED
                report(column, cell, cell.code if isinstance(cell, Fault) else "unknown_value", {"k": self.k})
            self._bytes.append(code)

    def _code(self, column: int, cell: object, report: Report) -> int:
        short = not isinstance(cell, str) or len(cell) <= _LONGEST_REMEMBERED
        code, problem = (_code_or_problem if short else _code_or_problem.__wrapped__)(cell, self.k)
        if problem:
            report(column, cell, cell.code if isinstance(cell, Fault) else problem, {"k": self.k})
        return code

    def matrix(self, n_rows: int) -> np.ndarray:
        """uint8[R, n items]; items without a column are not asked."""
        given = np.frombuffer(self._bytes, dtype=np.uint8).reshape(n_rows, len(self.present))
        if len(self.present) == self.n_items:
            return given
        ratings = np.full((n_rows, self.n_items), NOT_ASKED, dtype=np.uint8)
        ratings[:, self.present] = given
        return ratings


def _picker(columns: list[int]) -> Callable[[Sequence[object]], Sequence[object]]:
    first = min(columns, default=0)
    if columns == list(range(first, first + len(columns))):
        return itemgetter(slice(first, first + len(columns)))
    return itemgetter(*columns)


@lru_cache(maxsize=4096, typed=True)
def _code_or_problem(cell: object, k: int) -> tuple[int, str]:
    """Byte code and '', or skipped and the problem; remembered, because bad cells come in thousands alike."""
    try:
        return rating_code(cell, k), ""
    except RatingError as error:
        return SKIPPED, error.code


_PROGRESS_EVERY = 2_000
# What stands for a field without a column, and for a bad cell.
_DEFAULTS = {"group": -1, "started_at": None, "submitted_at": None, "consent": True}

Progress = Callable[[int, int | None], None]


def parse_responses(
    source: str | os.PathLike | bytes,
    *,
    planner: Planner,
    groups: Sequence[str],
    k: int,
    sheet: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> ParsedResponses:
    """Read a CSV or XLSX file of responses; blank rows are passed over.

    `planner` says how: a file of our own by `plain_plan`, a foreign one as `surveys.matching.apply` has it. `groups`
    are the codes by whose places it reads groups, `k` is the end of the scale 1..k. `progress(rows done, rows in all)`
    is called every 2,000 rows. Raises FileProblem where the file as a whole cannot be read; everything else is in
    `errors`.
    """
    limits = limits or Limits()
    with open_table(source, sheet=sheet, limits=limits) as table:
        reading = _Reading(table, planner(table), k, limits)
        reading.take_rows(progress)
        return reading.result(tuple(groups))


class _Reading:
    """One pass over the rows: a list of values per field, the rating bytes, the errors."""

    def __init__(self, table: Table, plan: ReadingPlan, k: int, limits: Limits) -> None:
        self.table, self.plan, self.columns, self.limits = table, plan, plan.columns, limits
        columns = plan.columns
        self.width = len(columns.names)
        self.header_row = plan.header_row or table.header_row
        self.errors: list[CellError] = []
        self.error_count = 0
        self.skipped: list[int] = []
        self.row_numbers: list[int] = []
        self.bad_numbers: set[int] = set()
        self.bad_rows: dict[int, list[object]] = {}
        self.values: dict[str, list] = {name: [] for name in columns.fields}
        self.submitted_blank: list[bool] = []
        self.ratings = RatingColumns(columns.items, k, typed=table.kind == XLSX, tables=plan.tables)
        self.extras = Extras(plan, self.values)
        self.fields = [
            (column, plan.readers[name], self.values[name].append, _DEFAULTS.get(name, ""))
            for name, column in columns.fields.items()
        ]

    def take_rows(self, progress: Progress | None) -> None:
        """Read all rows; none where the header is wrong, since a value could then stand for something else."""
        if self.columns.problems:
            self._note_header()
            return
        for number, cells in self.table.rows if self.plan.rows is None else self.plan.rows:
            if self.plan.skips and self.plan.skips(cells):
                self.skipped.append(number)
                continue
            self._take(number, cells)
            if len(self.row_numbers) > self.limits.max_rows:
                raise FileProblem("too_many_rows", limit=self.limits.max_rows)
            if progress and len(self.row_numbers) % _PROGRESS_EVERY == 0:
                progress(len(self.row_numbers), max(self.table.rows_total, len(self.row_numbers)))
        if not self.row_numbers:
            raise FileProblem("no_rows")
        if progress:
            progress(len(self.row_numbers), len(self.row_numbers))

    def _note_header(self) -> None:
        self.errors = self.columns.problems[: self.limits.max_errors]
        self.error_count = len(self.columns.problems)

    def _take(self, number: int, given: list[object]) -> None:
        before, cells = self.error_count, given
        self.row_numbers.append(number)

        def report(column: int, cell: object, code: str, params: dict) -> None:
            self._report(number, column, cell, code, params)

        if len(given) != self.width:
            cells = self._fit(given, report)
        for column, read, append, default in self.fields:
            try:
                append(read(cells[column]))
            except CellProblem as problem:
                append(default)
                report(column, cells[column], problem.code, problem.params)
        self.ratings.add(cells, report)
        if self.extras.any:
            self.extras.take(cells, report)
        self._check_times(cells, report)
        if self.error_count > before:
            self._keep_bad(number, given)

    def _fit(self, cells: list[object], report) -> list[object]:
        """The row at the header's width; text to the right of it is an error."""
        for column in range(self.width, len(cells)):
            if isinstance(cells[column], Fault) or shown_cell(cells[column]).strip():
                report(column, cells[column], "extra_cell", {})
        return cells[: self.width] + [""] * (self.width - len(cells))

    def _check_times(self, cells: list[object], report) -> None:
        column = self.columns.fields.get("submitted_at")
        if column is None:
            return
        blank = cells[column] == "" or (isinstance(cells[column], str) and not cells[column].strip())
        self.submitted_blank.append(blank)
        started = self.values["started_at"][-1] if "started_at" in self.values else None
        submitted = self.values["submitted_at"][-1]
        if started and submitted and submitted < started:
            report(column, cells[column], "times_out_of_order", {"started": started.isoformat(" ")})

    def _report(self, number: int, column: int, cell: object, code: str, params: dict) -> None:
        self.error_count += 1
        if len(self.errors) < self.limits.max_errors:
            name = self.columns.names[column] if column < self.width else ""
            self.errors.append(CellError(number, column, name, shown_cell(cell), code, params))

    def _keep_bad(self, number: int, cells: list[object]) -> None:
        self.bad_numbers.add(number)
        if len(self.bad_rows) < self.limits.max_bad_rows:
            is_csv = self.table.kind == CSV
            self.bad_rows[number] = [restore(cell) for cell in cells] if is_csv else cells

    def result(self, codes: tuple[str, ...]) -> ParsedResponses:
        """Everything read, as columns; a field without a column has its default in every row."""
        n_rows = len(self.row_numbers)
        values = {name: read for name in FIELDS if (read := self.values.get(name))}
        group = np.array(values.pop("group", [-1] * n_rows), dtype=np.int16)
        consent = values.pop("consent", None)
        return ParsedResponses(
            kind=self.table.kind,
            sha256=self.table.sha256,
            encoding=self.table.encoding,
            sheet=self.table.sheet,
            header=self.columns.names,
            header_row=self.header_row,
            group_codes=codes,
            row_numbers=np.array(self.row_numbers, dtype=np.int32),
            ratings=self._matrix(n_rows, group),
            group=group,
            consent=None if consent is None else np.array(consent, dtype=bool),
            unfinished=self._unfinished(n_rows),
            bad=np.array([number in self.bad_numbers for number in self.row_numbers], dtype=bool),
            errors=sorted(self.errors, key=lambda error: (error.row, error.index)),
            error_count=self.error_count,
            bad_rows=self.bad_rows,
            profile=self.extras.profile,
            attention=self.extras.attention,
            notes=list(self.plan.notes),
            seen=self.plan.seen,
            guess=self.plan.guess,
            skipped=self.skipped,
            places=self.columns.items,
            **values,
        )

    def _matrix(self, n_rows: int, group: np.ndarray) -> np.ndarray:
        ratings = self.ratings.matrix(n_rows)
        if self.plan.by_group is None or not n_rows:
            return ratings
        return np.where(self.plan.by_group[np.maximum(group, 0)], ratings, np.uint8(NOT_ASKED))

    def _unfinished(self, n_rows: int) -> np.ndarray:
        """bool[R]: what the file says; where it is silent, a time of submission that other rows have is missing."""
        blank = np.array(self.submitted_blank, dtype=bool)
        missing = np.zeros(n_rows, dtype=bool) if blank.all() else blank
        said = self.values.get(UNFINISHED)
        if not said:
            return missing
        return np.array([bool(one if told is None else told) for told, one in zip(said, missing, strict=True)], bool)
