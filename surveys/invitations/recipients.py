"""Lists of recipients: read, checked, kept between preview and confirmation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.validators import EmailValidator
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from materiality.platform.bilingual import LANGUAGES, content_language, reading_languages
from materiality.tables.problems import FileProblem, column_letters, shown_cell
from materiality.tables.read import Limits, open_table
from surveys.invitations.mail import has_control_characters
from surveys.models import UnwantedMail

FOLDER = "recipient-lists"
KEPT = timedelta(hours=1)


def keep_list(contents: bytes) -> str:
    """Keep an uploaded list, or what was read of one; the key names it. Lists that waited too long are deleted."""
    drop_old_lists()
    key = str(uuid4())
    default_storage.save(f"{FOLDER}/{key}", ContentFile(contents))
    return key


def kept_list(key: str) -> bytes | None:
    """The list of this key; None where it is gone or too old."""
    path = f"{FOLDER}/{key}"
    if not default_storage.exists(path) or _is_old(path):
        return None
    with default_storage.open(path, "rb") as stream:
        return stream.read()


def drop_list(key: str) -> None:
    default_storage.delete(f"{FOLDER}/{key}")


def drop_old_lists() -> None:
    """Delete lists that were neither confirmed nor dropped."""
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        if _is_old(f"{FOLDER}/{name}"):
            default_storage.delete(f"{FOLDER}/{name}")


def _is_old(path: str) -> bool:
    return timezone.now() - default_storage.get_modified_time(path) > KEPT


LONGEST_NAME = 200
# How lists write a language, and what it is here; any other by its code or as it calls itself.
_SPELLINGS = {
    **dict.fromkeys(("zh-hans", "zh", "zh-cn", "zh_hans", "中文", "简体中文"), "zh-hans"),
    **dict.fromkeys(("en", "en-gb", "en-us", "english", "英文", "英语"), "en"),
}
_is_address = EmailValidator()


def address_problem(email: str) -> str:
    """What is wrong with a mail address, empty where nothing is."""
    if not email:
        return _("The address is missing.")
    if has_control_characters(email):
        return _("An address must not hold a line break or another control character.")
    try:
        _is_address(email)
    except ValidationError:
        return _("This is not a mail address.")
    return _("The address is longer than 254 characters.") if len(email) > 254 else ""


def name_problem(name: str) -> str:
    """What is wrong with a name, empty where nothing is."""
    if has_control_characters(name):
        return _("A name must not hold a line break or another control character.")
    return _("The name is longer than 200 characters.") if len(name) > LONGEST_NAME else ""


COLUMNS = ("email", "name", "group", "language")
MOST_ROWS = 200_000
_LONGEST = 1_000  # characters of a cell; all that is taken is shorter


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A recipient as a list names them; `email` in lower case, `group` a code, `language` one of ours."""

    email: str
    name: str
    group: str
    language: str


@dataclass(frozen=True, slots=True)
class RecipientFault:
    """A cell, such as `B7`, what it holds, and what is wrong with it."""

    cell: str
    row: int
    value: str
    reason: str


@dataclass(frozen=True)
class ReadRecipients:
    """What a list holds; it can be stored where `bad` is empty and there is no `problem` of the file as a whole."""

    rows: list[RecipientRow] = field(default_factory=list)
    bad: list[RecipientFault] = field(default_factory=list)
    total: int = 0
    problem: str = ""

    @classmethod
    def from_json(cls, held: dict) -> "ReadRecipients":
        """Of `asdict`, after it was JSON."""
        rows, bad = [RecipientRow(**row) for row in held["rows"]], [RecipientFault(**cell) for cell in held["bad"]]
        return cls(rows, bad, held["total"], held["problem"])


def read_recipients(
    source: Path | bytes, *, groups: Collection[str], known: Collection[str], languages: Collection[str] = ()
) -> ReadRecipients:
    """Read a CSV or XLSX file. `groups` are the codes there are, `known` the addresses that the survey has already.

    FileProblem where the file as a whole cannot be read.
    """
    with open_table(source, limits=Limits(max_bytes=settings.MAX_UPLOAD_BYTES)) as table:
        places = {shown_cell(name).strip().lower(): place for place, name in reversed(list(enumerate(table.header)))}
        bad = _header_problems(table.header, places, table.header_row)
        reader = _Reader(places, groups, known, languages)
        total = 0
        for number, cells in table.rows if not bad else ():
            total += 1
            if total > MOST_ROWS:
                raise FileProblem("too_many_rows", limit=MOST_ROWS)
            reader.take(number, cells)
    return ReadRecipients(reader.rows, bad + reader.bad, total)


