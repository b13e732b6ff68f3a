"""Fill in or renew texts in the languages that they are wanted in."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.drafts.rows import locked_edition_draft, recorded_change, save_changed
from materiality.formats.translations import lock_text_row, longest
from materiality.models import Cycle, Edition, Issue, User
from materiality.platform import audit
from materiality.platform.bilingual import stored_names
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.cycles import BEFORE_SIGN_OFF, locked_cycle
from materiality.queries.translations import (
    StoredText,
    Translation,
    stored_texts,
    tidy_text,
    translated_edition,
)


@transaction.atomic
def set_languages(*, row: Edition | Cycle, languages: Sequence[str], by: User | None) -> None:
    """Say in which languages the texts of an edition or a cycle are wanted; texts in others stay and are not asked for.

    NotAllowed for an edition that is no draft, a cycle that is signed off, and without any language.
    """
    stored = locked_edition_draft(row) if isinstance(row, Edition) else locked_cycle(row, BEFORE_SIGN_OFF)
    write_languages(stored, languages, by)


def write_languages(stored: Model, languages: Sequence[str], by: User | None) -> None:
    """Store the content languages of a row that is locked. NotAllowed without any."""
    wanted = list(dict.fromkeys(languages))
    if not wanted:
        raise NotAllowed(_("Choose at least one language."))
    before, stored.languages = list(stored.languages), wanted
    if before != wanted:
        stored.save(update_fields=["languages"])
        told = {"before": {"languages": before}, "after": {"languages": wanted}}
        audit.record("set_languages", stored, by=by, **told)


@transaction.atomic
def save_translations(*, translations: Sequence[Translation], by: User | None) -> int:
    """Store all of the texts or none; returns how many changed.

    Issues are changed as other changes of a draft are and can be undone; what else changes has an event of its own.
    NotAllowed for a text that would be emptied or is too long, for a published edition and for a cycle whose review
    has begun; Conflict where a text is gone or not what was seen.
    """
    edition = translated_edition()
    known = {text.text.key: text for text in stored_texts(edition)}
    wanted = [(_found(known, entry), entry) for entry in translations]
    changes = [(text, values) for text, entry in wanted if (values := _values(text, entry))]
    of_issues = [change for change in changes if isinstance(change[0].row, Issue)]
    others = [change for change in changes if not isinstance(change[0].row, Issue)]
    for row in {text.row for text, _values in changes}:
        lock_text_row(row)
    if others:
        _save_others(others, by)
    if of_issues:
        issues = list({text.row.pk: text.row for text, _values in of_issues}.values())
        with recorded_change("save_translations", edition, issues[0], by=by, touches=issues):
            for text, values in of_issues:
                _save_issue(text, values)
    return len(changes)


def _found(known: dict[str, StoredText], entry: Translation) -> StoredText:
    text = known.get(entry.key)
    if text is None:
        raise Conflict(_("A text is no longer there: %(key)s.") % {"key": entry.key}, None)
    if text.text.seen != entry.seen:
        reason = _("Somebody else changed this text meanwhile; nothing was saved: %(where)s.")
        raise Conflict(reason % {"where": text.text.where}, text.row)
    return text


def _values(held: StoredText, entry: Translation) -> dict[str, str]:
    """Column → text, as StoredText has it."""
    where, limit = {"where": held.text.where}, longest(held)
    given = {
        language: tidy_text(entry.texts.get(language, text), held.text.is_long)
        for language, text in held.text.texts.items()
    }
    for language, text in given.items():
        if held.text.texts[language].strip() and not text:
            raise NotAllowed(_("A text cannot be removed here: %(where)s.") % where)
        if len(text) > limit:
            raise NotAllowed(_("The text is longer than %(limit)s characters: %(where)s.") % (where | {"limit": limit}))
    return held.values(given, entry.still_fits and isinstance(held.row, Issue))


def _save_issue(text: StoredText, values: dict[str, str]) -> None:
    """What is up to date counts as changed now in each of its languages, so that none is older."""
    issue, now = text.row, timezone.now().isoformat()
    for column, value in values.items():
        setattr(issue, column, value)
    issue.changed = {**issue.changed, **dict.fromkeys(values, now)}
    save_changed(issue, *stored_names(Issue, values), "changed")


def _save_others(changes: list[tuple[StoredText, dict[str, str]]], by: User | None) -> None:
    before, after, rows = {}, {}, []
    for text, values in changes:
        before[text.text.key] = {column: getattr(text.row, column) for column in values}
        after[text.text.key] = values
        for column, value in values.items():
            setattr(text.row, column, value)
        text.row.save(update_fields=stored_names(type(text.row), values))
        rows += [text.row] if text.row not in rows else []
    audit.record("save_translations", rows[0], by=by, before=before, after=after, touched=rows[1:])
