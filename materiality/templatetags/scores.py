"""Cells of the tables of scores, each row in one piece: as loops of a template they took half of a page's time."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from materiality.platform.words import word_for
from materiality.queries.comparison import ComparedCell, ComparedIssue
from materiality.queries.method import Trial
from materiality.queries.review import Reviewed
from materiality.queries.robustness import HeldTier, ScenarioLine
from materiality.queries.scores import ScoreRow, Side
from materiality.scoring.method import EITHER_TIERS, PRIORITY_TIERS, UNSCORED
from materiality.templatetags.yiti import certainty, count, percent, score, signed_points

register = template.Library()


@register.simple_tag(takes_context=True)
def score_row(context: Context, row: ScoreRow, base: str) -> SafeString:
    """What a run says of an issue, whose page is below `base`: rank, issue, by dimension score, interval and ratings,
    then priority and tier, also pooled.
    """
    own, pooled, certain, words = row.score, row.score.pooled_tier, context["certainty"], context["tier_words"]
    tier = f'<span class="tier tier-{own.tier}">{escape(words[own.tier])}</span>'
    if certain and own.tier_certainty is not None:
        title, told = _("Certainty of the tier, sampling error only"), certainty(own.tier_certainty)
        tier += f' <span class="interval" title="{escape(title)}">{escape(told)}</span>'
    other = escape(words[pooled])
    plain = f'<span class="quiet">{other}</span>'
    differs = f'<span class="tier tier-{pooled} differs">≠ {other}</span>'
    return mark_safe(
        _headed(row, base, "" if context["run"] == context["runs"][0] else f"?run={context['run'].number}")
        + "".join(map(_side, row.sides))
        + f'<td class="num">{score(own.priority)}</td><td class="tight">{tier}</td>'
        + f'<td class="num">{score(own.pooled_priority)}</td>'
        + f'<td class="tight">{differs if row.tier_differs else plain}</td>'
    )


def _headed(row: ScoreRow, base: str, ending: str) -> str:
    own, issue, category = row.score, row.issue, row.issue.category
    rank = "–" if own.rank is None else own.rank
    between = f' <span class="interval">{own.rank_low}–{own.rank_high}</span>' if own.rank_low else ""
    derived = f' <span class="quiet">{escape(_("derived"))}</span>' if own.derived else ""
    return (
        f'<td class="num">{rank}{between}</td>\n'
        f'<th scope="row"><a href="{base}{quote(issue.code)}/{ending}"><span class="mark mark-{category.mark}"'
        f' role="img" aria-label="{escape(category.name)}"></span>{escape(issue.name)}</a>'
        f' <span class="code quiet">{escape(issue.code)}</span>{derived}</th>\n'
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


@register.simple_tag(takes_context=True)
def review_rows(context: Context, rows: Iterable[tuple[Reviewed, str, str]]) -> SafeString:
    """The issues before the committee, with fields for what it decides while it may."""
    cycle, run, tiers = context["cycle"], context["run"], context["tiers"]
    address = reverse("issue_score", args=[cycle.code, "-"]).removesuffix("-/")
    page = _Page(
        address,
        f"/?run={run.number}",
        {tier: escape(word_for("tier", tier)) for tier in (*tiers, UNSCORED)},
        tuple(tiers),
        context["unsure"] if context["certainty"] else None,
        _Fields(escape(pgettext("committee", "Decision")), escape(_("Reason")))
        if context["may_review"] and cycle.state == cycle.State.IN_REVIEW
        else None,
    )
    return mark_safe("".join(_review_row(row, tier, reason, page) for row, tier, reason in rows))


class _Fields(NamedTuple):
    """What the fields of a row are called."""

    decision: str
    reason: str


class _Page(NamedTuple):
    """What all rows share: where issues lead, words of tiers, those to choose, below what a certainty is low (None: not
    shown), and names of fields (None: nothing can be changed).
    """

    address: str
    ending: str
    words: dict[str, str]
    tiers: tuple[str, ...]
    unsure: float | None
    fields: _Fields | None


def _review_row(row: Reviewed, tier: str, reason: str, page: _Page) -> str:
    own, issue = row.score, row.score.issue
    name, code, category = escape(issue.name), escape(issue.code), issue.category
    certain = ""
    if page.unsure is not None:
        low = " unsure" if own.tier_certainty is not None and own.tier_certainty < page.unsure else ""
        certain = f'<td class="num{low}">{escape(certainty(own.tier_certainty))}</td>'
    return (
        f'<tr{" class=decided" if row.differs else ""}><td class="num">{"–" if own.rank is None else own.rank}</td>'
        f'<th scope="row"><span class="mark mark-{category.mark}" role="img" aria-label="{escape(category.name)}">'
        f'</span> <a href="{page.address}{quote(issue.code)}{page.ending}">{name}</a>'
        f' <span class="code quiet">{code}</span></th>'
        f'<td class="num">{score(own.society)}</td><td class="num">{score(own.business)}</td>'
        f'<td class="num">{score(own.priority)}</td><td class="tight">{_tier(own.tier, page)}</td>{certain}'
        + (_deciding(row, tier, reason, page, name, code) if page.fields else _decided(row, reason, page))
        + "</tr>"
    )


def _tier(tier: str, page: _Page) -> str:
    return f'<span class="tier tier-{tier}">{page.words[tier]}</span>'


def _decided(row: Reviewed, reason: str, page: _Page) -> str:
    proposed = escape(_("as proposed"))
    told = _tier(row.tier, page) if row.decision else f'<span class="quiet">{proposed}</span>'
    by = f' <span class="quiet">{escape(str(row.decision.by))}</span>' if row.decision and row.decision.by else ""
    return f'<td class="tight">{told}</td><td>{escape(reason)}{by}</td>'


def _deciding(row: Reviewed, tier: str, reason: str, page: _Page, name: str, code: str) -> str:
    unscored = [UNSCORED] if row.score.tier == UNSCORED else []
    options = "".join(
        f'<option value="{each}"{" selected" if each == tier else ""}>{page.words[each]}</option>'
        for each in (*unscored, *page.tiers)
    )
    return (
        f'<td><input type="hidden" name="seen-{code}" value="{escape(row.standing)}">'
        f'<select name="tier-{code}" aria-label="{page.fields.decision}: {name}">{options}</select></td>'
        f'<td><input type="text" name="reason-{code}" value="{escape(reason)}" maxlength="2000"'
        f' aria-label="{page.fields.reason}: {name}"></td>'
    )


@register.simple_tag
def trial_dots(trial: Trial) -> SafeString:
    """The issues in the small matrix."""
    words = {tier: escape(word_for("tier", tier)) for tier in (*PRIORITY_TIERS, *EITHER_TIERS, UNSCORED)}
    return mark_safe(
        "\n".join(
            f'<circle id="dot-{escape(dot.code)}" class="dot-{dot.tier}{" moved" if dot.moved else ""}" cx="{dot.x}"'
            f' cy="{dot.y}" r="4"><title>{escape(dot.name)} · {words[dot.tier]}</title></circle>'
            for dot in trial.dots
        )
    )


MOST_SHOWN = 6


@register.simple_tag(takes_context=True)
def scenario_rows(context: Context, lines: Iterable[ScenarioLine]) -> SafeString:
    """What is made otherwise, how many issues change their tier by it, and which."""
    address = reverse("issue_score", args=[context["cycle"].code, "-"]).removesuffix("-/")
    words = {tier: escape(word_for("tier", tier)) for tier in (*PRIORITY_TIERS, *EITHER_TIERS, UNSCORED)}
    ending, comma = f"/?run={context['run'].number}", escape(_(", "))
    rows, label = [], escape(_("Issues that change"))
    for line in lines:
        which = comma.join(
            f'<a href="{address}{quote(code)}{ending}">{escape(name)}</a>'
            f' <span class="quiet">{words[before]} → {words[after]}</span>'
            for name, code, before, after in line.changed
        )
        if len(line.changed) > MOST_SHOWN:
            which = f"<details><summary>{escape(_('Show'))}</summary>{which}</details>"
        number = f'<td class="num" data-label="{label}">{len(line.changed)}</td>'
        rows.append(f'<tr><th scope="row">{escape(line.words)}</th>{number}<td>{which}</td></tr>')
    return mark_safe("".join(rows))


@register.simple_tag(takes_context=True)
def held_rows(context: Context, rows: Iterable[HeldTier]) -> SafeString:
    """Issues with their tier and in what share of the scenarios it holds."""
    address = reverse("issue_score", args=[context["cycle"].code, "-"]).removesuffix("-/")
    ending, words = f"/?run={context['run'].number}", {}
    cells = []
    for row in rows:
        issue, tier = row.score.issue, row.score.tier
        words.setdefault(tier, escape(word_for("tier", tier)))
        cells.append(
            f'<tr><th scope="row"><a href="{address}{quote(issue.code)}{ending}">{escape(issue.name)}</a></th>'
            f'<td class="tight"><span class="tier tier-{tier}">{words[tier]}</span></td>'
            f'<td class="num">{percent(row.share)}</td></tr>'
        )
    return mark_safe("".join(cells))


@register.simple_tag(takes_context=True)
def heat_rows(context: Context, rows: Iterable[ComparedIssue]) -> SafeString:
    """What each group made of the issues, tinted by how far it lies from the others, between what sets all of them
    apart.
    """
    address = reverse("issue_score", args=[context["cycle"].code, "-"]).removesuffix("-/")
    ending, disagree = f"/?run={context['run'].number}", escape(_("groups disagree"))
    hidden, lines = escape(_("Hidden: so few answers could point to a person")), []
    for row in rows:
        issue, sides = row.score.issue, signed_points(row.sides)
        told = f'<br><span class="interval">{disagree}</span>' if row.disagrees else ""
        lines.append(
            f'<tr><th scope="row"><a href="{address}{quote(issue.code)}{ending}">{escape(issue.name)}</a></th>\n'
            f'<td class="num">{score(row.disagreement)}{told}</td>\n'
            + "".join(f'<td class="num heat{cell.shade}">{_heat(cell, hidden)}</td>' for cell in row.cells)
            + f'\n<td class="num">{f"<b>{sides}</b>" if row.sides_beyond_chance else sides}</td></tr>'
        )
    return mark_safe("".join(lines))


def _heat(cell: ComparedCell, hidden: str) -> str:
    if cell.hidden:
        return f'<abbr title="{hidden}">·</abbr>'
    if cell.difference is None:
        return score(cell.score)
    apart = signed_points(cell.difference)
    told = f"<b>{apart}</b>" if cell.beyond_chance else f'<span class="interval">{apart}</span>'
    return f"{score(cell.score)}<br>{told}"
