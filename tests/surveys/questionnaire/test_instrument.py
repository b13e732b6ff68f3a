"""The words of scales in every version of the instrument."""

import pytest

from surveys.questionnaire.instrument import CURRENT, INSTRUMENTS


@pytest.mark.parametrize("k", range(2, 6))
def test_every_value_of_a_scale_up_to_five_has_a_word_of_its_own(k):
    words = INSTRUMENTS[CURRENT].scale(k)
    assert len(set(words)) == k and all(words)


@pytest.mark.parametrize("k", range(6, 11))
def test_of_longer_scales_the_ends_have_words(k):
    assert INSTRUMENTS[CURRENT].scale(k) == ["very little", *[""] * (k - 2), "very much"]


def test_first_instrument_keeps_its_words():
    assert INSTRUMENTS[1].scale(5) == ["very little", "little", "some", "much", "very much"]
    assert [word == "" for word in INSTRUMENTS[1].scale(7)] == [False] * 7
    assert INSTRUMENTS[1].scale(10)[1:9] == [""] * 8
