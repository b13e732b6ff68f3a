"""Checking the chain: what is wrong is named by the event's number, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.audit import HASHED, hash_of
from materiality.audit_check import Chain, Finding

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
