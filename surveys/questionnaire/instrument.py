"""Versions of the instrument (scoring.md, Instrument). A survey keeps the one that it was opened with."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import shake_128

from materiality.scoring.cube import BUSINESS, DIMENSIONS, SOCIETY
from materiality.tables.problems import N_

# Sentences and words are messages.
QUESTIONS = {
    SOCIETY: N_("Whether done well or badly, how much does this affect <b>society and the environment</b>?"),
    BUSINESS: N_("Whether done well or badly, how much does this affect <b>the company's business</b>?"),
}
RANKING_QUESTION = N_("Of the issues you rated, which three matter most?")
_SEVEN = (
    N_("very little"), N_("little"), N_("rather little"), N_("some"), N_("rather much"), N_("much"), N_("very much"),
)  # fmt: skip
_FIVE = (N_("very little"), N_("little"), N_("medium"), N_("much"), N_("very much"))


@dataclass(frozen=True)
class Instrument:
    """What a version shows: the words of its scales, pages and their order.

    `worded` says, per length of a scale, which of `words` its values have; of a length that is not named only the ends
    have one. `by_category`: a page of a full questionnaire keeps to one category. `turned`: half of the respondents
    begin with the business. `by_question`: large text has one question a screen, not one issue.
    `short_on_paper`: sheets name the dimension in place of the question, and word the ends of the scale alone.
    `always_defined`: sheets have the definition of every issue, whatever is chosen.
    """

    version: int
    words: tuple[str, ...]
    worded: Mapping[int, tuple[int, ...]]
    per_page: int
    per_split_page: int
    by_category: bool
    turned: bool
    by_question: bool
    short_on_paper: bool
    always_defined: bool

    def scale(self, k: int) -> list[str]:
        """The message of each value 1..k, empty where it has no word."""
        places = self.worded.get(k)
        if places is None:
            return [self.words[0], *[""] * (k - 2), self.words[-1]]
        return [self.words[place] for place in places]

    def dimensions(self, key: bytes) -> tuple[str, ...]:
        """The dimensions in the order in which the respondent with this key is asked about them, on every page."""
        turned = self.turned and shake_128(key + b"dimensions").digest(1)[0] & 1
        return DIMENSIONS[::-1] if turned else DIMENSIONS


# 1: until November 2026. Words stood at the ends alone, but for large text and screen readers.
_FIRST = {2: (0, 6), 3: (0, 3, 6), 4: (0, 1, 5, 6), 5: (0, 1, 3, 5, 6), 6: (0, 1, 2, 4, 5, 6), 7: (0, 1, 2, 3, 4, 5, 6)}
# 2: every value of a scale up to five is worded in every mode and on paper.
_SECOND = {2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
_OF_NOVEMBER = {"by_category": True, "turned": False, "by_question": False, "short_on_paper": True}
_NOW = {"by_category": False, "turned": True, "by_question": True, "short_on_paper": False}
INSTRUMENTS = {
    each.version: each
    for each in (
        Instrument(1, _SEVEN, _FIRST, 12, 6, **_OF_NOVEMBER, always_defined=False),
        Instrument(2, _FIVE, _SECOND, 6, 6, **_NOW, always_defined=True),
    )
}
CURRENT = max(INSTRUMENTS)
