"""Files of translations, and of the comparison of two editions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts.rows import locked_edition_draft, save_changed
from materiality.lineage.lineage import TEXTS, IssueDifference
from materiality.lineage.records import CategoryRecord, IssueRecord, Key
from materiality.models import Category, Cycle, Issue, StakeholderPoint
from materiality.platform.bilingual import DEFAULT_LANGUAGES, stored_names, suffix_of
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF, locked_cycle
from materiality.queries.drafts import EditionComparison
from materiality.queries.translations import StoredText, TextPair, TextRow, stored_texts, tidy_text, translated_edition
from materiality.tables.headers import SheetColumn
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
from materiality.tables.widgets import SheetRow, TextWidget
from materiality.tables.words import message
from materiality.tables.write import Cell

HALVES = ("chinese", "english")
NAMED = tuple(f"{name}_{language}" for name in TEXTS for language in DEFAULT_LANGUAGES)
COMPARISON_COLUMNS = (
    *("code", "differences", "ancestors", "category", "parent_code"),
    *(f"{name}_{which}" for name in NAMED for which in ("old", "new")),
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
        "categories": [{"new": _category(row.new), "old": _category(row.old)} for row in differences.categories],
        "issues": [_issue(row, comparison.reasons) for row in differences.issues],
    }


def _category(row: CategoryRecord | None) -> dict | None:
    if row is None:
        return None
    names = {f"name_{suffix_of(language)}": text for language, text in row.name.items()}
    return {"code": row.code, **names, "order": row.order}


def comparison_rows(comparison: EditionComparison) -> Iterator[list[Cell]]:
    """One row per issue that differs, in the order of COLUMNS; old texts are those of the first ancestor."""
    for row in comparison.differences.issues:
        shown, old = row.shown, row.old[0] if row.old else None
        ancestors = "; ".join(f"{code} {weight:.4g}" for code, weight in _ancestors(row))
        yield [
            *(shown.code, "; ".join(row.kinds), ancestors, shown.category, shown.parent_code),
            *(text for name in NAMED for text in (_text(old, name), _text(row.new, name))),
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
        **{f"name_{suffix_of(language)}": text for language, text in shown.name.items()},
        "ancestors": [{"code": code, "weight": weight} for code, weight in _ancestors(row)],
        "texts": {
            f"{text.field}_{suffix_of(text.language)}": [[segment.kind, segment.text] for segment in text.segments]
            for text in row.texts
        },
        "mappings_added": [list(key) for key in row.mappings_added],
        "mappings_removed": [list(key) for key in row.mappings_removed],
        "reason": reasons.get(shown.code, ""),
    }


def _ancestors(row: IssueDifference) -> list[tuple[str, float]]:
    return [(issue.code, weight) for issue, weight in zip(row.old, row.weights, strict=True)]


def _text(issue: IssueRecord | None, name: str) -> str:
    text, _two, language = name.partition("_")
    return getattr(issue, text).get(language, "") if issue else ""


def _mapping(key: Key) -> str:
    return " ".join(key)


SHEET_COLUMNS = (
    SheetColumn("key", _("Key"), _("Names the text; leave it as it is."), required=True, width=32),
    SheetColumn("kind", _("Kind"), width=10),
    SheetColumn("where", _("Where"), width=32),
    SheetColumn("field", _("Field"), width=12),
    SheetColumn("chinese", _("Chinese"), required=True, width=56),
    SheetColumn("english", _("English"), required=True, width=56),
    SheetColumn("state", _("State"), width=14),
)
TRANSLATION_COLUMNS = tuple(column.name for column in SHEET_COLUMNS)
LONGEST = 20_000


def translation_rows(pairs: Iterable[TextPair]) -> list[list[str]]:
    """Rows for a file with TRANSLATION_COLUMNS."""
    return [[pair.key, pair.kind, pair.where, pair.field, pair.zh, pair.en, pair.state] for pair in pairs]


def longest(text: StoredText) -> int:
    """How many characters a half may have."""
    return text.row._meta.get_field(text.pair.field).longest or LONGEST


def lock_text_row(row: TextRow) -> None:
    """NotAllowed where its texts change no more."""
    if isinstance(row, Issue | Category):
        locked_edition_draft(row.edition)
    elif isinstance(row, StakeholderPoint):
        locked_cycle(row.group.cycle, BEFORE_SIGN_OFF)
    else:
        locked_cycle(row if isinstance(row, Cycle) else row.cycle, BEFORE_REVIEW)


class EditedText:
    """A pair of texts while a file goes over it, without the spaces that a file need not carry."""

    def __init__(self, held: StoredText) -> None:
        self.held, self.pk = held, held.pair.key
        self.chinese, self.english = (tidy_text(text, held.pair.is_long) for text in (held.pair.zh, held.pair.en))

    def values(self) -> dict[str, str]:
        """Column of the row → text; a half that only differs in spaces stays as it is stored."""
        pair = self.held.pair
        halves = ((pair.zh, self.chinese), (pair.en, self.english))
        texts = (old if tidy_text(old, pair.is_long) == new else new for old, new in halves)
        return dict(zip(self.held.columns, texts, strict=True))


class TranslationResource(StrictResource):
    """Texts in two languages, of rows of five models, known by their keys: only Chinese and English are taken."""

    sheet = "translations"
    columns = SHEET_COLUMNS

    key = Field("pk", "key", readonly=True)
    kind = Field("held__pair__kind", "kind", readonly=True)
    where = Field("held__pair__where", "where", readonly=True)
    field = Field("held__pair__field", "field", readonly=True)
    chinese = Field("chinese", "chinese", widget=TextWidget(LONGEST))
    english = Field("english", "english", widget=TextWidget(LONGEST))
    state = Field("held__pair__state", "state", readonly=True)

    class Meta:
        fields = TRANSLATION_COLUMNS
        import_id_fields = ("key",)

    def stored(self) -> Sequence[EditedText]:
        cycles = self.scope.cycles if self.scope else None
        return [EditedText(text) for text in stored_texts(translated_edition(), cycles)]

    def blank(self, row: dict[str, str]) -> EditedText:
        raise ValidationError(message(Problem("unknown_text")))

    def prepared(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        return [replace(row, cells={**row.cells, **self._tidied(row)}) for row in rows]

    def _tidied(self, row: SheetRow) -> dict[str, str]:
        text = self.by_key.get(self.key_of(row.cells))
        halves = [name for name in HALVES if name in row.cells]
        return {name: tidy_text(row.cells[name], text.held.pair.is_long) for name in halves} if text else {}

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        """A cell that was emptied would remove a text; that is no translation."""
        for row in rows:
            text = self.by_key.get(self.key_of(row.cells))
            if text is None:
                yield row.problem("unknown_text", "key")
                continue
            limit = longest(text.held)
            for name in HALVES:
                cell = row.cells.get(name, "")
                if getattr(text, name) and not cell:
                    yield row.problem("removed_text", name)
                if len(cell) > limit:
                    yield row.problem("too_long", name, params={"length": str(len(cell)), "limit": str(limit)})

    def model_problems(self, row: SheetRow, instance: EditedText, changes: Iterable[str]) -> Iterable[Problem]:
        return ()

    def after_store(self, changed: Sequence[EditedText]) -> None:
        """What was looked at counts as changed now in both languages, so that neither is older."""
        rows: dict[TextRow, dict[str, str]] = {}
        for text in changed:
            rows.setdefault(text.held.row, {}).update(text.values())
        now = timezone.now().isoformat()
        for row, values in rows.items():
            lock_text_row(row)
            for column, text in values.items():
                setattr(row, column, text)
            if not isinstance(row, Issue):
                row.save(update_fields=stored_names(type(row), values))
                continue
            if self.undoing is None:
                row.changed = {**row.changed, **dict.fromkeys(values, now)}
            save_changed(row, *stored_names(Issue, values), "changed")
        self.touched = list(rows)

    def extra(self, instance: EditedText) -> dict[str, Any]:
        return {"changed": instance.held.row.changed} if isinstance(instance.held.row, Issue) else {}

    def put_back_extra(self, instance: EditedText, extra: dict[str, Any]) -> None:
        if extra:
            instance.held.row.changed = extra["changed"]
