"""A library file to the contents of an edition, or to everything that is wrong with it."""

import re
from dataclasses import dataclass

from materiality.library_file.columns import check_columns, find_shape
from materiality.library_file.issue_rows import TEXTS, IssueRow, KnownTexts, issue_rows
from materiality.library_file.mapping_codes import FRAMEWORKS, MappingCodes
from materiality.library_file.nearest import nearest
from materiality.library_file.problems import BadLibrary, Problem
from materiality.library_file.records import Catalogues, CategoryRecord, IssueRecord, Key, Library
from materiality.library_file.structure import check_tree
from materiality.library_file.table import read_table

STATUSES = ("active", "retired")
MAX_NAME = 200


@dataclass(frozen=True)
class Reference:
    """What a library file is checked against; `groups` are codes of stakeholder groups in their order."""

    catalogues: Catalogues
    categories: tuple[CategoryRecord, ...]
    groups: tuple[str, ...]
    known: KnownTexts


def read_library(contents: bytes, name: str, reference: Reference) -> Library:
    """The library in a CSV or XLSX file of either shape (formats.md, `issues`). Raises BadLibrary with all problems."""
    table = read_table(contents, name)
    shape = find_shape(table.columns)
    column_problems = check_columns(table.columns, shape)
    if column_problems:
        raise BadLibrary(column_problems)
    rows, problems = issue_rows(table, shape, reference.known)
    problems += [*table.problems, *check_tree(rows, shape.flat)]
    dated = {(problem.row, problem.column) for problem in table.problems}
    reader = _RowReader(reference, dated)
    issues = [reader.read(row) for row in rows]
    problems += reader.problems
    if problems:
        raise BadLibrary(_in_file_order(problems, table.columns))
    used = {issue.category for issue in issues}
    categories = tuple(category for category in reference.categories if category.code in used)
    return Library(categories, tuple(sorted(issues, key=lambda issue: issue.code)))


def _in_file_order(problems: list[Problem], columns: tuple[str, ...]) -> list[Problem]:
    """By row and column, each once: a flat file's primary and secondary share cells, and what no category is called
    differs from everything else as well."""
    unknown = {(p.row, p.column) for p in problems if p.kind == "unknown_category"}
    kept = [p for p in problems if p.kind == "unknown_category" or (p.row, p.column) not in unknown]
    once = {(p.row, p.column, p.kind, p.value): p for p in kept}
    order = {column: place for place, column in enumerate(columns)}
    return sorted(once.values(), key=lambda p: (p.row or 0, order.get(p.column, -1)))


class _RowReader:
    """Turns rows into records and gathers what is wrong with their cells."""

    def __init__(self, reference: Reference, dated: set[tuple[int | None, str]]) -> None:
        self._categories = [category.code for category in reference.categories]
        self._groups = reference.groups
        self._codes = MappingCodes(reference.catalogues)
        self._dated = dated
        self.problems: list[Problem] = []

    def read(self, row: IssueRow) -> IssueRecord:
        texts = {name: self._text(row, name) for name in TEXTS}
        status = row.cells.get("status") or "active"
        self._one_of(row, "status", status, STATUSES, "unknown_status")
        category = row.cells["category"]
        self._one_of(row, "category", category, self._categories, "unknown_category")
        groups = dict.fromkeys(_parts(row.cells.get("groups", "")))
        for group in groups:
            self._one_of(row, "groups", group, self._groups, "unknown_group")
        return IssueRecord(
            code=row.cells["code"],
            category=category,
            parent_code=row.cells["parent_code"],
            groups=tuple(group for group in self._groups if group in groups),
            status=status,
            mappings=self._mappings(row),
            **texts,
        )

    def _text(self, row: IssueRow, name: str) -> str:
        text = row.cells.get(name, "")
        if not text and name.startswith("name_"):
            self.problems.append(row.problem("empty", name))
        if len(text) > MAX_NAME and name.startswith("name_"):
            params = {"length": str(len(text)), "limit": str(MAX_NAME)}
            self.problems.append(row.problem("too_long", name, value=text[:40] + "…", params=params))
        return text

    def _one_of(self, row: IssueRow, name: str, value: str, valid: list[str] | tuple[str, ...], kind: str) -> None:
        if not value:
            self.problems.append(row.problem("empty", name))
        elif value not in valid:
            self.problems.append(row.problem(kind, name, value=value, nearest=nearest(value, valid, at_least=0.3)))

    def _mappings(self, row: IssueRow) -> tuple[Key, ...]:
        found: set[Key] = set()
        for name in FRAMEWORKS:
            if (row.number, row.column(name)) in self._dated:
                continue
            for part in _parts(row.cells.get(name, "")):
                resolved = self._codes.resolve(name, part)
                if isinstance(resolved, Problem):
                    rest = {"value": part, "nearest": resolved.nearest, "params": resolved.params}
                    self.problems.append(row.problem(resolved.kind, name, **rest))
                else:
                    found.add(resolved)
        return tuple(sorted(found))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", cell) if part.strip()]
