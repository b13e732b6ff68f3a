"""The wording of the questionnaire in the active language: questions, scale, attention question, effort."""

from collections.abc import Iterable, Sequence

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from surveys.questionnaire.asking import Effort
from surveys.questionnaire.instrument import QUESTIONS, RANKING_QUESTION, Instrument

LANGUAGES = ("zh-hans", "en")


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


def effort_words(efforts: Iterable[Effort]) -> str:
    """How long the questionnaire takes, in the active language; a span where it differs by group."""
    known: Sequence[Effort] = [*efforts]
    scales = {effort.scales for effort in known}
    if scales == {2}:
        text = _(
            "About %(minutes)s minutes: %(issues)s issues, two short questions on each. You may leave any of them out."
        )
    elif scales == {1}:
        text = _(
            "About %(minutes)s minutes: %(issues)s issues, a short question on each. You may leave any of them out."
        )
    else:
        text = _(
            "About %(minutes)s minutes: %(issues)s issues, one or two short questions on each. "
            "You may leave any of them out."
        )
    return text % {
        "minutes": _span([effort.minutes for effort in known]),
        "issues": _span([effort.issues for effort in known]),
    }


def zone_words(zone: str) -> str:
    """A time zone as respondents know it, in the active language."""
    return _("Beijing time") if zone == "Asia/Shanghai" else zone


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers, default=0), max(numbers, default=0)
    return str(low) if low == high else f"{low}–{high}"
