"""What actions, jobs, flags and tiers are called, changes of fields in words, plain numbers and dates."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.formats import get_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _

from materiality.platform.bilingual import TextColumn, Texts, content_language, text_columns
from materiality.platform.hooks import declared_word, words_about

# What a method calls its axes, tiers and zones: {about: {name: {language: text}}}.
_own: ContextVar[Mapping[str, Mapping[str, Mapping[str, str]]]] = ContextVar("own_names", default=MappingProxyType({}))


@contextmanager
def own_names(names: Mapping | None) -> Iterator[None]:
    """Within, a method's own names are said in the place of the usual ones, in the languages that they are given in."""
    held = _own.set(names or {})
    try:
        yield
    finally:
        _own.reset(held)


def say_names(method: Mapping[str, Any]) -> None:
    """The names of a stored method are said to the end of the request, or of `own_names` around it."""
    _own.set(method.get("names") or {})


_CALLED_AS = {"zone": ("zone", "tier"), "dimension": ("axis",), "side": ("axis",)}
_OF_AXIS = {"lam": "lam_society", "impact": "only_society", "financial": "only_business"}


def _own_name(about: str, name: str) -> str:
    """A zone is called as its tier, and a dimension as its axis, where it has no name of its own; what is of one axis,
    as its weight and its threshold, is said with the name of the axis.
    """
    own, language = _own.get(), content_language()
    for each in _CALLED_AS.get(about, (about,)) if own else ():
        if text := own.get(each, {}).get(name, {}).get(language):
            return text
    what, _dash, axis = _OF_AXIS.get(name, name).rpartition("_")
    called = own.get("axis", {}).get(axis, {}).get(language)
    pattern = declared_word("of_axis", what or about) if called else None
    return str(pattern) % {"axis": called} if pattern else ""


def word_for(about: str, name: str) -> str:
    """The word for `name` in the active language; the name itself, readable, where nobody gave one."""
    return _own_name(about, name) or usual_word(about, name)


later_word_for = lazy(word_for, str)


def usual_word(about: str, name: str) -> str:
    """The same, whatever a method calls it."""
    about = "tier" if about == "zone" else about
    return str(declared_word(about, name) or name.replace("_", " "))


def word_or_none(about: str, name: str) -> str | None:
    """The word for `name` in the active language, None where nobody gave one."""
    found = declared_word(about, name)
    return None if found is None else str(found)


def names_about(about: str) -> list[str]:
    """Everything that has a word."""
    return list(words_about(about))


def action_sentence(action: str, object_text: str) -> str:
    """What an audit event says after the person's name."""
    known = declared_word("action", action)
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
    columns = _columns(object_type)
    old, new = dict(_flat(before, columns)), dict(_flat(after, columns))
    changes = [FieldChange(name, old.get(name, NOTHING), new.get(name, NOTHING)) for name in {**old, **new}]
    return [change for change in changes if (change.old, change.new) != (NOTHING, NOTHING)]


def _flat(values: dict, columns: Mapping[str, models.Field | TextColumn], head: str = ""):
    for key, value in values.items():
        column = columns.get(key)
        name = head + field_word(key, column)
        if isinstance(value, dict) and value:
            yield from _flat(value, {}, f"{name} · ")
        else:
            yield name, _text(value, dict(getattr(column, "flatchoices", None) or ()))


def object_word(label: str) -> str:
    """What the rows of a table ("app.model") are called."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


def field_word(name: str, column: models.Field | TextColumn | None = None) -> str:
    """What a column, or another thing that events tell, is called: as its model says, or that of another object."""
    return str(
        (column and _said_of(column))
        or word_or_none("field", name)
        or next(filter(None, (word_or_none(about, name) for about in ("parameter", "tier", "dimension"))), None)
        or ((known := _said_by_any().get(name)) and _said_of(known))
        or name.replace("_", " ")
    )


def _said_of(column: models.Field | TextColumn) -> str | Promise | None:
    """Its own words, else those of the rows it points to; Django's makeshift ones are none."""
    if isinstance(column, TextColumn):
        return column.field.label(column.language)
    if isinstance(column, Texts):
        return column.called or None
    about = column._verbose_name or (column.related_model and column.related_model._meta.verbose_name)
    return about if isinstance(about, Promise) else None


@cache
def _said_by_any() -> dict[str, models.Field | TextColumn]:
    """Events tell of rows besides their object: the first model that has words for such a column says them."""
    found = {}
    for model in apps.get_models():
        for name, column in _columns_of(model).items():
            if isinstance(column, TextColumn) or _said_of(column):
                found.setdefault(name, column)
    return found


def _text(value: Any, choices: dict) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(each, choices) for each in value) or NOTHING
    if isinstance(value, dict) or value is None or value == "":
        return NOTHING
    return str(choices.get(value) or word_or_none("choice", str(value)) or value)


def _columns(object_type: str) -> dict[str, models.Field | TextColumn]:
    try:
        return _columns_of(apps.get_model(object_type))
    except LookupError:
        return {}


def _columns_of(model: type[models.Model]) -> dict[str, models.Field | TextColumn]:
    columns = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return {**{column.name: column for column in columns}, **text_columns(model)}


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the last of a month that is shorter: 31 Aug + 6 = 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def grouped(number: int) -> str:
    """A count as the active language groups it: 12,893."""
    return f"{int(number):,}".replace(",", get_format("THOUSAND_SEPARATOR"))


def plain_number(value: int | float | Decimal) -> str:
    """7 for 7.0, 0.125 for 0.125, 2147483647 for itself."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_percent(share: float) -> str:
    """A share 0–1 in per cent without the sign, exactly: 7 for 0.07."""
    return plain_number(Decimal(str(share)) * 100)
