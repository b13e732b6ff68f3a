"""Template filters of the pages on which a survey is put together."""

from collections.abc import Mapping

from django import template

from materiality.bilingual import is_chinese

register = template.Library()


@register.filter
def option_text(option: Mapping[str, str]) -> str:
    """The text of a profile question's option in the active language."""
    return option["zh"] if is_chinese() else option["en"]
