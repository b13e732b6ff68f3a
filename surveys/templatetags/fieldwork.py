"""Template filters of the fieldwork page: channels, durations, when a target is reached."""

from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.templatetags.bilingual import count
from materiality.words import word_for
from surveys.questionnaire.projection import Outlook, Projection

register = template.Library()


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
    """The word for a dimension."""
    return word_for("dimension", dimension)
