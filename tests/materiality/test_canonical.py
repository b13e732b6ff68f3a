"""Values as bytes: the same for the same values, however a database gave them back."""

import json
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from materiality.canonical import plain, sha256_of

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_plain_survives_being_stored_as_json(value):
    assert json.loads(json.dumps(plain(value))) == plain(value)
    assert sha256_of(json.loads(json.dumps(plain(value)))) == sha256_of(plain(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_plain_writes_whole_numbers_without_fraction(value):
    assert plain(value) == value
    assert isinstance(plain(value), int) == value.is_integer()


def test_digest_does_not_depend_on_the_order_of_keys():
    assert sha256_of({"a": 1, "b": 2}) == sha256_of({"b": 2, "a": 1})


def test_digest_keeps_microseconds_and_tells_bytes_apart():
    moment = datetime(2026, 1, 5, 9, 0, 0, 123456, UTC)
    values = [moment, moment.replace(microsecond=123000), b"\x01", b"\x02", UUID(int=1), None, "", []]
    assert len({sha256_of(value) for value in values}) == len(values)


def test_digest_takes_memory_views_as_bytes():
    assert sha256_of(memoryview(b"ab")) == sha256_of(b"ab")
