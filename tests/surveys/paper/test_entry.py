"""Entries of a sheet and where two of them differ."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.paper.entry import Differences, asked_positions, entry_differences, typed_code
from surveys.questionnaire.contents import Contents

VECTORS = st.lists(st.sampled_from([SKIPPED, 1, 2, 5, DONT_KNOW, NOT_ASKED]), min_size=1, max_size=12).map(bytes)


@settings(max_examples=40)
@given(VECTORS, st.integers(0, 2**12 - 1))
def test_differences_are_the_places_that_were_changed(vector, bits):
    places = {place for place in range(len(vector)) if bits >> place & 1}
    other = bytes((code + 1) % 256 if place in places else code for place, code in enumerate(vector))
    assert entry_differences(Contents(vector), Contents(other)) == Differences(tuple(sorted(places)), (), False)
    assert not entry_differences(Contents(vector), Contents(vector))


def test_differences_of_profile_and_comment():
    first = Contents(b"\x01", "much\r\nmore ", {"age": "a", "roles": ["x"]})
    second = Contents(b"\x01", "much more", {"age": "a", "job": "b"})
    assert entry_differences(first, second) == Differences((), ("roles", "job"), False)
    assert entry_differences(first, Contents(b"\x01", "less", first.profile)) == Differences((), (), True)


@pytest.mark.parametrize(
    ("text", "k", "code"),
    [
        ("", 5, SKIPPED), (" ", 5, SKIPPED), ("5", 5, 5), (" 3 ", 5, 3), ("d", 5, DONT_KNOW), ("DK", 5, DONT_KNOW),
        ("10", 10, 10), ("6", 5, None), ("0", 5, None), ("x", 5, None), ("-1", 5, None), ("1.0", 5, None),
        ("٣", 5, None),
    ],
)  # fmt: skip
def test_typed_code(text, k, code):
    assert typed_code(text, k) == code


def test_asked_positions_leave_out_what_is_not_asked():
    assert asked_positions(bytes([SKIPPED, NOT_ASKED, 3])) == [0, 2]
