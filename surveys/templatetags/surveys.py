"""Template filters of surveys: moments in their zone, words of rules, bars of fieldwork."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from materiality.models import Issue
from materiality.platform.bilingual import option_text
from materiality.platform.words import word_for
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED
from materiality.templatetags.yiti import count, percent
from surveys.models import ResponseImport, Survey
from surveys.queries.fieldwork import RuleLine
from surveys.queries.matches import ColumnLine, tool_name
from surveys.queries.plans import CategoryTicks, PrimaryTicks
from surveys.questionnaire.asking import zoned
from surveys.questionnaire.fieldwork import FunnelLine, Outlook, Projection
from surveys.questionnaire.ratings import OUTSIDE
from surveys.questionnaire.screening import RULE

register = template.Library()


_STAGES = {
    "failed": ("failed", gettext_lazy("Failed")),
    "storing": ("running", gettext_lazy("Being stored")),
    "unusable": ("refused", gettext_lazy("Nothing to store")),
    "match": ("checked", gettext_lazy("Columns to confirm")),
    "stored": ("done", gettext_lazy("Stored")),
}


@register.simple_tag
def import_state(imported: ResponseImport, stage: str) -> SafeString:
    """How far the import of a file is."""
    name, words = _STAGES.get(stage, (stage, imported.get_state_display()))
    return format_html('<span class="state state-{}">{}</span>', name, words)


@register.simple_tag
def survey_state(survey: Survey, standing: str) -> SafeString:
    """The state of a survey; of one that is open, what its dates make of it."""
    if survey.state == Survey.State.OPEN and standing != "open":
        words = _("Waits for its date") if standing == "not_yet" else _("Over")
        return format_html('<span class="state">{}</span>', words)
    return format_html('<span class="state state-{}">{}</span>', survey.state, survey.get_state_display())


@register.simple_tag(takes_context=True)
def funnel_cells(context: template.Context, line: FunnelLine, whole: bool = False) -> SafeString:
    """The numbers of a line of the funnel. What waits for release is known of `whole` groups only."""
    waiting = [line.waiting if whole else None] if context["survey"].anonymous else []
    answering = (line.started, line.in_progress, line.submitted, *waiting)
    told = (line.invited, line.opened, *answering, line.valid, line.flagged)
    return format_html_join("", '<td class="num">{}</td>', ((count(number),) for number in told))


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
def changed_rules(changes: Iterable[tuple[RuleLine, RuleLine]]) -> SafeString:
    """What became of each rule that differs between two versions."""
    told = ((flag_word(after.flag), _effect(before), _effect(after)) for before, after in changes)
    lines = format_html_join("", "<li><b>{}</b>: {} → {}</li>", told)
    return format_html('<ul class="rule-changes">{}</ul>', lines) if lines else lines


def _effect(line: RuleLine) -> str:
    return effect_word(line.effect) + (f" ({rule_words(line)})" if line.parameters else "")


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
def share_of(part: int, whole: int) -> str:
    """A part of a whole in per cent."""
    return percent(part / whole if whole else None)


@register.filter
def unlocalized(value: float) -> str:
    """A number as HTML attributes want it, at most 1."""
    return f"{min(value, 1):.3f}"


@register.simple_tag
def ask_rows(rows: Iterable[tuple[Issue, list[tuple[str, str, bool]]]], may_tick: bool) -> str:
    """The rows of the grid: each issue with its cells (code and name of a group, ticked). Hundreds of boxes on a page,
    in one piece.
    """
    return mark_safe("".join(_ask_row(issue, cells, may_tick) for issue, cells in rows))


def _ask_row(issue: Issue, cells: list[tuple[str, str, bool]], may_tick: bool) -> str:
    code, name = escape(issue.code), escape(called := issue.name)
    head = f'<tr><th scope="row">{name} <span class="code quiet">{code}</span></th>'
    if not may_tick:
        ticks = "".join(f'<td class="mid">{"✓" if ticked else "–"}</td>' for _code, _name, ticked in cells)
        return f'{head}{ticks}<td class="mid"></td></tr>'
    boxes = "".join(
        f'<td class="mid"><input type="checkbox" name="ask" value="{escape(group)}:{code}"'
        f'{" checked" if ticked else ""} aria-label="{escape(who)}: {name}"></td>'
        for group, who, ticked in cells
    )
    every = escape(_("All of %(name)s") % {"name": called})
    return f'{head}{boxes}<td class="mid"><input type="checkbox" data-all hidden aria-label="{every}"></td></tr>'


@register.simple_tag
def tick_list(held: CategoryTicks, name: str) -> str:
    """The issues of a category to tick, under their primaries, in one piece; `name` of the boxes."""
    return mark_safe("".join(_under_primary(under, name) for under in held.primaries))


def _under_primary(under: PrimaryTicks, name: str) -> str:
    ticks = [(tick.issue, tick.chosen, escape(tick.words)) for tick in under.ticks]
    found = " ".join(words for _issue, _chosen, words in ticks)  # a primary is found with any of its issues
    head = f'<li class="primary-name" data-words="{found}">{escape(under.primary.name)}</li>' if under.primary else ""
    return head + "".join(_tick(issue, name, chosen, words) for issue, chosen, words in ticks)


def _tick(issue: Issue, name: str, chosen: bool, words: str) -> str:
    code = escape(issue.code)
    return (
        f'<li data-words="{words}"><label class="choice"><input type="checkbox" name="{name}" value="{code}"'
        f'{" checked" if chosen else ""}> <span>{escape(issue.name)} <span class="code quiet">{code}</span></span>'
        "</label></li>"
    )


@register.simple_tag
def match_lines(lines: Iterable[ColumnLine]) -> str:
    """The rows of columns of a file, each with a field for what it is taken for: hundreds, in one piece."""
    nothing = escape(_("not taken in"))
    return mark_safe("".join(_match_line(line, nothing) for line in lines))


def _match_line(line: ColumnLine, nothing: str) -> str:
    samples = "".join(f"<span>{escape(_short(text, 30))}</span>" for text in line.examples) or "–"
    label = escape(_("Column %(letter)s is taken for") % {"letter": line.letter})
    return (
        f'<tr{" class=in-error" if line.error else ""}><td class="code">{escape(line.letter)}</td>'
        f'<th scope="row">{escape(_short(line.header, 160))}</th><td class="samples">{samples}</td>'
        f'<td><input type="text" list="targets" name="t{line.place}" value="{escape(line.target)}" '
        f'aria-label="{label}" placeholder="{nothing}" maxlength="200" autocomplete="off">'
        + (f'<p class="error">{escape(line.error)}</p>' if line.error else "")
        + "</td></tr>"
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else Truncator(text).chars(most)
