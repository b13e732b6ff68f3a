"""What is wrong with a pair of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.queries.translations import (
    MISSING_EN,
    MISSING_ZH,
    OLDER_EN,
    OLDER_ZH,
    fingerprint,
    state_of,
    tidy_text,
)

EARLY, LATE = "2026-01-01T00:00:00+00:00", "2026-03-01T08:00:00.5+08:00"


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        (("议题", "Issue"), ""),
        (("", ""), ""),
        (("议题", " "), MISSING_EN),
        (("", "Issue"), MISSING_ZH),
        (("议题", "Issue", LATE, EARLY), OLDER_EN),
        (("议题", "Issue", EARLY, LATE), OLDER_ZH),
        (("议题", "Issue", "", EARLY), OLDER_ZH),
        (("议题", "Issue", LATE, LATE), ""),
        (("", "Issue", LATE, EARLY), MISSING_ZH),
    ],
)
def test_state_of_a_pair(texts, state):
    assert state_of(*texts) == state


def test_state_of_compares_times_across_zones():
    assert state_of("议题", "Issue", "2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00+00:00") == ""


@given(st.text(), st.text(), st.text(), st.text())
def test_fingerprint_is_the_same_for_the_same_pair_only(zh, en, other_zh, other_en):
    pair, other = (zh.replace("\0", ""), en), (other_zh.replace("\0", ""), other_en)
    assert (fingerprint(*pair) == fingerprint(*other)) is (pair == other)


@given(st.text(), st.booleans())
def test_tidy_twice_is_tidy_once(text, is_long):
    once = tidy_text(text, is_long)
    assert tidy_text(once, is_long) == once
