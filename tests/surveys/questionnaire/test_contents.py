"""What a sealed draft holds comes back from its bytes, and takes the same room whatever it is."""

from array import array
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.contents import (
    LONGEST_SEALED_COMMENT,
    MODES,
    Contents,
    pack,
    pack_issues,
    sealed_size,
    unpack,
    unpack_issues,
)
from surveys.questionnaire.saving import PAGES, History, Sent, slots_of

ITEMS = 6
QUESTIONS = [("age", ["a", "b"]), ("roles", ["x", "y", "z"]), ("note", [])]
SIZE = sealed_size(ITEMS, QUESTIONS)
SLOTS = len(slots_of(ITEMS, [code for code, _options in QUESTIONS]))
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)) | st.none()


def numbers(kind: str) -> st.SearchStrategy[array]:
    """One for each answer, of two or four bytes."""
    largest = 2 ** (8 * array(kind).itemsize) - 1
    return st.lists(st.integers(0, largest), min_size=SLOTS, max_size=SLOTS).map(lambda each: array(kind, each))


CONTENTS = st.builds(
    Contents,
    ratings=st.binary(min_size=ITEMS, max_size=ITEMS),
    comment=st.text(max_size=LONGEST_SEALED_COMMENT // 2),
    profile=st.fixed_dictionaries(
        {},
        optional={
            "age": st.sampled_from(["a", "b"]),
            "roles": st.lists(st.sampled_from("xyz"), unique=True),
            "note": st.text(max_size=200),
        },
    ),
    attention=st.none() | st.integers(0, 254),
    language=st.sampled_from(["", "zh-hans", "en"]),
    mode=st.sampled_from(MODES),
    notice_version=st.integers(0, 65535),
    started_at=TIMES,
    submitted_at=TIMES,
    flags=st.none() | st.integers(0, 65534),
    batch_id=st.none(),
    serial=st.none(),
    course=st.just(()) | st.tuples(*[st.integers(0, 65535)] * 9),
    history=st.just(History())
    | st.builds(
        History,
        numbers("H"),
        numbers("I"),
        numbers("H"),
        st.lists(st.builds(Sent, st.integers(0, 2**32 - 1), st.integers(1, 65535)), max_size=PAGES).map(tuple),
    ),
)


@given(CONTENTS)
def test_contents_come_back_from_bytes_of_one_length(contents):
    packed = pack(contents, SIZE)
    assert (unpack(packed), len(packed)) == (contents, SIZE)


@pytest.mark.parametrize(("batch", "serial"), [(7, 0), (2**32 - 1, 2**32 - 2), (None, None)])
def test_link_is_kept(batch, serial):
    held = unpack(pack(Contents(bytes(ITEMS), batch_id=batch, serial=serial), SIZE))
    assert (held.batch_id, held.serial) == (batch, serial)


def test_longest_answers_have_room_and_longer_ones_are_refused():
    longest = {"age": "b", "roles": ["x", "y", "z"], "note": "\x01" * 200}
    history = History(*[(65535,) * SLOTS] * 3, (Sent(1, 1),) * PAGES)
    pack(
        Contents(
            b"\xff" * ITEMS, "\U0001f600" * (LONGEST_SEALED_COMMENT // 2), longest, history=history, course=(9,) * 9
        ),
        SIZE,
    )
    with pytest.raises(ValueError, match="longer than"):
        pack(Contents(bytes(ITEMS), "c" * 2 * LONGEST_SEALED_COMMENT), SIZE)


@given(st.sets(st.integers(0, 92)))
def test_issues_come_back_from_their_bits(issues):
    bits = pack_issues(issues, 93)
    assert (unpack_issues(bits), len(bits)) == (sorted(issues), 12)


def test_answers_that_were_sealed_in_the_first_form_are_opened():
    contents = Contents(b"\3" * ITEMS, "好", {"age": "b"})
    packed = pack(contents, SIZE)
    at = packed.index(contents.ratings) + ITEMS
    assert unpack(b"\1" + packed[1:at] + b"\7" * 6 * ITEMS + packed[at:]) == contents
