"""Putting branches of the library on pages."""

from collections.abc import Callable, Iterable
from typing import TypeVar

LINES, BRANCHES = 120, 50  # the default library of 116 lines stands on one page

Branch = TypeVar("Branch")


def pages_of(branches: Iterable[Branch], lines_of: Callable[[Branch], int]) -> list[list[Branch]]:
    """Whole branches, at most 50 and about 120 lines on a page; one empty page where there are none."""
    pages: list[list[Branch]] = [[]]
    filled = 0
    for branch in branches:
        lines = lines_of(branch)
        if pages[-1] and (filled + lines > LINES or len(pages[-1]) == BRANCHES):
            pages.append([])
            filled = 0
        pages[-1].append(branch)
        filled += lines
    return pages
