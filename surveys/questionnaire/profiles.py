"""Whether the answers to profile questions could single somebody out (architecture.md, Anonymous means unlinkable)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True)
class ThinGroup:
    """A group in which a combination of answers would be shared by fewer than 5 people on average."""

    group: str
    expected: int
    people: float


def combinations(questions: Iterable[tuple[str, int]]) -> int:
    """In how many ways the questions (kind, number of options) can be answered; short texts are not counted."""
    ways = 1
    for kind, options in questions:
        if kind == "single":
            ways *= max(1, options)
        elif kind == "multiple":
            ways *= 2**options
    return ways


def thin_groups(ways: int, expected: Mapping[str, int]) -> list[ThinGroup]:
    """Groups whose expected responses (0 = unknown, left out) give fewer than 5 people per combination."""
    return [
        ThinGroup(group, number, number / ways)
        for group, number in expected.items()
        if ways > 1 and 0 < number < FEWEST * ways
    ]
