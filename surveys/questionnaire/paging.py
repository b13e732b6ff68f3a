"""Which issues stand on which page of the questionnaire, in an order that is random per respondent."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import shake_128
from itertools import accumulate, groupby, pairwise

MOST_PER_PAGE, MOST_PER_SPLIT_PAGE = 12, 6


@dataclass(frozen=True)
class Sheet:
    """One page of issues, by their indices in the survey, in shown order; the attention question stands after so many
    of them, or is not on this page (None).
    """

    issues: tuple[int, ...]
    attention: int | None = None


def sheets_of(
    key: bytes,
    categories: Sequence[int],
    asked: Iterable[int],
    *,
    split: bool = False,
    single: bool = False,
    attention: bool = False,
) -> list[Sheet]:
    """The pages of the respondent with this key, who is asked the issues `asked`; `categories` is each issue's.

    Categories come one after another in random order, and so do the issues of each: at most 12 to a page of one
    category, in a `split` survey at most 6 of any, with `single` one (scoring.md, Instrument). The order is the same
    for all three. The attention question is among the issues of a middle page, with `single` on a page of its own.
    """
    order = _shuffled(key, categories, asked)
    if single:
        sheets = [Sheet((issue,)) for issue in order]
    elif split:
        sheets = _cut(order, MOST_PER_SPLIT_PAGE)
    else:
        sheets = [sheet for _, own in groupby(order, categories.__getitem__) for sheet in _cut([*own], MOST_PER_PAGE)]
    if attention and sheets:
        middle = len(sheets) // 2
        if single:
            sheets.insert(middle, Sheet((), 0))
        else:
            issues = sheets[middle].issues
            sheets[middle] = Sheet(issues, 1 + key[0] % max(1, len(issues) - 1))
    return sheets


def _shuffled(key: bytes, categories: Sequence[int], asked: Iterable[int]) -> list[int]:
    """The asked issues in the order of this key: random categories, random issues within each."""
    kinds = max(categories, default=-1) + 1
    places = array("Q", shake_128(key).digest(8 * (kinds + len(categories))))
    return sorted(asked, key=lambda issue: (places[categories[issue]], places[kinds + issue]))


def _cut(order: list[int], most: int) -> list[Sheet]:
    ends = accumulate(page_sizes(len(order), most), initial=0)
    return [Sheet(tuple(order[start:end])) for start, end in pairwise(ends)]


def page_sizes(number: int, most: int = MOST_PER_PAGE) -> list[int]:
    """`number` issues on as few pages as `most` per page allows, as even as can be: 34 -> 12, 11, 11."""
    pages = -(-number // most)
    return [number // pages + (page < number % pages) for page in range(pages)]


def page_count(categories: Sequence[tuple[object, int]]) -> int:
    """Pages of the whole questionnaire; `categories` are (code or key, number of issues)."""
    return sum(len(page_sizes(number)) for _, number in categories)
