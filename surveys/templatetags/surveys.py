"""Template filters of surveys: moments in their zone, words of rules, bars of fieldwork."""

from datetime import date
from html import escape

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Issue
from materiality.platform.bilingual import option_text
from materiality.platform.words import word_for
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED
from materiality.templatetags.yiti import count, percent
from surveys.queries.fieldwork import RuleLine
from surveys.queries.matches import tool_name
from surveys.questionnaire.asking import zoned
from surveys.questionnaire.fieldwork import Outlook, Projection
from surveys.questionnaire.ratings import OUTSIDE
from surveys.questionnaire.screening import RULE

register = template.Library()


register.filter(option_text)
register.filter(tool_name)


@register.filter
def channel_word(channel: str) -> str:
    """The word for a channel; what a file says, where it is none of ours."""
    return word_for("channel", channel)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as minutes and seconds."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": rest}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


@register.filter
def pace(projection: Projection) -> str:
    """Valid responses per day, with a decimal where they are few."""
    value = projection.pace
    return count(round(value)) if value >= 10 else f"{value:.1f}"


@register.filter
def outlook(projection: Projection, target: int) -> str:
    """When the target is reached, in a sentence; a dash without a target."""
    values = {"on": _day(projection.on), "pace": pace(projection), "target": count(target)}
    values |= {"days": projection.days, "expected": count(projection.at_closing)}
    match projection.outlook:
        case Outlook.REACHED:
            return _("Reached.")
        case Outlook.OVER:
            return _("Not reached.")
        case Outlook.TOO_EARLY:
            return _("Too early to say: it has not been open for a whole day.")
        case Outlook.STANDS_STILL:
            return _stands_still(projection) % values
        case Outlook.IN_TIME:
            return _("About %(on)s, at %(pace)s a day.") % values
        case Outlook.TOO_LATE:
            return _("Not by the closing: at %(pace)s a day about %(expected)s of %(target)s by then.") % values
    return "–"


def _stands_still(projection: Projection) -> str:
    if projection.at_closing is None:
        return ngettext(
            "No valid response in the last %(days)s day.",
            "No valid response in the last %(days)s days.",
            projection.days,
        )
    return ngettext(
        "Not by the closing: no valid response in the last %(days)s day.",
        "Not by the closing: no valid response in the last %(days)s days.",
        projection.days,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else "–"


@register.filter
def tenths(seconds: float | None) -> str:
    """Seconds with one decimal."""
    return "–" if seconds is None else _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}


@register.filter
def number_at(numbers: dict, key: int) -> int:
    """The number of a key, 0 where it has none."""
    return numbers.get(key, 0)


@register.filter
def dimension_word(dimension: str) -> str:
    return word_for("dimension", dimension)


register.filter(zoned)


@register.filter
def flag_word(flag: str) -> str:
    return word_for("flag", flag)


@register.filter
def effect_word(effect: str) -> str:
    """The word for what a rule does."""
    return word_for("effect", effect)


@register.filter
def rule_words(line: RuleLine) -> str:
    """When a rule flags a response, with its own parameters."""
    return _(RULE[line.flag].words) % line.parameters


@register.filter
def flag_sense(flag: str) -> str:
    """What a rule looks at, without parameters."""
    return _(RULE[flag].sense)


@register.filter
def rating(code: int | None) -> str:
    """A rating's byte code in a word or figure; a dash where there is no rating."""
    words = {DONT_KNOW: _("don't know"), NOT_ASKED: _("not asked")}
    if code in words:
        return words[code]
    if code and OUTSIDE < code < DONT_KNOW:
        return _("%(rating)s, outside the plan") % {"rating": code - OUTSIDE}
    return str(code) if code else "–"


@register.filter
def share(part: int, whole: int) -> str:
    """A part of a whole in per cent."""
    return percent(part / whole if whole else None)


@register.filter
def unlocalized(value: float) -> str:
    """A number as HTML attributes want it, at most 1."""
    return f"{min(value, 1):.3f}"


@register.simple_tag
def ask_cells(issue: Issue, cells: list[tuple[str, str, bool]], may_tick: bool) -> str:
    """The cells (code and name of a group, ticked) of an issue in the grid: hundreds on a page, in one piece."""
    if not may_tick:
        return mark_safe("".join(f'<td class="mid">{"✓" if ticked else "–"}</td>' for _code, _name, ticked in cells))
    code, name = escape(issue.code), escape(issue.name)
    return mark_safe(
        "".join(
            f'<td class="mid"><input type="checkbox" name="ask" value="{escape(group)}:{code}"'
            f'{" checked" if ticked else ""} aria-label="{escape(called)}: {name}"></td>'
            for group, called, ticked in cells
        )
    )
