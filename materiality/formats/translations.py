"""Files of translations, and of the comparison of two editions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from materiality.formats.proposals import WrongCell, wrong_columns
from materiality.lineage.lineage import TEXTS, IssueDifference
from materiality.lineage.records import IssueRecord, Key
from materiality.queries.drafts import EditionComparison
from materiality.queries.translations import StoredText, TextPair, Translation, tidy_text
from materiality.tables.records import Row, Table
from materiality.tables.words import problem_text
from materiality.tables.write import Cell

COMPARISON_COLUMNS = (
    *("code", "differences", "ancestors", "category", "parent_code"),
    *(f"{name}_{which}" for name in TEXTS for which in ("old", "new")),
    *("mappings_added", "mappings_removed", "reason"),
)


def comparison_json(comparison: EditionComparison) -> dict:
    """Everything that differs; segments are [equal/removed/added, text] and give both texts when joined."""
    differences = comparison.differences
    return {
        "old": comparison.old.code,
        "new": comparison.new.code,
        "matched_by": "lineage" if comparison.by_lineage else "code",
        "unchanged": differences.unchanged,
        "counts": differences.counts,
        "categories": [
            {"new": vars(row.new) if row.new else None, "old": vars(row.old) if row.old else None}
            for row in differences.categories
        ],
        "issues": [_issue(row, comparison.reasons) for row in differences.issues],
    }


def comparison_rows(comparison: EditionComparison) -> Iterator[list[Cell]]:
    """One row per issue that differs, in the order of COLUMNS; old texts are those of the first ancestor."""
    for row in comparison.differences.issues:
        shown, old = row.shown, row.old[0] if row.old else None
        ancestors = "; ".join(f"{code} {weight:.4g}" for code, weight in _ancestors(row))
        yield [
            *(shown.code, "; ".join(row.kinds), ancestors, shown.category, shown.parent_code),
            *(text for name in TEXTS for text in (_text(old, name), _text(row.new, name))),
            *("; ".join(_mapping(key) for key in keys) for keys in (row.mappings_added, row.mappings_removed)),
            comparison.reasons.get(shown.code, ""),
        ]


def _issue(row: IssueDifference, reasons: dict[str, str]) -> dict:
    shown = row.shown
    return {
        "code": shown.code,
        "differences": list(row.kinds),
        "category": shown.category,
        "parent_code": shown.parent_code,
        "name_zh": shown.name_zh,
        "name_en": shown.name_en,
        "ancestors": [{"code": code, "weight": weight} for code, weight in _ancestors(row)],
        "texts": {text.field: [[segment.kind, segment.text] for segment in text.segments] for text in row.texts},
        "mappings_added": [list(key) for key in row.mappings_added],
        "mappings_removed": [list(key) for key in row.mappings_removed],
        "reason": reasons.get(shown.code, ""),
    }


def _ancestors(row: IssueDifference) -> list[tuple[str, float]]:
    return [(issue.code, weight) for issue, weight in zip(row.old, row.weights, strict=True)]


def _text(issue: IssueRecord | None, name: str) -> str:
    return getattr(issue, name) if issue else ""


def _mapping(key: Key) -> str:
    return " ".join(key)


TRANSLATION_COLUMNS = ("key", "kind", "where", "field", "chinese", "english", "state")
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


def read_translations(table: Table, texts: Iterable[StoredText]) -> TranslationFile:
    """Take a table; a row is known by its key, and only its Chinese and English are taken."""
    known = {text.pair.key: text.pair for text in texts}
    if not table.columns:
        return TranslationFile([], 0, [WrongCell(None, "", "", problem_text(problem)) for problem in table.problems])
    wrong = wrong_columns(table.columns, TRANSLATION_COLUMNS, NEEDED) + [
        WrongCell(p.row, p.column, p.value, problem_text(p)) for p in table.problems
    ]
    if not wrong:
        wrong = _wrong_rows(table.rows, known)
    if wrong:
        return TranslationFile([], 0, wrong)
    changes = [_change(row, known[row.cells["key"]]) for row in table.rows]
    made = [change for change in changes if _differs(change)]
    return TranslationFile(made, len(changes) - len(made), [])


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
    zh, en = (tidy_text(row.cells.get(column, ""), pair.is_long) for column in ("chinese", "english"))
    return TextChange(pair, zh, en)


def _differs(change: TextChange) -> bool:
    stored = (tidy_text(change.pair.zh, change.pair.is_long), tidy_text(change.pair.en, change.pair.is_long))
    return stored != (change.zh, change.en)
