"""On which page respondents stop."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PageLine:
    """Page 1, 2, …: how many respondents came to it, and how many of them have stopped there."""

    page: int
    reached: int
    left: int

    @property
    def share(self) -> float:
        """Part of those who came to the page, 0–1."""
        return self.left / self.reached if self.reached else 0.0


def pages_left(drafts: Iterable[tuple[int, bool, int]], broken_off: Iterable[tuple[int, int]], submitted: int):
    """list[PageLine] up to the last page at which anybody stopped or is.

    `drafts` are (last page saved, whether idle, number) of answers in progress, `broken_off` (last page saved, number)
    of those deleted unfinished, `submitted` those who went through all pages. Whoever saved page p last came to p + 1.
    """
    here, left = Counter(), Counter()
    for page, idle, number in drafts:
        here[page + 1] += number
        left[page + 1] += number if idle else 0
    for page, number in broken_off:
        here[page + 1] += number
        left[page + 1] += number
    lines, reached = [], submitted
    for page in range(max(here, default=0), 0, -1):
        reached += here[page]
        lines.append(PageLine(page, reached, left[page]))
    return lines[::-1]
