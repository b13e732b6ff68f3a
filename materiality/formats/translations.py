"""Files of translations, and of the comparison of two editions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts.rows import locked_edition_draft, save_changed
from materiality.lineage.lineage import TEXTS, IssueDifference
from materiality.lineage.records import CategoryRecord, IssueRecord, Key
from materiality.models import Category, Cycle, Issue, StakeholderPoint
from materiality.platform.bilingual import stored_names, suffix_of
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF, locked_cycle
from materiality.queries.drafts import EditionComparison
from materiality.queries.translations import (
    StoredText,
    TextRow,
    WantedText,
    stored_texts,
    tidy_text,
    translated_edition,
    wanted_languages,
)
from materiality.tables.headers import SheetColumn, text_columns_of
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
from materiality.tables.widgets import SheetRow, TextWidget
from materiality.tables.words import message
from materiality.tables.write import Cell


def comparison_columns(comparison: EditionComparison) -> list[str]:
    """With an old and a new text for each language of either edition."""
    texts = (f"{name}_{which}" for name in _named(comparison) for which in ("old", "new"))
    return ["code", "differences", "ancestors", "category", "parent_code", *texts, *_MAPPINGS, "reason"]


_MAPPINGS = ("mappings_added", "mappings_removed")


def _named(comparison: EditionComparison) -> list[str]:
    languages = dict.fromkeys([*comparison.old.languages, *comparison.new.languages])
    return [f"{name}_{suffix_of(language)}" for name in TEXTS for language in languages]


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
    """One row per issue that differs, in the order of its columns; old texts are those of the first ancestor."""
    named = _named(comparison)
    for row in comparison.differences.issues:
        shown, old = row.shown, row.old[0] if row.old else None
        ancestors = "; ".join(f"{code} {weight:.4g}" for code, weight in _ancestors(row))
        yield [
            *(shown.code, "; ".join(row.kinds), ancestors, shown.category, shown.parent_code),
            *(text for name in named for text in (_text(old, name), _text(row.new, name))),
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
    return getattr(issue, text).get(language.replace("_", "-"), "") if issue else ""


def _mapping(key: Key) -> str:
    return " ".join(key)


LONGEST = 20_000
_BEFORE = (
    SheetColumn("key", _("Key"), _("Names the text; leave it as it is."), required=True, width=32),
    SheetColumn("kind", _("Kind"), width=10),
    SheetColumn("where", _("Where"), width=32),
    SheetColumn("field", _("Field"), width=12),
)
_STATE = SheetColumn("state", _("State"), width=14)
_ALSO = {"zh": ("chinese", _("Chinese")), "en": ("english", _("English"))}  # as files had them before


def _text_columns(languages: Iterable[str]) -> list[SheetColumn]:
    field = StakeholderPoint._meta.get_field("text")
    columns = zip(languages, text_columns_of(field, languages, width=56), strict=True)
    return [replace(column, also=tuple(map(str, _ALSO.get(language, ())))) for language, column in columns]


def translation_columns(languages: Sequence[str]) -> list[str]:
    """Of a file: `key` … `text_zh`, `text_en`, … `state`."""
    return [column.name for column in (*_BEFORE, *_text_columns(languages), _STATE)]


def translation_rows(texts: Iterable[WantedText], languages: Sequence[str]) -> list[list[str]]:
    """Rows for a file with these columns."""
    return [
        [each.key, each.kind, each.where, each.field]
        + [each.texts.get(language, "") for language in languages]
        + ["; ".join(each.states)]
        for each in texts
    ]


def longest(held: StoredText) -> int:
    """How many characters the text may have in a language."""
    return held.row._meta.get_field(held.text.field).longest or LONGEST


def lock_text_row(row: TextRow) -> None:
    """NotAllowed where its texts change no more."""
    if isinstance(row, Issue | Category):
        locked_edition_draft(row.edition)
    elif isinstance(row, StakeholderPoint):
        locked_cycle(row.group.cycle, BEFORE_SIGN_OFF)
    else:
        locked_cycle(row if isinstance(row, Cycle) else row.cycle, BEFORE_REVIEW)


class EditedText:
    """A text while a file goes over it, without the spaces that a file need not carry."""

    def __init__(self, held: StoredText, languages: Sequence[str]) -> None:
        self.held, self.pk, self.languages = held, held.text.key, languages
        self.state = "; ".join(held.text.states)
        self.text = SimpleNamespace(**{suffix_of(each): text for each, text in held.held(languages).items()})

    def values(self) -> dict[str, str]:
        """Column of the row → text, as StoredText has it."""
        return self.held.values({each: getattr(self.text, suffix_of(each)) for each in self.languages})


class TranslationResource(StrictResource):
    """Texts in the languages of the draft and of the cycles, of rows of five models, known by their keys."""

    sheet = "translations"
    former = {"text_zh": "chinese", "text_en": "english"}

    key = Field("pk", "key", readonly=True)
    kind = Field("held__text__kind", "kind", readonly=True)
    where = Field("held__text__where", "where", readonly=True)
    field = Field("held__text__field", "field", readonly=True)
    state = Field("state", "state", readonly=True)

    class Meta:
        import_id_fields = ("key",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycles = self.scope.cycles if self.scope else None
        kept = self.scope.languages if self.scope else ()
        self.languages = list(dict.fromkeys([*wanted_languages(translated_edition(), self.cycles), *kept]))
        self.texts = _text_columns(self.languages)
        places = {each.name: each.name.replace("_", "__", 1) for each in self.texts}
        fresh = {name: Field(place, name, widget=TextWidget(LONGEST)) for name, place in places.items()}
        self.take((*_BEFORE, *self.texts, _STATE), fresh)

    def stored(self) -> Sequence[EditedText]:
        return [EditedText(text, self.languages) for text in stored_texts(translated_edition(), self.cycles)]

    def blank(self, row: dict[str, str]) -> EditedText:
        raise ValidationError(message(Problem("unknown_text")))

    def prepared(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        return [replace(row, cells=self._tidied(row)) for row in rows]

    def _tidied(self, row: SheetRow) -> dict[str, str]:
        """Without empty cells in languages that the text is not wanted in: exports leave out what is held in them."""
        text = self.by_key.get(self.key_of(row.cells))
        if text is None:
            return dict(row.cells)
        cells, wanted = dict(row.cells), text.held.text
        for column, language in zip(self.texts, self.languages, strict=True):
            if column.name in cells:
                cells[column.name] = tidy_text(cells[column.name], wanted.is_long)
                if not cells[column.name] and language not in wanted.texts and self.undoing is None:
                    del cells[column.name]
        return cells

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        """A cell that was emptied would remove a text; that is no translation."""
        for row in rows:
            text = self.by_key.get(self.key_of(row.cells))
            if text is None:
                yield row.problem("unknown_text", "key")
                continue
            limit = longest(text.held)
            for name in (column.name for column in self.texts if column.name in row.cells):
                cell = row.cells[name]
                if self.fields[name].export(text) and not cell:
                    yield row.problem("removed_text", name)
                if len(cell) > limit:
                    yield row.problem("too_long", name, params={"length": str(len(cell)), "limit": str(limit)})

    def model_problems(self, row: SheetRow, instance: EditedText, changes: Iterable[str]) -> Iterable[Problem]:
        return ()

    def after_store(self, changed: Sequence[EditedText]) -> None:
        """What is up to date counts as changed now in each of its languages, so that none is older."""
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
