"""Before → after of an audit event, field by field, in words."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.words import add_words, word_or_none

NOTHING = "–"


@dataclass(frozen=True)
class FieldChange:
    """One field in words; what was not said on a side is a dash there."""

    name: str
    old: str
    new: str


def field_changes(object_type: str, before: dict, after: dict) -> list[FieldChange]:
    """The fields of an event in the order in which it names them; values inside values stand as fields of their own."""
    choices = _choices(object_type)
    old, new = dict(_flat(before, choices)), dict(_flat(after, choices))
    changes = [FieldChange(name, old.get(name, NOTHING), new.get(name, NOTHING)) for name in {**old, **new}]
    return [change for change in changes if (change.old, change.new) != (NOTHING, NOTHING)]


def _flat(values: dict, choices: dict[str, dict], head: str = ""):
    for key, value in values.items():
        name = head + field_word(key)
        if isinstance(value, dict) and value:
            yield from _flat(value, {}, f"{name} · ")
        else:
            yield name, _text(value, choices.get(key, {}))


def field_word(name: str) -> str:
    """What a column, or another thing that events tell, is called."""
    return word_or_none("field", name) or word_or_none("parameter", name) or name.replace("_", " ")


def _text(value: Any, choices: dict) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(each, choices) for each in value) or NOTHING
    if isinstance(value, dict) or value is None or value == "":
        return NOTHING
    return str(choices.get(value) or word_or_none("choice", str(value)) or value)


def _choices(object_type: str) -> dict[str, dict]:
    """Column → {value: label} of the columns that hold one of a few values."""
    try:
        model = apps.get_model(object_type)
    except LookupError:
        return {}
    return {field.attname: dict(field.flatchoices) for field in model._meta.concrete_fields if field.choices}


add_words(
    "field",
    {
        "acknowledged": gettext_lazy("acknowledged"),
        "after_run": gettext_lazy("after run"),
        "anonymous": gettext_lazy("anonymous"),
        "catalogue_rows": gettext_lazy("rows of catalogues"),
        "category": gettext_lazy("category"),
        "chapter": gettext_lazy("chapter"),
        "closed_at": gettext_lazy("closed at"),
        "closes_at": gettext_lazy("closes at"),
        "code": gettext_lazy("code"),
        "cycle": gettext_lazy("cycle"),
        "definition_en": gettext_lazy("English definition"),
        "definition_zh": gettext_lazy("Chinese definition"),
        "disclosures": gettext_lazy("disclosures"),
        "edition": gettext_lazy("edition"),
        "file": gettext_lazy("file"),
        "flags_moved": gettext_lazy("responses flagged anew"),
        "format": gettext_lazy("format"),
        "good": gettext_lazy("good rows"),
        "bad_rows": gettext_lazy("bad rows"),
        "gri_edition": gettext_lazy("GRI edition"),
        "in_force": gettext_lazy("edition in force"),
        "is_active": gettext_lazy("active"),
        "issues": gettext_lazy("issues"),
        "items": gettext_lazy("items"),
        "k": gettext_lazy("scale up to"),
        "kind": gettext_lazy("kind"),
        "language": gettext_lazy("language"),
        "level": gettext_lazy("level"),
        "location": gettext_lazy("location"),
        "mappings": gettext_lazy("mappings"),
        "method": gettext_lazy("method"),
        "name_en": gettext_lazy("English name"),
        "name_zh": gettext_lazy("Chinese name"),
        "note": gettext_lazy("note"),
        "number": gettext_lazy("number"),
        "opened_at": gettext_lazy("opened at"),
        "opens_at": gettext_lazy("opens at"),
        "order": gettext_lazy("order"),
        "overruled": gettext_lazy("decision"),
        "parent": gettext_lazy("primary issue"),
        "period_end": gettext_lazy("end of the period"),
        "period_start": gettext_lazy("start of the period"),
        "primaries": gettext_lazy("primary issues"),
        "reason": gettext_lazy("reason"),
        "responses": gettext_lazy("responses"),
        "role": gettext_lazy("role"),
        "rows": gettext_lazy("rows"),
        "run": gettext_lazy("run"),
        "secondaries": gettext_lazy("secondary issues"),
        "section": gettext_lazy("section"),
        "sections": gettext_lazy("sections"),
        "sha256": "SHA-256",
        "side": gettext_lazy("side"),
        "size": gettext_lazy("size in bytes"),
        "skip_bad_rows": gettext_lazy("bad rows left out"),
        "state": gettext_lazy("state"),
        "status": gettext_lazy("status"),
        "target": gettext_lazy("target"),
        "title_en": gettext_lazy("English title"),
        "title_zh": gettext_lazy("Chinese title"),
        "valid": gettext_lazy("valid responses"),
        "zone": gettext_lazy("time zone"),
    },
)
