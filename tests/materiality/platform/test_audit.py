"""Checking the chain: what is wrong is named by the event's number, and nothing else is."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.platform.audit import HASHED, Chain, Finding, hash_of
from materiality.platform.digests import json_value, value_digest

LENGTH = 6


def rows_of_a_chain(length: int = LENGTH) -> list[list]:
    """Events 1 … length as values in the order of HASHED, then the hash."""
    rows, head = [], ""
    for number in range(1, length + 1):
        known = dict.fromkeys(HASHED, "") | {"previous_hash": head, "number": number, "after": {"n": number}}
        values = [known[name] for name in HASHED]
        head = hash_of(values)
        rows.append([*values, head])
    return rows


def put(row: list, name: str, value: object) -> None:
    row[HASHED.index(name)] = value


def found(rows: list[list]) -> list[tuple[int, str]]:
    return [(finding.number, finding.kind) for finding in Chain().check(rows)]


def test_chain_that_is_sound_has_no_findings():
    chain = Chain()
    rows = rows_of_a_chain()
    assert (list(chain.check(rows)), chain.number, chain.head) == ([], LENGTH, rows[-1][-1])


@given(
    st.integers(0, LENGTH - 1), st.sampled_from([name for name in HASHED if name not in ("number", "previous_hash")])
)
def test_chain_names_the_event_that_was_changed(place, name):
    rows = rows_of_a_chain()
    put(rows[place], name, "another")
    assert found(rows) == [(place + 1, "contents")]


@given(st.integers(0, LENGTH - 2), st.integers(1, LENGTH - 1))
def test_chain_names_the_events_that_are_missing(first, number):
    last = min(first + number, LENGTH - 1)
    rows = rows_of_a_chain()
    findings = list(Chain().check(rows[:first] + rows[last:]))
    assert findings == [Finding(first + 1, "missing", {"last": last})]


@given(st.integers(0, LENGTH - 2))
def test_chain_names_the_event_after_one_that_was_written_anew(place):
    rows = rows_of_a_chain()
    put(rows[place], "reason", "another")
    rows[place][-1] = hash_of(rows[place][:-1])
    assert found(rows) == [(place + 2, "chain")]


def test_chain_names_a_number_that_stands_twice():
    rows = rows_of_a_chain()
    assert found([*rows, rows[-1]]) == [(LENGTH, "order")]


@pytest.mark.parametrize("place", [0, 3, LENGTH - 1])
def test_chain_meets_its_anchor(place):
    rows = rows_of_a_chain()
    chain = Chain(anchor=rows[place][-1])
    assert [*chain.check(rows), *chain.end()] == []


def test_chain_that_was_cut_off_misses_its_anchor():
    rows = rows_of_a_chain()
    chain = Chain(anchor=rows[-1][-1])
    findings = [*chain.check(rows[:-1]), *chain.end()]
    assert findings == [Finding(0, "anchor", {"hash": rows[-1][-1]})]


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_plain_survives_being_stored_as_json(value):
    assert json.loads(json.dumps(json_value(value))) == json_value(value)
    assert value_digest(json.loads(json.dumps(json_value(value)))) == value_digest(json_value(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_plain_writes_whole_numbers_without_fraction(value):
    assert json_value(value) == value
    assert isinstance(json_value(value), int) == value.is_integer()


def test_digest_does_not_depend_on_the_order_of_keys():
    assert value_digest({"a": 1, "b": 2}) == value_digest({"b": 2, "a": 1})


def test_digest_keeps_microseconds_and_tells_bytes_apart():
    moment = datetime(2026, 1, 5, 9, 0, 0, 123456, UTC)
    values = [moment, moment.replace(microsecond=123000), b"\x01", b"\x02", UUID(int=1), None, "", []]
    assert len({value_digest(value) for value in values}) == len(values)


def test_digest_takes_memory_views_as_bytes():
    assert value_digest(memoryview(b"ab")) == value_digest(b"ab")
