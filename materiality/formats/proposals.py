"""Reading a file of proposals: every row and cell checked, or everything that is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from materiality.models import Issue, Proposal
from materiality.queries.proposals import TEXTS, ProposalValues, what_is_wrong
from materiality.tables.problems import nearest
from materiality.tables.records import Row, Table
from materiality.tables.words import problem_text

COLUMNS = ("kind", "issue", *TEXTS)
NEEDED = ("kind", "reason")


@dataclass(frozen=True)
class WrongCell:
    """What is wrong with a cell, in a sentence; `row` as a spreadsheet counts, None for the whole file."""

    row: int | None
    column: str
    value: str
    words: str


@dataclass(frozen=True)
class ProposalFile:
    """The proposals of a file, or, where anything is wrong, all of that and no proposals."""

    proposals: list[ProposalValues]
    wrong: list[WrongCell]


def read_proposals(table: Table, issues: dict[str, Issue]) -> ProposalFile:
    """Take a table with the columns `kind`, `issue`, names, texts, `reason`, `source`; `issues` by code."""
    if not table.columns:
        return ProposalFile([], [WrongCell(None, "", "", problem_text(problem)) for problem in table.problems])
    wrong = wrong_columns(table.columns, COLUMNS, NEEDED)
    wrong += [WrongCell(p.row, p.column, p.value, problem_text(p)) for p in table.problems]
    if wrong:
        return ProposalFile([], wrong)
    read = [_read(row, issues) for row in table.rows]
    wrong = [cell for _values, cells in read for cell in cells]
    return ProposalFile([] if wrong else [values for values, _cells in read], wrong)


def wrong_columns(given: Sequence[str], known: Sequence[str], needed: Sequence[str]) -> list[WrongCell]:
    """Columns that are unknown, stand twice or are missing."""
    wrong = []
    for place, column in enumerate(given):
        if column not in known:
            offered = ", ".join(nearest(column, known) or known)
            words = _("There is no column “%(column)s” here. Possible: %(columns)s")
            wrong.append(WrongCell(1, column, column, words % {"column": column, "columns": offered}))
        elif column in given[:place]:
            wrong.append(WrongCell(1, column, column, _("This column stands twice.")))
    lacking = [column for column in needed if column not in given]
    return wrong + [WrongCell(1, column, "", _("This column is missing.")) for column in lacking]


def _read(row: Row, issues: dict[str, Issue]) -> tuple[ProposalValues, list[WrongCell]]:
    cells = {name: row.cells.get(name, "") for name in COLUMNS}
    code, kind = cells["issue"], cells["kind"].lower()
    wrong = {}
    if code and code not in issues:
        wrong["issue"] = _("The edition in force has no active issue with this code.") + _nearest(code, issues)
    if kind not in Proposal.Kind.values:
        wrong["kind"] = _("Write new, change or retire.")
    wrong |= {name: _too_long(cells[name], limit) for name, limit in _limits() if len(cells[name]) > limit}
    values = ProposalValues(kind, issues.get(code), **{name: cells[name] for name in TEXTS})
    wrong = what_is_wrong(values) | wrong
    return values, [WrongCell(row.number, name, cells[name][:80], words) for name, words in wrong.items()]


def _limits() -> list[tuple[str, int]]:
    fields = {name: Proposal._meta.get_field(name).max_length for name in TEXTS}
    return [(name, length) for name, length in fields.items() if length]


def _too_long(text: str, limit: int) -> str:
    return _("The text has %(length)s characters; at most %(limit)s are possible.") % {
        "length": len(text),
        "limit": limit,
    }


def _nearest(code: str, issues: dict[str, Issue]) -> str:
    offered = nearest(code, issues)
    return " " + _("Nearest: %(code)s") % {"code": offered[0]} if offered else ""
