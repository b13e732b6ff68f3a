"""Marking what was searched for."""

import re
from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def marked(text: str, terms: Sequence[str]) -> str:
    """The text with every term in <mark>; capitals make no difference."""
    return _marked(text, tuple(terms)) if terms else text


def _marked(text: str, terms: tuple[str, ...]) -> SafeString:
    pieces = _pattern(terms).split(text)  # every second piece is a term, as the pattern is one group
    parts = [f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece) for place, piece in enumerate(pieces)]
    return mark_safe("".join(parts))


@lru_cache(maxsize=64)
def _pattern(terms: tuple[str, ...]) -> re.Pattern:
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile("(" + "|".join(re.escape(term) for term in longest_first) + ")", re.IGNORECASE)
