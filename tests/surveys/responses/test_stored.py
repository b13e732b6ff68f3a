"""Stored responses are the same columns, whichever way the database hands them over."""

from dataclasses import fields
from struct import pack
from uuid import UUID

import numpy as np
import pytest

from surveys.responses.stored import rows_of_copy, stored_of_copy, stored_of_rows

ROWS = [
    (UUID(int=1), 7 << 26, bytes([1, 5, 254, 255]), None),
    (UUID(int=2**127 + 5), (9 << 26) + (513 << 10) + (2 << 1) + 1, bytes([0, 2, 3, 4]), '["SOC-01", "BIZ-02"]'),
    (UUID(int=3), (7 << 26) + (1 << 10) + (1 << 1), bytes([5, 5, 5, 5]), '["SOC-01"]'),
]
BATCHES = ("a-0001", "", "批-2")


def copied(rows) -> list[memoryview]:
    """As PostgreSQL writes them: a head before the first row, a mark after the last."""
    found = []
    for pk, packed, ratings, *texts in rows:
        cells = [pk.bytes, pack(">q", packed), ratings, *(text if text is None else text.encode() for text in texts)]
        sized = (pack(">i", -1) if cell is None else pack(">i", len(cell)) + cell for cell in cells)
        found.append(pack(">h", len(cells)) + b"".join(sized))
    found[0] = b"PGCOPY\n\xff\r\n\0" + pack(">ii", 0, 3) + b"ext" + found[0]
    return [memoryview(row) for row in [*found, pack(">h", -1)]]


@pytest.mark.parametrize("clusters", [(), BATCHES])
def test_copy_of_postgresql_gives_what_rows_of_sqlite_give(clusters):
    rows = [(*row, *own) for row, own in zip(ROWS, zip(clusters) if clusters else [()] * 3, strict=True)]
    found = stored_of_copy(list(rows_of_copy(copied(rows))))
    expected = stored_of_rows([(row[0].hex, *row[1:]) for row in rows])
    for each in fields(expected):
        one, other = getattr(found, each.name), getattr(expected, each.name)
        assert np.array_equal(one, other) if isinstance(other, np.ndarray) else list(one) == list(other), each.name
    assert found.named == expected.named == {1: ROWS[1][3], 2: ROWS[2][3]}
    assert (found.group.tolist(), found.flags.tolist()) == ([7, 9, 7], [0, 513, 1])
    assert (found.overruled.tolist(), found.unfinished.tolist()) == ([0, 2, 1], [False, True, False])
    assert found.check() == expected.check() and len(found) == 3


def test_ratings_of_different_lengths_are_no_responses_of_one_survey():
    rows = [*ROWS, (*ROWS[0][:2], b"\1", None)]
    with pytest.raises(ValueError, match="different lengths"):
        stored_of_copy(list(rows_of_copy(copied(rows))))


def test_empty_copy_has_no_rows():
    head = b"PGCOPY\n\xff\r\n\0" + pack(">ii", 0, 0)
    assert list(rows_of_copy([memoryview(head), memoryview(pack(">h", -1))])) == []
    assert list(rows_of_copy([memoryview(head + pack(">h", -1))])) == []
