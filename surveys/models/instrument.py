"""The wording of the questionnaire in the active language: questions, scale, attention question, effort."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from surveys.models.surveys import Survey
from surveys.questionnaire.asking import Effort, Window, closing_time, zoned
from surveys.questionnaire.instrument import QUESTIONS, RANKING_QUESTION, Instrument


def scale_words(instrument: Instrument, k: int) -> list[str]:
    """The word of each value 1..k in the active language, empty where it has none."""
    return [_(word) if word else "" for word in instrument.scale(k)]


def question_words(dimension: str) -> str:
    """The question on one dimension in the active language, as HTML."""
    return mark_safe(_(QUESTIONS[dimension]))


def plain_question(dimension: str) -> str:
    """The question on one dimension in the active language, as text."""
    return _(QUESTIONS[dimension]).replace("<b>", "").replace("</b>", "")


def ranking_question() -> str:
    """What the ranking step asks, in the active language."""
    return _(RANKING_QUESTION)


def page_head() -> str:
    """What stands above every page of questions, in the active language."""
    return _("Rate the size of the effect, not how well the company does")


def attention_words(value: int) -> tuple[str, str]:
    """Heading and question of the attention question, which asks for this value, in the active language."""
    return _("One question in between"), _("To show that you read this, please choose %(value)s here.") % {
        "value": value
    }


def minutes_words(efforts: Iterable[Effort]) -> str:
    """How long the questionnaire takes, in the active language: “2–5 minutes”; a few where nothing is known."""
    minutes = [effort.minutes for effort in efforts]
    if not minutes:
        return _("a few minutes")
    return _("%(minutes)s minutes") % {"minutes": f"{min(minutes)[0]}–{max(most for _least, most in minutes)}"}


def effort_words(efforts: Iterable[Effort]) -> str:
    """How long the questionnaire takes and what it asks, in the active language; a span where it differs by group."""
    known: Sequence[Effort] = [*efforts]
    scales = {effort.scales for effort in known}
    if scales == {2}:
        text = _("%(minutes)s: %(issues)s issues, two short questions on each. You may leave any of them out.")
    elif scales == {1}:
        text = _("%(minutes)s: %(issues)s issues, a short question on each. You may leave any of them out.")
    else:
        text = _("%(minutes)s: %(issues)s issues, one or two short questions on each. You may leave any of them out.")
    return text % {"minutes": minutes_words(known), "issues": _span([effort.issues for effort in known])}


def anonymity_words(*, anonymous: bool, personal: bool = False, mailed: bool = False) -> str:
    """Anonymous or not, in one plain sentence in the active language."""
    if anonymous and mailed:
        return _("Anonymous: the company can see that you have answered, not what.")
    if anonymous:
        return _("Anonymous: nobody can tell which answers are yours.")
    if personal:
        return _("Not anonymous: by your link the company can find out which answers are yours.")
    return _("Without your name: neither name nor address is stored with your answers.")


def until_words(window: Window, zone: str) -> str:
    """Until when the survey is open, in the active language; empty where the end is open."""
    closes = moment_words(closing_time(window), zone)
    return closes and _("until %(closes)s") % {"closes": closes}


def brief_words(survey: Survey, efforts: Iterable[Effort], *, personal: bool = False, mailed: bool = False) -> str:
    """How long, until when, anonymous or not: what mails, posters and shared texts say as the first page does."""
    told = [minutes_words(efforts), until_words(survey, survey.zone)]
    anonymity = anonymity_words(anonymous=survey.anonymous, personal=personal, mailed=mailed)
    return _("%(facts)s. %(anonymity)s") % {"facts": _("; ").join(filter(None, told)), "anonymity": anonymity}


def moment_words(moment: datetime | None, zone: str) -> str:
    """Date and time with the time zone as respondents know it, in the active language; empty for None."""
    told = {"moment": zoned(moment, zone), "zone": _("Beijing time") if zone == "Asia/Shanghai" else zone}
    return _("%(moment)s (%(zone)s)") % told if moment else ""


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers, default=0), max(numbers, default=0)
    return str(low) if low == high else f"{low}–{high}"
