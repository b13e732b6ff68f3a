"""What actions, kinds of jobs, flags and tiers are called on pages, and changes of fields in words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from materiality.platform.hooks import word, words_about


def word_for(about: str, name: str) -> str:
    """The word for `name` in the active language; the name itself, readable, where nobody gave one."""
    return str(word(about, name) or name.replace("_", " "))


def word_or_none(about: str, name: str) -> str | None:
    """The word for `name` in the active language, None where nobody gave one."""
    found = word(about, name)
    return None if found is None else str(found)


def names_about(about: str) -> list[str]:
    """Everything that has a word."""
    return list(words_about(about))


def action_sentence(action: str, object_text: str) -> str:
    """What an audit event says after the person's name."""
    known = word("action", action)
    return str(known) % {"object": object_text} if known else f"{action.replace('_', ' ')}: {object_text}"


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


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the last of a month that is shorter: 31 Aug + 6 = 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def plain_number(value: int | float | Decimal) -> str:
    """7 for 7.0, 0.125 for 0.125, 2147483647 for itself."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_percent(share: float) -> str:
    """A share 0–1 in per cent without the sign, exactly: 7 for 0.07."""
    return plain_number(Decimal(str(share)) * 100)
