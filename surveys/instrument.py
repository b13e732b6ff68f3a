"""The questionnaire's default wording: the words of the scale (scoring.md, Instrument)."""

from django.utils.translation import gettext as _

LANGUAGES = ("zh-hans", "en")


def scale_words(k: int) -> list[str]:
    """The word of each value 1..k in the active language; only the ends have one unless there are five values."""
    first, last = _("very little"), _("very much")
    if k == 5:
        return [first, _("little"), _("some"), _("much"), last]
    return [first, *[""] * (k - 2), last]
