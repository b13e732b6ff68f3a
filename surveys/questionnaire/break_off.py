"""On which page respondents stop."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ABOUT, END = "about", "end"


@dataclass(frozen=True)
class PageLine:
    """A page of issues 1, 2, …, or one of those after them (`kind`): how many respondents came to it, and how many of
    them have stopped there.
    """

    page: int
    reached: int
    left: int
    kind: str = ""

    @property
    def share(self) -> float:
        """Part of those who came to the page, 0–1."""
        return self.left / self.reached if self.reached else 0.0


def pages_left(
    drafts: Iterable[tuple[str, int, bool, int]],
    broken_off: Iterable[tuple[str, int, int]],
    submitted: Mapping[str, int],
    *,
    lengths: Mapping[str, int],
    about: bool,
) -> list[PageLine]:
    """The pages up to the last one at which anybody stopped or is.

    `drafts` are (group, last page saved, whether idle, number) of answers in progress, `broken_off` (group, last page
    saved, number) of those deleted unfinished, `submitted` those of each group who went through all their pages.
    Whoever saved page p last came to p + 1. `lengths` says how many pages of issues each group has; a group that is not
    named has the most. Then come the page about yourself, if there is one (`about`), and the end: the same for all, so
    that a page counts only those whose questionnaire has it.
    """
    last = [*([ABOUT] if about else []), END]
    most = max(lengths.values(), default=0)
    here, left = Counter(), Counter()
    for group, page, idle, number in [*drafts, *((group, page, True, number) for group, page, number in broken_off)]:
        own = lengths.get(group, most)
        # The end can be saved, too, without going on from it.
        at = page + 1 if page < own else min(most + page - own + 1, most + len(last))
        here[group, at] += number
        left[at] += number if idle else 0
    lines, beyond = [], Counter(submitted)
    for at in range(max((at for (_group, at), number in here.items() if number), default=0), 0, -1):
        for group in beyond.keys() | {group for group, _at in here}:
            beyond[group] += here[group, at]
        reached = sum(number for group, number in beyond.items() if at > most or at <= lengths.get(group, most))
        lines.append(PageLine(at, reached, left[at], last[at - most - 1] if at > most else ""))
    return lines[::-1]
