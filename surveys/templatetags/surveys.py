"""Template filters of this app: moments in a survey's zone, words of screening rules."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED
from materiality.templatetags.bilingual import percent
from materiality.words import word_for
from surveys.queries.fieldwork import RuleLine

register = template.Library()


@register.filter
def zoned(moment: datetime | None, zone: str) -> str:
    """`{{ survey.opens_at|zoned:survey.zone }}`: date and time as clocks in the zone show it; empty for None."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@register.filter
def flag_word(flag: str) -> str:
    """The word for a screening flag."""
    return word_for("flag", flag)


@register.filter
def effect_word(effect: str) -> str:
    """The word for what a rule does."""
    return word_for("effect", effect)


@register.filter
def rule_words(line: RuleLine) -> str:
    """When a rule flags a response, with its own parameters."""
    sentences = {
        "incomplete": _("fewer than %(percent)s %% of the questions answered"),
        "straight_line": _("one value makes up %(percent)s %% or more of at least %(min_ratings)s ratings"),
        "speeding": _("less than %(seconds)s s per answer"),
        "duplicate": _("an earlier response has the same token"),
        "out_of_window": _("submitted before the opening or after the closing"),
        "no_consent": _("consent was not given"),
        "attention": _("the attention question answered with another rating than the one asked for"),
    }
    return sentences[line.flag] % line.parameters


@register.filter
def flag_sense(flag: str) -> str:
    """What a rule looks at, without parameters."""
    sentences = {
        "incomplete": _("Too few of the questions asked are answered; “don't know” is an answer."),
        "straight_line": _("Nearly all ratings of both dimensions are one and the same value."),
        "speeding": _("Answered faster than anybody can read."),
        "duplicate": _("An earlier response has the same token."),
        "out_of_window": _("Submitted before the opening, or after the closing and its 15 minutes of grace."),
        "no_consent": _("Consent was not given; its ratings and comment are not stored."),
        "attention": _("The attention question has another rating than the one asked for; skipping it is no fault."),
    }
    return sentences[flag]


@register.filter
def state_word(state: str) -> str:
    """The word for a filter of single responses."""
    words = {
        "valid": _("valid"),
        "invalid": _("submitted, not valid"),
        "unfinished": _("unfinished"),
        "overruled": _("decided by a person"),
    }
    return words[state]


@register.filter
def rating(code: int | None) -> str:
    """A rating's byte code in a word or figure; a dash where there is no rating."""
    words = {DONT_KNOW: _("don't know"), NOT_ASKED: _("not asked")}
    return words.get(code) or (str(code) if code else "–")


@register.filter
def share(part: int, whole: int) -> str:
    """A part of a whole in per cent."""
    return percent(part / whole if whole else None)


@register.filter
def unlocalized(value: float) -> str:
    """A number as HTML attributes want it, at most 1."""
    return f"{min(value, 1):.3f}"
