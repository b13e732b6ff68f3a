import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.arrival import ArrivalClock, arrival_id, arrival_ids, first_id_at


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
