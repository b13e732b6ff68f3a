"""The questionnaire's default wording: the scale, the attention question, the effort (scoring.md, Instrument)."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from surveys.questionnaire.asking import Effort

LANGUAGES = ("zh-hans", "en")

# Which of seven words the values of a scale have.
_WORDED = {
    2: (0, 6), 3: (0, 3, 6), 4: (0, 1, 5, 6), 5: (0, 1, 3, 5, 6), 6: (0, 1, 2, 4, 5, 6), 7: (0, 1, 2, 3, 4, 5, 6),
}  # fmt: skip


def scale_words(k: int) -> list[str]:
    """The word of each value 1..k in the active language; above seven values only the ends have one."""
    words = [_("very little"), _("little"), _("rather little"), _("some"), _("rather much"), _("much"), _("very much")]
    chosen = _WORDED.get(k)
    return [words[0], *[""] * (k - 2), words[-1]] if chosen is None else [words[place] for place in chosen]


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