def _header_problems(header: list[object], places: dict[str, int], row: int) -> list[RecipientFault]:
    bad = []
    for place, cell in enumerate(header):
        name = shown_cell(cell).strip()
        if name and name.lower() not in COLUMNS:
            reason = _("There is no such column. There are: %(columns)s.") % {"columns": ", ".join(COLUMNS)}
            bad.append(RecipientFault(f"{column_letters(place)}{row}", row, name, reason))
    for name in ("email", "group"):
        if name not in places:
            bad.append(RecipientFault(f"A{row}", row, "", _("The column “%(name)s” is missing.") % {"name": name}))
    return bad


class _Reader:
    def __init__(
        self, places: dict[str, int], groups: Collection[str], known: Collection[str], languages: Collection[str]
    ) -> None:
        self.places, self.groups, self.known = places, {code.lower(): code for code in groups}, set(known)
        tags = reading_languages(languages)
        self.languages = _SPELLINGS | {LANGUAGES[content_language(tag)].lower(): tag for tag in tags}
        self.languages |= {tag: tag for tag in tags}
        self.seen: dict[str, int] = {}
        self.rows: list[RecipientRow] = []
        self.bad: list[RecipientFault] = []

    def take(self, number: int, cells: list[object]) -> None:
        """Take a row: into `rows`, or its bad cells into `bad`."""
        values = {name: self._cell(cells, name) for name in COLUMNS}
        reasons = {
            "email": self._email_problem(values["email"].lower(), number),
            "name": name_problem(values["name"]),
            "group": self._group_problem(values["group"]),
            "language": self._language_problem(values["language"]),
        }
        wrong = [
            RecipientFault(f"{column_letters(self.places.get(name, 0))}{number}", number, values[name][:200], reason)
            for name, reason in reasons.items()
            if reason
        ]
        if wrong:
            self.bad += wrong
            return
        language = self.languages.get(values["language"].lower(), settings.LANGUAGE_CODE)
        group = self.groups[values["group"].lower()]
        self.rows.append(RecipientRow(values["email"].lower(), values["name"], group, language))

    def _cell(self, cells: list[object], name: str) -> str:
        place = self.places.get(name)
        return shown_cell(cells[place], _LONGEST).strip(" ") if place is not None and place < len(cells) else ""

    def _language_problem(self, language: str) -> str:
        if not language or language.lower() in self.languages:
            return ""
        known = {"languages": ", ".join(dict.fromkeys(self.languages.values()))}
        return _("The language is one of %(languages)s; leave the cell empty for the organisation's.") % known

    def _email_problem(self, email: str, number: int) -> str:
        reason = address_problem(email)
        if reason:
            return reason
        if email in self.known:
            return _("This address is a recipient of the survey already.")
        first = self.seen.setdefault(email, number)
        return "" if first == number else _("This address is already in row %(row)s.") % {"row": first}

    def _group_problem(self, group: str) -> str:
        if group.lower() in self.groups:
            return ""
        return _("There is no such group. There are: %(groups)s.") % {"groups": ", ".join(self.groups.values())}


_AT_ONCE = 500


def address_digest(email: str) -> str:
    """A digest keyed with the installation's secret: without the secret nobody can try addresses out against it."""
    return salted_hmac("yiti.unwanted_mail", email.strip().lower(), algorithm="sha256").hexdigest()


def remember(email: str) -> None:
    """This address wants no mail, of no survey."""
    UnwantedMail.objects.get_or_create(digest=address_digest(email))


def unwanted_of(emails: Iterable[str]) -> set[str]:
    """Those of the addresses that want no mail."""
    digests = {address_digest(email): email for email in emails}
    keys = list(digests)
    found: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        known = UnwantedMail.objects.filter(digest__in=keys[start : start + _AT_ONCE])
        found.update(digests[digest] for digest in known.values_list("digest", flat=True))
    return found
