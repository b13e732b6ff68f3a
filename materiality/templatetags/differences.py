"""Showing what differs between two texts."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from materiality.lineage.differences import IssueDifference
from materiality.lineage.texts import Segment

register = template.Library()
_TAGS = {"removed": "del", "added": "ins"}


@register.filter
def told(row: IssueDifference, name: str) -> SafeString:
    """A text of the issue with what was removed and added marked; as it is where nothing was."""
    for text in row.texts:
        if text.field == name:
            return segments(text.segments)
    return escape(getattr(row.shown, name))


@register.filter
def segments(parts: Iterable[Segment]) -> SafeString:
    """Removed pieces in <del>, added ones in <ins>."""
    return mark_safe("".join(_piece(part) for part in parts))


def _piece(part: Segment) -> str:
    tag = _TAGS.get(part.kind)
    return f"<{tag}>{escape(part.text)}</{tag}>" if tag else escape(part.text)
