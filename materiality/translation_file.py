"""The table of texts to be translated: written, and read back strictly."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from materiality.library_file.nearest import nearest
from materiality.library_file.problems import BadLibrary
from materiality.library_file.table import Row, Table, read_table
from materiality.library_problems import problem_text
from materiality.proposal_file import WrongCell
from materiality.queries.translations import StoredText
from materiality.translations import TextPair, Translation, tidy

COLUMNS = ("key", "kind", "where", "field", "chinese", "english", "state")
NEEDED = ("key", "chinese", "english")


@dataclass(frozen=True)
class TextChange:
    """What a row of the file would change: the pair as it is stored, and the texts of the file."""

    pair: TextPair
    zh: str
    en: str

    def as_translation(self) -> Translation:
        """To be stored, where the pair is still what it was."""
        return Translation(self.pair.key, self.zh, self.en, self.pair.seen)


@dataclass(frozen=True)
class TranslationFile:
    """Changes and the number of rows that change nothing; or, where anything is wrong, all of that and no changes."""

    changes: list[TextChange]
    unchanged: int
    wrong: list[WrongCell]


def translation_rows(pairs: Iterable[TextPair]) -> list[list[str]]:
    """Rows for a file with COLUMNS."""
    return [[pair.key, pair.kind, pair.where, pair.field, pair.zh, pair.en, pair.state] for pair in pairs]


def read_translations(contents: bytes, name: str, texts: Iterable[StoredText]) -> TranslationFile:
    """Read CSV or XLSX; a row is known by its key, and only its Chinese and English are taken."""
    known = {text.pair.key: text.pair for text in texts}
    try:
        table = read_table(contents, name)
    except BadLibrary as bad:
        return TranslationFile([], 0, [WrongCell(None, "", "", problem_text(problem)) for problem in bad.problems])
    wrong = _wrong_columns(table) + [WrongCell(p.row, p.column, p.value, problem_text(p)) for p in table.problems]
    if not wrong:
        wrong = _wrong_rows(table.rows, known)
    if wrong:
        return TranslationFile([], 0, wrong)
    changes = [_change(row, known[row.cells["key"]]) for row in table.rows]
    made = [change for change in changes if _differs(change)]
    return TranslationFile(made, len(changes) - len(made), [])


def _wrong_columns(table: Table) -> list[WrongCell]:
    wrong = []
    for column in table.columns:
        if column not in COLUMNS:
            words = _("There is no column “%(column)s” here. Possible: %(columns)s")
            offered = ", ".join(nearest(column, COLUMNS) or COLUMNS)
            wrong.append(WrongCell(1, column, column, words % {"column": column, "columns": offered}))
    twice = {column for column in table.columns if table.columns.count(column) > 1}
    wrong += [WrongCell(1, column, column, _("This column stands twice.")) for column in sorted(twice)]
    lacking = [column for column in NEEDED if column not in table.columns]
    return wrong + [WrongCell(1, column, "", _("This column is missing.")) for column in lacking]


def _wrong_rows(rows: Iterable[Row], known: dict[str, TextPair]) -> list[WrongCell]:
    wrong, seen = [], set()
    for row in rows:
        key = row.cells.get("key", "")
        if key not in known:
            words = _("There is no text with this key, or it can no longer be changed.")
            wrong.append(WrongCell(row.number, "key", key[:80], words))
        elif key in seen:
            wrong.append(WrongCell(row.number, "key", key, _("This key stands twice.")))
        else:
            wrong += _wrong_texts(row, known[key])
        seen.add(key)
    return wrong


def _wrong_texts(row: Row, pair: TextPair) -> list[WrongCell]:
    """A cell that was emptied would remove a text; that is no translation."""
    pairs = (("chinese", pair.zh), ("english", pair.en))
    emptied = [column for column, stored in pairs if stored.strip() and not row.cells.get(column, "").strip()]
    return [WrongCell(row.number, column, "", _("A text cannot be removed here.")) for column in emptied]


def _change(row: Row, pair: TextPair) -> TextChange:
    zh, en = (tidy(row.cells.get(column, ""), pair.is_long) for column in ("chinese", "english"))
    return TextChange(pair, zh, en)


def _differs(change: TextChange) -> bool:
    stored = (tidy(change.pair.zh, change.pair.is_long), tidy(change.pair.en, change.pair.is_long))
    return stored != (change.zh, change.en)
