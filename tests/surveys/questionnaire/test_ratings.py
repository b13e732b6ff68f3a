"""Rating cells and vectors: every spelling, every refusal, and back again."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.questionnaire.ratings import (
    CELL_TEXT,
    ArrivalClock,
    RatingError,
    RatingTable,
    arrival_id,
    arrival_ids,
    first_id_at,
    rating_code,
)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1", 1),
        ("5", 5),
        (" 3 ", 3),
        ("3\u00a0", 3),
        ("\u30003", 3),
        ("5.0", 5),
        ("5.", 5),
        ("05", 5),
        ("+4", 4),
        ("５", 5),
        ("５．０", 5),
        (5, 5),
        (5.0, 5),
        ("", SKIPPED),
        ("   ", SKIPPED),
        ("DK", DONT_KNOW),
        (" dk ", DONT_KNOW),
        ("ｄｋ", DONT_KNOW),
        ("NA", NOT_ASKED),
        ("na", NOT_ASKED),
    ],
)
def test_rating_code_of_every_good_spelling(cell, code):
    assert rating_code(cell, 5) == code
    assert RatingTable(5)[cell] == code


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("0", "rating_out_of_range"),
        ("6", "rating_out_of_range"),
        ("-1", "rating_out_of_range"),
        (0.0, "rating_out_of_range"),
        (99, "rating_out_of_range"),
        ("4.5", "rating_not_whole"),
        ("4,5", "rating_not_whole"),
        (4.5, "rating_not_whole"),
        ("1e1", "rating_not_whole"),
        ("非常重要", "rating_not_a_number"),
        ("5 stars", "rating_not_a_number"),
        ("N/A", "rating_not_a_number"),
        ("=5", "rating_not_a_number"),
        (float("nan"), "rating_not_a_number"),
        (True, "rating_not_a_number"),
        (None, "rating_not_a_number"),
        ("9" * 400, "rating_not_whole"),
    ],
)
def test_rating_code_of_a_bad_cell_names_the_problem(cell, problem):
    with pytest.raises(RatingError) as caught:
        rating_code(cell, 5)
    assert (caught.value.code, caught.value.params) == (problem, {"k": 5})


def test_rating_table_raises_key_error_and_learns_only_good_cells():
    table = RatingTable(5)
    size = len(table)
    for cell in ("6", "x", 4.5):
        with pytest.raises(KeyError):
            table[cell]
    assert len(table) == size
    assert (table["5.0"], len(table)) == (5, size + 1)
    assert (table["4" + " " * 500], len(table)) == (4, size + 1)


@pytest.mark.parametrize("k", [1, 11, 0])
def test_rating_table_of_an_impossible_scale_is_refused(k):
    with pytest.raises(ValueError):
        RatingTable(k)


@given(st.integers(2, 10), st.data())
def test_vector_to_cells_and_back_is_the_same(k, data):
    codes = data.draw(st.lists(st.sampled_from([SKIPPED, DONT_KNOW, NOT_ASKED, *range(1, k + 1)]), max_size=30))
    texts = [CELL_TEXT[code] for code in codes]
    assert [rating_code(text, k) for text in texts] == codes


@given(st.text(max_size=8), st.integers(2, 10))
def test_rating_table_agrees_with_rating_code(cell, k):
    try:
        expected = rating_code(cell, k)
    except RatingError:
        with pytest.raises(KeyError):
            RatingTable(k)[cell]
    else:
        assert RatingTable(k)[cell] == expected


def test_arrival_ids_grow_in_order_of_arrival():
    ids = [arrival_id(), *arrival_ids(500), arrival_id()]
    assert ids == sorted(ids)
    assert len(set(ids)) == 502


def test_arrival_id_is_a_uuid_of_version_7_with_its_time():
    clock = ArrivalClock(lambda: 1_700_000_000_123 * 1_000_000)
    made = clock.take(1)[0]
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == 1_700_000_000_123


@given(st.integers(10**12, 4 * 10**12))
def test_first_id_at_a_moment_lies_between_those_before_and_after(milliseconds):
    before, after = (
        ArrivalClock(lambda now=now: now * 1_000_000).take(1)[0] for now in (milliseconds - 1, milliseconds)
    )
    assert before < first_id_at(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)) <= after


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 20)), max_size=20))
def test_arrival_ids_grow_whatever_the_clock_does(readings):
    times = iter([milliseconds * 1_000_000 for milliseconds, _ in readings])
    clock = ArrivalClock(lambda: next(times))
    ids = [made for _, number in readings for made in clock.take(number)]
    assert ids == sorted(set(ids))


def test_arrival_ids_of_a_large_import_stay_near_the_time():
    made = arrival_ids(15_000)[-1]
    assert abs((made.int >> 80) - time.time_ns() // 1_000_000) < 5_000


def test_arrival_ids_of_a_negative_number_are_refused():
    with pytest.raises(ValueError, match="-1"):
        arrival_ids(-1)
