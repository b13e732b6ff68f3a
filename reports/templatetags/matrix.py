"""Rows of the table beside the matrix, each in one piece: as a loop of a template they took half of a page's time."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from materiality.platform.words import word_for
from materiality.templatetags.yiti import count, score
from reports.queries.matrix import TIERS, MatrixData, MatrixRow

register = template.Library()


@register.simple_tag(takes_context=True)
def matrix_rows(context: Context, data: MatrixData, rows: Iterable[MatrixRow]) -> SafeString:
    """Rank, issue, scores, priority, tier, and what another weighting makes of it."""
    address = reverse("issue_score", args=[context["cycle"].code, "-"]).removesuffix("-/")
    ending = f"/?run={data.run.number}"
    words = {tier: escape(word_for("tier", tier)) for tier in TIERS}
    other = _other(data) if data.options.moved_cuts or not context["pooled_method"] else ""
    return mark_safe("".join(_row(row, data, address, ending, words, other) for row in rows))


def _other(data: MatrixData) -> str:
    """Of what the other tier is, where one differs."""
    if data.options.moved_cuts:
        return _("run:")
    if data.options.group:
        return pgettext("groups", "all:")
    return _("balanced:") if data.options.weighting == "pooled" else _("pooled:")


def _row(row: MatrixRow, data: MatrixData, address: str, ending: str, words: dict[str, str], other: str) -> str:
    point, code = row.point, escape(row.point.code)
    tier = f'<span class="tier tier-{point.tier}">{words[point.tier]}</span>'
    if point.proposed:
        rule = escape(_("rule:"))
        tier += f'<span class="other-tier"> {rule} {words[point.proposed]}</span>'
    if other and row.differs:
        tier += f'<span class="other-tier"> {escape(other)} {words[row.other_tier]}</span>'
    number = f'<td class="num interval">{count(point.n) if point.n else "–"}</td>' if data.has_numbers else ""
    return (
        f'<tr data-code="{code}"><td class="num">{"–" if point.rank is None else point.rank}</td>'
        f'<th scope="row"><span class="mark mark-{row.category.mark}"></span>'
        f'<a href="{address}{quote(point.code)}{ending}">{escape(point.label)}</a></th>'
        f"{_side(point.y, row.society_half)}{_side(point.x, row.business_half)}"
        f'<td class="num">{score(point.priority)}</td><td class="tight">{tier}</td>{number}</tr>'
    )


def _side(value: float | None, half: float | None) -> str:
    interval = "" if half is None else f' <span class="interval">±{score(half)}</span>'
    return f'<td class="num">{score(value)}{interval}</td>'
