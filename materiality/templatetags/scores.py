"""Cells of the tables of scores, each row in one piece: as loops of a template they took half of a page's time."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from materiality.platform.words import word_for
from materiality.queries.comparison import ComparedCell
from materiality.queries.scores import ScoreRow, Side
from materiality.templatetags.yiti import certainty, count, score, signed_points

register = template.Library()


@register.simple_tag
def score_cells(row: ScoreRow, certain: bool) -> SafeString:
    """What a run says of an issue: by dimension score, interval and ratings, then priority and tier, also pooled."""
    own, pooled = row.score, row.score.pooled_tier
    tier = f'<span class="tier tier-{own.tier}">{escape(word_for("tier", own.tier))}</span>'
    if certain and own.tier_certainty is not None:
        title, told = _("Certainty of the tier, sampling error only"), certainty(own.tier_certainty)
        tier += f' <span class="interval" title="{escape(title)}">{escape(told)}</span>'
    other = escape(word_for("tier", pooled))
    plain = f'<span class="quiet">{other}</span>'
    differs = f'<span class="tier tier-{pooled} differs">≠ {other}</span>'
    return mark_safe(
        "".join(map(_side, row.sides))
        + f'<td class="num">{score(own.priority)}</td><td class="tight">{tier}</td>'
        + f'<td class="num">{score(own.pooled_priority)}</td>'
        + f'<td class="tight">{differs if row.tier_differs else plain}</td>'
    )


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
