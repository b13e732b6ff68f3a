"""Files that hold the words of our own instrument, in every version of it."""

import pytest
from django.utils import translation

from surveys.matching.scales import OWN_ZH
from surveys.matching.values import values_of
from surveys.models.instrument import scale_words
from surveys.questionnaire.instrument import INSTRUMENTS

WORDED = [(version, k) for version, each in INSTRUMENTS.items() for k in range(3, 8) if all(each.scale(k))]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("version", "k"), WORDED)
def test_words_of_every_version_are_read_as_their_values(version, k, language):
    with translation.override(language):
        words = scale_words(INSTRUMENTS[version], k)
        found = values_of([*words, "不了解", "Don't know"], k)
    assert [found.known.get(word) for word in words] == [str(value) for value in range(1, k + 1)]
    assert (found.unknown, found.doubts) == ([], [])


def test_chinese_words_are_those_that_are_shown():
    for instrument in INSTRUMENTS.values():
        for word in instrument.words:
            with translation.override("zh-hans"):
                assert translation.gettext(word) == OWN_ZH[word]
