"""From an uploaded file to the rows of a format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from materiality.library_file.problems import Problem
from materiality.library_file.table import Table, read_tables
from materiality.resources.base import StrictResource
from materiality.resources.columns import SheetColumn
from materiality.resources.headers import HeaderMatch, check_match, match_headers
from materiality.resources.plan import Plan, SheetRow
from materiality.resources.sheet_file import CODES

MAX_ROWS = 20_000


@dataclass(frozen=True)
class SheetFile:
    """The sheets of a file that are read as one list of rows; `left_out` are titles of the others."""

    tables: tuple[Table, ...]
    left_out: tuple[str, ...]

    @property
    def headings(self) -> list[str]:
        """Of all sheets that are read, each once."""
        return list(dict.fromkeys(name for table in self.tables for name in table.columns if name))

    def example(self, heading: str) -> str:
        """The first text under a heading."""
        cells = (row.cells.get(heading, "") for table in self.tables for row in table.rows)
        return next(filter(None, cells), "")


def read_sheet_file(contents: bytes, name: str, resource: type[StrictResource] | StrictResource) -> SheetFile:
    """All sheets with the columns that the kind needs, else the one of its name, else the first. Raises BadLibrary."""
    tables = [table for table in read_tables(contents, name, MAX_ROWS) if table.title != CODES]
    wanted = [table for table in tables if _has_needed(table, resource.columns)]
    chosen = wanted or [table for table in tables if table.title == resource.sheet] or tables[:1]
    return SheetFile(tuple(chosen), tuple(table.title for table in tables if table not in chosen))


def match_of(file: SheetFile, resource: type[StrictResource] | StrictResource) -> HeaderMatch:
    """Which column each heading of the file is taken for."""
    return match_headers(file.headings, resource.columns)


def plan_file(resource: StrictResource, file: SheetFile, match: Mapping[str, str], store: bool = False) -> Plan:
    """What importing the file does, with heading → column of `match`; `store` does it."""
    problems = [
        replace(problem, sheet=_label(file, table))
        for table in file.tables
        for problem in check_match(match, table.columns, resource.columns)
    ]
    rows, found = _rows(file, match)
    if not rows:
        problems.append(Problem("no_data_rows"))
    if problems:
        return Plan(problems=problems, left_out=list(file.left_out))
    plan = resource.store(rows, found) if store else resource.plan(rows, found)
    plan.left_out = list(file.left_out)
    plan.untouched = [column.name for column in resource.columns if column.name not in match.values()]
    return plan


def _rows(file: SheetFile, match: Mapping[str, str]) -> tuple[list[SheetRow], list[Problem]]:
    rows, problems = [], []
    for table in file.tables:
        label = _label(file, table)
        names = [(heading, match[heading]) for heading in table.columns if match.get(heading)]
        for row in table.rows:
            rows.append(SheetRow(row.number, {name: row.cells.get(heading, "") for heading, name in names}, label))
        for problem in table.problems:
            column = match.get(problem.column, "") if problem.column else ""
            if column or not problem.column:
                problems.append(replace(problem, column=column, sheet=label))
    return rows, problems


def _label(file: SheetFile, table: Table) -> str:
    """A sheet is named only where several are read."""
    return table.title if len(file.tables) > 1 else ""


def _has_needed(table: Table, columns: Sequence[SheetColumn]) -> bool:
    matched = set(match_headers(table.columns, columns).columns.values())
    guesses = match_headers(table.columns, columns)
    certain = matched - {guesses.columns[heading] for heading in guesses.guesses}
    return all(column.name in certain for column in columns if column.required)
