"""Which issues stand on which page of the questionnaire, in an order that is random per respondent."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import shake_128

MOST_PER_PAGE = 12


@dataclass(frozen=True)
class Page:
    """One page: the index of its category, and the indices of its issues within that category, in shown order."""

    category: int
    issues: tuple[int, ...]


def page_sizes(number: int, most: int = MOST_PER_PAGE) -> list[int]:
    """`number` issues on as few pages as `most` per page allows, as even as can be: 34 -> 12, 11, 11."""
    pages = -(-number // most)
    return [number // pages + (page < number % pages) for page in range(pages)]


def random_order(key: bytes, purpose: str, number: int) -> list[int]:
    """A permutation of range(number) that follows from the key alone and is the same on every machine."""
    digest = shake_128(key + purpose.encode()).digest(8 * number)
    places = array("Q", digest)
    return sorted(range(number), key=places.__getitem__)


def page_count(categories: Sequence[tuple[str, int]]) -> int:
    """Pages of the whole questionnaire; `categories` are (code, number of issues)."""
    return sum(len(page_sizes(number)) for _, number in categories)


def page_of(key: bytes, categories: Sequence[tuple[str, int]], page: int) -> Page:
    """Page 1..page_count of the respondent with this key; IndexError for another number (scoring.md, Instrument)."""
    left = page
    for category in random_order(key, "", len(categories)):
        code, number = categories[category]
        sizes = page_sizes(number)
        if 0 < left <= len(sizes):
            start = sum(sizes[: left - 1])
            return Page(category, tuple(random_order(key, code, number)[start : start + sizes[left - 1]]))
        left -= len(sizes)
    raise IndexError(page)
