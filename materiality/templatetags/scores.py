"""Cells of the tables of scores, each row in one piece: as loops of a template they took half of a page's time."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from materiality.queries.comparison import ComparedCell
from materiality.queries.scores import Side
from materiality.templatetags.yiti import count, score, signed_points

register = template.Library()


@register.simple_tag
def side_cells(sides: Iterable[Side]) -> SafeString:
    """Score, interval and number of ratings of an issue, dimension by dimension."""
    return mark_safe("".join(map(_side, sides)))


def _side(side: Side) -> str:
    number = "–" if side.derived else count(side.n)
    if side.is_short:
        told = _("%(counted)s of %(asked)s groups") % {"counted": side.counted, "asked": side.asked}
        number += f' <span class="interval">{escape(told)}</span>'
    between = ""
    if side.low is not None:
        between = f"{score(side.low)}–{score(side.high)}"
    elif side.apart:
        between = escape(_("plain mean %(score)s") % {"score": score(side.plain)})
    return (
        f'<td class="num">{score(side.score)}</td><td class="num interval">{between}</td><td class="num">{number}</td>'
    )


@register.simple_tag
def heat_cells(cells: Iterable[ComparedCell]) -> SafeString:
    """What each group made of an issue, tinted by how far it lies from the others."""
    hidden = escape(_("Hidden: so few answers could point to a person"))
    return mark_safe("".join(f'<td class="num heat{cell.shade}">{_heat(cell, hidden)}</td>' for cell in cells))


def _heat(cell: ComparedCell, hidden: str) -> str:
    if cell.hidden:
        return f'<abbr title="{hidden}">·</abbr>'
    if cell.difference is None:
        return score(cell.score)
    apart = signed_points(cell.difference)
    told = f"<b>{apart}</b>" if cell.beyond_chance else f'<span class="interval">{apart}</span>'
    return f"{score(cell.score)}<br>{told}"
