"""Branches on pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.queries.library import BRANCHES, LINES, pages_of


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [([], [0]), ([5] * 23, [23]), ([60, 60, 1], [2, 1]), ([500, 3], [1, 1]), ([1] * 51, [50, 1])],
)
def test_pages_hold_whole_branches(lines, numbers):
    assert [len(page) for page in pages_of(lines, lambda number: number)] == numbers


@given(st.lists(st.integers(1, 200)))
def test_pages_hold_every_branch_once_and_are_full_but_never_too_full(lines):
    pages = pages_of(lines, lambda number: number)
    assert [number for page in pages for number in page] == lines
    assert all(len(page) <= BRANCHES and (sum(page) <= LINES or len(page) == 1) for page in pages)
    for page, following in zip(pages, pages[1:], strict=False):
        assert len(page) == BRANCHES or sum(page) + following[0] > LINES
