"""From a file of responses to columns of values, with every bad cell (formats.md, `responses`)."""

import os
from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from surveys.intake.cells import CellProblem, shown
from surveys.intake.columns import FIELDS, UNFINISHED
from surveys.intake.extras import Extras
from surveys.intake.formula import restore
from surveys.intake.limits import Limits
from surveys.intake.parsed import ParsedResponses
from surveys.intake.plan import Plan, Planner, plain_plan
from surveys.intake.problems import CellError, Fault, FileProblem
from surveys.intake.rating_columns import RatingColumns
from surveys.intake.reader import CSV, XLSX, Table, open_table

LANGUAGES = ("zh-hans", "en")
_PROGRESS_EVERY = 2_000
# What stands for a field without a column, and for a bad cell.
_DEFAULTS = {"group": -1, "started_at": None, "submitted_at": None, "consent": True}

Progress = Callable[[int, int | None], None]


def parse_responses(
    source: str | os.PathLike | bytes,
    *,
    items: Sequence[tuple[str, str]],
    groups: Iterable[str],
    k: int,
    zone: ZoneInfo,
    languages: Sequence[str] = LANGUAGES,
    sheet: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    planner: Planner | None = None,
) -> ParsedResponses:
    """Read a CSV or XLSX file of responses; blank rows are passed over.

    `items` are the survey's (issue code, dimension) in frozen order, `groups` its group codes, `k` the end of the
    scale 1..k, `zone` that of times which name none. `progress(rows done, rows in all)` is called every 2,000 rows.
    `planner` says how a foreign file is read (`surveys.matching.apply`). Raises FileProblem where the file as a whole
    cannot be read; everything else is in `errors`.
    """
    limits = limits or Limits()
    with open_table(source, sheet=sheet, limits=limits) as table:
        codes = tuple(sorted(groups)) if isinstance(groups, (set, frozenset)) else tuple(groups)
        plan = planner(table) if planner else plain_plan(table, items, codes, zone, languages)
        reading = _Reading(table, plan, k, limits)
        reading.take_rows(progress)
        return reading.result(codes)


class _Reading:
    """One pass over the rows: a list of values per field, the rating bytes, the errors."""

    def __init__(self, table: Table, plan: Plan, k: int, limits: Limits) -> None:
        self.table, self.plan, self.columns, self.limits = table, plan, plan.columns, limits
        columns = plan.columns
        self.width = len(columns.names)
        self.errors: list[CellError] = []
        self.error_count = 0
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
        for number, cells in self.table.rows:
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
            if isinstance(cells[column], Fault) or shown(cells[column]).strip():
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
            self.errors.append(CellError(number, column, name, shown(cell), code, params))

    def _keep_bad(self, number: int, cells: list[object]) -> None:
        self.bad_numbers.add(number)
        if len(self.bad_rows) < self.limits.max_bad_rows:
            is_csv = self.table.kind == CSV
            self.bad_rows[number] = [restore(cell) for cell in cells] if is_csv else cells

    def result(self, codes: tuple[str, ...]) -> ParsedResponses:
        """Everything read, as columns; a field without a column has its default in every row."""
        n_rows = len(self.row_numbers)
        values = {name: self.values.get(name) or [_DEFAULTS.get(name, "")] * n_rows for name in FIELDS}
        return ParsedResponses(
            kind=self.table.kind,
            sha256=self.table.sha256,
            encoding=self.table.encoding,
            sheet=self.table.sheet,
            header=self.columns.names,
            header_row=self.table.header_row,
            group_codes=codes,
            row_numbers=np.array(self.row_numbers, dtype=np.int32),
            ratings=self.ratings.matrix(n_rows),
            group=np.array(values.pop("group"), dtype=np.int16),
            consent=np.array(values.pop("consent"), dtype=bool),
            unfinished=self._unfinished(n_rows),
            bad=np.array([number in self.bad_numbers for number in self.row_numbers], dtype=bool),
            errors=sorted(self.errors, key=lambda error: (error.row, error.index)),
            error_count=self.error_count,
            bad_rows=self.bad_rows,
            profile=self.extras.profile,
            attention=self.extras.attention,
            notes=list(self.plan.notes),
            **values,
        )

    def _unfinished(self, n_rows: int) -> np.ndarray:
        """bool[R]: what the file says; where it is silent, a time of submission that other rows have is missing."""
        blank = np.array(self.submitted_blank, dtype=bool)
        missing = np.zeros(n_rows, dtype=bool) if blank.all() else blank
        said = self.values.get(UNFINISHED)
        if not said:
            return missing
        return np.array([bool(one if told is None else told) for told, one in zip(said, missing, strict=True)], bool)
