"""Template filters for the words of `materiality.words`."""

from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from materiality.method_words import IN_PERCENT
from materiality.newer_standards import StandardWarning
from materiality.plain_number import plain_number, plain_percent
from materiality.words import word_for

register = template.Library()


@register.filter
def worded(name: str, about: str) -> str:
    """`{{ row.tier|worded:"tier" }}`: the word for a name in the active language."""
    return word_for(about, name)


@register.filter
def parameter_value(value: Any, name: str) -> str:
    """A value of the method's parameter `name` as people read it: shares in per cent, choices in words."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{plain_percent(value)} %" if name in IN_PERCENT else plain_number(value)
    if isinstance(value, list):
        return ", ".join(word_for("tier", each) for each in value)
    return word_for("choice", value)


@register.filter
def certainty(share: float | None) -> str:
    """A probability 0–1 in whole per cent that never claims to be certain: > 99 %, < 1 %."""
    if share is None:
        return "–"
    return "> 99 %" if share > 0.99 else "< 1 %" if share < 0.01 else f"{100 * share:.0f} %"


@register.filter
def newer_words(warning: StandardWarning) -> str:
    """Which standard applies in the place of which disclosures, from when on."""
    standard = warning.standard
    return _("GRI %(code)s: %(title)s %(year)s (from %(from)s) replaces %(codes)s.") % {
        "code": standard.code,
        "title": text_of(standard, "title"),
        "year": standard.year,
        "from": date_format(standard.applies_from),
        "codes": ", ".join(warning.codes),
    }
