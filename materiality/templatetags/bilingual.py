"""Template filters for texts in two languages and for figures."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.formats import number_format

from materiality.bilingual import text_of

register = template.Library()


@register.filter
def inlang(row: Any, field: str) -> str:
    """`{{ issue|inlang:"name" }}`: the text in the active language."""
    return text_of(row, field)


@register.filter
def score(value: float | None) -> str:
    """A score or priority on 0–100 with one decimal; a dash where there is none."""
    return "–" if value is None else f"{value:.1f}"


@register.filter
def percent(value: float | None) -> str:
    """A share 0–1 in whole per cent; a dash where there is none."""
    return "–" if value is None else f"{100 * value:.0f} %"


@register.filter
def count(value: int | None) -> str:
    """A count with thin grouping: 12,893."""
    return "–" if value is None else number_format(value, decimal_pos=0, force_grouping=True)


@register.filter
def at(mapping: dict, key: Any) -> Any:
    """The value of a key in a mapping, None where it has none."""
    return mapping.get(key) if mapping else None


@register.filter
def rows(form: BaseForm, texts: str = "") -> list[list[BoundField]]:
    """Its fields line by line: a text's two languages beside each other, and what the form calls `pairs`.

    `{{ form|rows:"name definition" }}`: these texts only.
    """
    fields, found = form.visible_fields(), []
    if texts:
        fields = [field for field in fields if field.name[:-3] in texts.split()]
    for field in fields:
        before = found[-1][-1].name if found else ""
        beside = (before, field.name) in getattr(form, "pairs", ()) or field.name.endswith("_en")
        if beside and found:
            found[-1].append(field)
        else:
            found.append([field])
    return found
