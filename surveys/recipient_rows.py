"""Reading a list of recipients (formats.md, `recipients`): the good rows, and every bad cell with the reason."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.intake.limits import Limits
from surveys.intake.problems import Fault, FileProblem, column_letters
from surveys.intake.reader import open_table
from surveys.recipient_cells import LANGUAGES, address_problem, language_problem, name_problem

COLUMNS = ("email", "name", "group", "language")
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A recipient as a list names them; `email` in lower case, `group` a code, `language` one of ours."""

    email: str
    name: str
    group: str
    language: str


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell, such as `B7`, what it holds, and what is wrong with it."""

    cell: str
    row: int
    value: str
    reason: str


@dataclass(frozen=True)
class ReadRecipients:
    """What a list holds; it can be stored where `bad` is empty."""

    rows: list[RecipientRow]
    bad: list[BadCell]
    total: int


def read_recipients(source: Path | bytes, *, groups: Collection[str], known: Collection[str]) -> ReadRecipients:
    """Read a CSV or XLSX file. `groups` are the codes there are, `known` the addresses that the survey has already.

    FileProblem where the file as a whole cannot be read.
    """
    with open_table(source, limits=Limits(max_bytes=settings.MAX_UPLOAD_BYTES)) as table:
        places = {_text(name).strip().lower(): place for place, name in reversed(list(enumerate(table.header)))}
        bad = _header_problems(table.header, places, table.header_row)
        reader = _Reader(places, groups, known)
        total = 0
        for number, cells in table.rows if not bad else ():
            total += 1
            if total > MOST_ROWS:
                raise FileProblem("too_many_rows", limit=MOST_ROWS)
            reader.take(number, cells)
    return ReadRecipients(reader.rows, bad + reader.bad, total)


def _header_problems(header: list[object], places: dict[str, int], row: int) -> list[BadCell]:
    bad = []
    for place, cell in enumerate(header):
        name = _text(cell).strip()
        if name and name.lower() not in COLUMNS:
            reason = _("There is no such column. There are: %(columns)s.") % {"columns": ", ".join(COLUMNS)}
            bad.append(BadCell(f"{column_letters(place)}{row}", row, name, reason))
    for name in ("email", "group"):
        if name not in places:
            bad.append(BadCell(f"A{row}", row, "", _("The column “%(name)s” is missing.") % {"name": name}))
    return bad


class _Reader:
    def __init__(self, places: dict[str, int], groups: Collection[str], known: Collection[str]) -> None:
        self.places, self.groups, self.known = places, {code.lower(): code for code in groups}, set(known)
        self.seen: dict[str, int] = {}
        self.rows: list[RecipientRow] = []
        self.bad: list[BadCell] = []

    def take(self, number: int, cells: list[object]) -> None:
        """Take a row: into `rows`, or its bad cells into `bad`."""
        values = {name: self._cell(cells, name) for name in COLUMNS}
        reasons = {
            "email": self._email_problem(values["email"].lower(), number),
            "name": name_problem(values["name"]),
            "group": self._group_problem(values["group"]),
            "language": language_problem(values["language"]),
        }
        wrong = [
            BadCell(f"{column_letters(self.places.get(name, 0))}{number}", number, values[name][:200], reason)
            for name, reason in reasons.items()
            if reason
        ]
        if wrong:
            self.bad += wrong
            return
        language = LANGUAGES.get(values["language"].lower(), settings.LANGUAGE_CODE)
        group = self.groups[values["group"].lower()]
        self.rows.append(RecipientRow(values["email"].lower(), values["name"], group, language))

    def _cell(self, cells: list[object], name: str) -> str:
        place = self.places.get(name)
        return _text(cells[place]).strip(" ") if place is not None and place < len(cells) else ""

    def _email_problem(self, email: str, number: int) -> str:
        reason = address_problem(email)
        if reason:
            return reason
        if email in self.known:
            return _("This address is a recipient of the survey already.")
        first = self.seen.setdefault(email, number)
        return "" if first == number else _("This address stands in row %(row)s already.") % {"row": first}

    def _group_problem(self, group: str) -> str:
        if group.lower() in self.groups:
            return ""
        return _("There is no such group. There are: %(groups)s.") % {"groups": ", ".join(self.groups.values())}


def _text(cell: object) -> str:
    if isinstance(cell, Fault):
        return cell.shown
    return "" if cell is None else str(cell)
