"""What a respondent is asked: plans, parts, pages, effort, profile, the window of fieldwork."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import shake_128
from itertools import accumulate, groupby, pairwise
from math import ceil, prod, sqrt
from random import Random
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from materiality.scoring.cube import BUSINESS, DIMENSIONS, DONT_KNOW, NOT_ASKED, SKIPPED, SOCIETY
from materiality.scoring.estimates import Z, t_quantile
from materiality.tables.problems import N_
from surveys.questionnaire.instrument import CURRENT, INSTRUMENTS, Instrument
from surveys.questionnaire.screening import GRACE_SECONDS


@dataclass(frozen=True)
class QuestionKind:
    """One kind of profile question: an answer is a code of its options, a list of them (`several`), or a text."""

    code: str
    word: str  # a message
    has_options: bool = True
    several: bool = False

    def ways(self, options: int) -> int:
        """In how many ways it can be answered, as far as that can be counted."""
        return 2**options if self.several else max(1, options)


QUESTION_KINDS = {
    kind.code: kind
    for kind in (
        QuestionKind("single", N_("One choice")),
        QuestionKind("multiple", N_("Several choices"), several=True),
        QuestionKind("text", N_("Short text"), has_options=False),
    )
}


def blank_ratings(items: Iterable[Mapping[str, int]], issues: Collection[int], dimensions: Collection[str]) -> bytes:
    """A byte per item: skipped where one of the `issues` (indices) is asked on one of the `dimensions`, else not asked.

    `items` are, per issue, the positions by dimension; together they are 0..n-1.
    """
    positions = list(items)
    ratings = bytearray([NOT_ASKED]) * sum(map(len, positions))
    for issue in issues:
        for dimension, position in positions[issue].items():
            if dimension in dimensions:
                ratings[position] = SKIPPED
    return bytes(ratings)


def asked_issues(items: Iterable[Mapping[str, int]], ratings: bytes) -> list[int]:
    """The issues (indices) of which something is asked, ascending."""
    found = []
    for issue, positions in enumerate(items):
        for position in positions.values():
            if ratings[position] != NOT_ASKED:
                found.append(issue)
                break
    return found


# Measured with people: 113 s for twelve issues on two scales; the slow ones took two and a half times as long.
SECONDS_PER_ITEM, SECONDS_PER_OTHER, SLOW = 4, 6, 2.5


class Effort(NamedTuple):
    """What one respondent is asked: so many issues, each on so many scales (1 or 2), and other questions."""

    issues: int
    scales: int
    others: int = 0

    @property
    def minutes(self) -> tuple[int, int]:
        """How long it takes at least and at most: an adult's pace, and that of somebody who reads slowly."""
        seconds = self.issues * self.scales * SECONDS_PER_ITEM + self.others * SECONDS_PER_OTHER
        least = max(1, round(seconds / 60))
        return least, max(least + 1, ceil(seconds * SLOW / 60))


def variances(number: np.ndarray, total: np.ndarray, squares: np.ndarray, *, least: int, k: int) -> np.ndarray:
    """Variance of ratings per cell [G, items] from counts, sums and sums of squares (int64).

    Cells with fewer than `least` ratings get the variance within all cells together: their own says little, and could
    tell what single persons said. Where nothing is known at all, that of ratings spread evenly over 1..`k`.
    """
    around = squares - np.divide(total.astype(float) ** 2, number, out=np.zeros(number.shape), where=number > 0)
    freedom = np.maximum(number - 1, 0)
    pooled = around[number > 1].sum() / freedom.sum() if freedom.sum() else (k**2 - 1) / 12
    own = np.divide(around, freedom, out=np.zeros(number.shape), where=freedom > 0)
    return np.where(number >= max(least, 2), own, pooled)


def needed_ratings(variance: np.ndarray, half_width: float, k: int) -> np.ndarray:
    """int64: the fewest ratings of this variance whose 95 % interval is at most ± `half_width` points on 0–100.

    At least 2, as in `planning.ratings_needed`; ValueError for a width that is not positive.
    """
    if half_width <= 0:
        raise ValueError("the width of an interval is positive")
    unit = np.asarray(variance, float) * (100 / ((k - 1) * half_width)) ** 2
    # The normal interval is narrower than Student's, so that its number is a place to start counting from.
    number = np.maximum(2, np.ceil(Z**2 * unit))
    while (short := t_quantile(number - 1) ** 2 * unit > number).any():
        number = number + short
    return number.astype(np.int64)


@dataclass(frozen=True)
class Sheet:
    """One page of issues, by their indices in the survey, in shown order, and the dimensions on which it asks about
    them, in theirs; the attention question stands after so many issues, or is not on this page (None).
    """

    issues: tuple[int, ...]
    attention: int | None = None
    dimensions: tuple[str, ...] = DIMENSIONS


def sheets_of(
    key: bytes,
    categories: Sequence[int],
    asked: Iterable[int],
    *,
    instrument: Instrument = INSTRUMENTS[CURRENT],
    split: bool = False,
    single: bool = False,
    attention: bool = False,
) -> list[Sheet]:
    """The pages of the respondent with this key, who is asked the issues `asked`; `categories` is each issue's.

    Categories come one after another in random order, and so do the issues of each, so many to a page as the
    instrument says; with `single` one question (scoring.md, Instrument). The order is the same whatever the pages. The
    attention question is among the issues of a middle page, with `single` on a page of its own.
    """
    order, dimensions = _shuffled(key, categories, asked), instrument.dimensions(key)
    if single:
        each = [(dimension,) for dimension in dimensions] if instrument.by_question else [dimensions]
        sheets = [Sheet((issue,), None, own) for issue in order for own in each]
    else:
        most = instrument.per_split_page if split else instrument.per_page
        lots = groupby(order, categories.__getitem__) if instrument.by_category and not split else [(None, order)]
        sheets = [Sheet(issues, None, dimensions) for _lot, own in lots for issues in _cut([*own], most)]
    if attention and sheets:
        middle = len(sheets) // 2
        if single:
            # Never between the two questions about one issue.
            middle -= middle % (len(sheets) // len(order))
            sheets.insert(middle, Sheet((), 0, dimensions))
        else:
            issues = sheets[middle].issues
            sheets[middle] = replace(sheets[middle], attention=1 + key[0] % max(1, len(issues) - 1))
    return sheets


def _shuffled(key: bytes, categories: Sequence[int], asked: Iterable[int]) -> list[int]:
    """The asked issues in the order of this key: random categories, random issues within each."""
    kinds = max(categories, default=-1) + 1
    places = array("Q", shake_128(key).digest(8 * (kinds + len(categories))))
    return sorted(asked, key=lambda issue: (places[categories[issue]], places[kinds + issue]))


def _cut(order: list[int], most: int) -> list[tuple[int, ...]]:
    ends = accumulate(page_sizes(len(order), most), initial=0)
    return [tuple(order[start:end]) for start, end in pairwise(ends)]


# In thirds of the issues as a respondent comes to them, how many items are answered, "don't know" and left out.
COURSE = ("answered", "unknown", "skipped")
THIRDS = 3


def course_of(order: Sequence[int], items: Sequence[Mapping[str, int]], ratings: bytes) -> tuple[int, ...]:
    """How somebody went on: of the first third of the issues in their `order`, the second and the last, the numbers of
    COURSE. `items` are, per issue, the positions by dimension.
    """
    numbers = [0] * THIRDS * len(COURSE)
    for place, issue in enumerate(order):
        third = THIRDS * place // len(order)
        for position in items[issue].values():
            code = ratings[position]
            if code != NOT_ASKED:
                kind = 2 if code == SKIPPED else 1 if code == DONT_KNOW else 0
                numbers[third * len(COURSE) + kind] += 1
    return tuple(numbers)


def page_sizes(number: int, most: int) -> list[int]:
    """`number` issues on as few pages as `most` per page allows, as even as can be: 34, 12 -> 12, 11, 11."""
    pages = -(-number // most)
    return [number // pages + (page < number % pages) for page in range(pages)]


def page_count(numbers: Iterable[int], *, instrument: Instrument = INSTRUMENTS[CURRENT], split: bool = False) -> int:
    """Pages of issues that a respondent sees who is asked so many issues of each category."""
    if split or not instrument.by_category:
        most = instrument.per_split_page if split else instrument.per_page
        return len(page_sizes(sum(numbers), most))
    return sum(len(page_sizes(number, instrument.per_page)) for number in numbers)


# Half-widths of 95 % intervals, in points on 0–100, that a plan is made for.
WIDTHS = (3, 5, 8)
# Points on 0–100: a standard deviation of 1.0 on a scale 1–5, where no earlier run says better.
DEFAULT_SPREAD = 25.0


def half_width(ratings: int, spread: float) -> float | None:
    """Half of the 95 % interval of a group's score, in points: t · spread / √n with n − 1 degrees of freedom.

    `spread` is the standard deviation of single ratings in points on 0–100. None for fewer than 2 ratings.
    """
    if ratings < 2:
        return None
    return float(t_quantile(ratings - 1)) * spread / sqrt(ratings)


def ratings_needed(width: float, spread: float) -> int:
    """The fewest ratings of one issue whose interval is at most ± `width` points (> 0); at least 2."""
    # The normal interval is narrower than Student's, so that its number is a place to start counting from.
    found = max(2, ceil((Z * spread / width) ** 2))
    while half_width(found, spread) > width:
        found += 1
    return found


def responses_needed(width: float, spread: float, *, issues: int, each: int, core: int = 0) -> int | None:
    """The fewest responses after which every issue has the ratings that ± `width` takes.

    Each respondent gets `each` of the group's `issues`, among them `core`, and the rest in turn. None where the part
    holds nothing but the core, so that other issues are never asked.
    """
    wanted, turns, waiting = ratings_needed(width, spread), each - core, issues - core
    if waiting <= 0 or each >= issues:
        return wanted
    return -(-wanted * waiting // turns) if turns > 0 else None


def ratings_of_each(responses: int, *, issues: int, each: int, core: int = 0) -> int:
    """Ratings that so many responses surely give every issue, where everybody answers everything that they get."""
    turns, waiting = each - core, issues - core
    if waiting <= 0 or each >= issues:
        return responses
    return responses * max(0, turns) // waiting


@dataclass(frozen=True)
class Plan:
    """What one group is asked: dimensions, issues left out (codes), and how many responses are expected of it.

    `expected` 0 = the group's target. The plan without arguments asks everything.
    """

    society: bool = True
    business: bool = True
    left_out: tuple[str, ...] = ()
    expected: int = 0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the group rates."""
        return tuple(name for name, rated in ((SOCIETY, self.society), (BUSINESS, self.business)) if rated)

    def issues(self, codes: Iterable[str]) -> list[str]:
        """Those of the issues that the group rates on some dimension, in their order."""
        left_out = set(self.left_out)
        return [code for code in codes if code not in left_out] if self.dimensions else []


def default_plan(group: str, side: str, raters: Mapping[str, Collection[str]]) -> Plan:
    """The plan that a group starts with: internal groups and partners rate both dimensions, others society alone.

    `raters` are, per issue, the codes of the groups that can rate it; none = all can.
    """
    both = side == "internal" or "partner" in group.lower()
    return Plan(society=True, business=both, left_out=tuple(default_left_out(group, raters)))


def default_left_out(group: str, raters: Mapping[str, Collection[str]]) -> list[str]:
    """The issues that the library says this group cannot rate; none for a group that the library never names."""
    if not any(group in able for able in raters.values()):
        return []
    return [issue for issue, able in raters.items() if able and group not in able]


def unrated(codes: Sequence[str], plans: Iterable[Plan]) -> dict[str, list[str]]:
    """Per dimension the issues that no group rates on it, in the order of `codes`."""
    rated: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for plan in plans:
        for dimension in plan.dimensions:
            rated[dimension].update(plan.issues(codes))
    return {dimension: [code for code in codes if code not in rated[dimension]] for dimension in DIMENSIONS}


FEWEST = 5


@dataclass(frozen=True)
class ThinGroup:
    """A group in which a combination of answers would be shared by fewer than 5 people on average."""

    group: str
    expected: int
    people: float


def combinations(questions: Iterable[tuple[str, int]]) -> int:
    """In how many ways the questions (kind, number of options) can be answered; short texts are not counted."""
    return prod(QUESTION_KINDS[kind].ways(options) for kind, options in questions)


def thin_groups(ways: int, expected: Mapping[str, int]) -> list[ThinGroup]:
    """Groups whose expected responses (0 = unknown, left out) give fewer than 5 people per combination."""
    return [
        ThinGroup(group, number, number / ways)
        for group, number in expected.items()
        if ways > 1 and 0 < number < FEWEST * ways
    ]


LEAST = 12
LOSS = 30  # per cent of the ratings asked for that break-off and don't-know take


def issues_each(issues: int, expected: int, min_n: int, least: int = LEAST) -> int:
    """How many of `issues` issues each respondent of a group gets so that `expected` respondents rate every issue about
    2 · `min_n` times though LOSS per cent of the ratings are lost, and never fewer than `least`:
    min(I, max(least, ceil(2 · min_n · I / (expected · (1 − loss))))) (scoring.md, Part size).

    All of them where nobody is expected (0).
    """
    if expected <= 0:
        return issues
    return min(issues, max(least, -(-200 * min_n * issues // (expected * (100 - LOSS)))))


def draw_part(
    counts: Sequence[int],
    size: int,
    *,
    primaries: Sequence[object],
    core: Collection[int],
    allowed: Collection[int],
    rng: Random,
) -> list[int]:
    """The issues of one respondent, as sorted indices: the core, and so many others that there are `size` in all.

    `counts` (uint32[I]) is how often each issue has been given in this group; `primaries` names the primary of each
    issue. Only `allowed` issues are given, of the core too. Those given least often come first; among these the
    primaries that the part has least of; and among these chance decides, by `rng` (random.SystemRandom() in
    production: no seed may lead from a part to a respondent). Fewer where fewer are allowed; more where the core is
    larger than `size`. So the counts of allowed issues outside the core never differ by more than 1.
    """
    part = [issue for issue in core if issue in allowed]
    held: dict[object, int] = {}
    for issue in part:
        held[primaries[issue]] = held.get(primaries[issue], 0) + 1
    waiting = set(allowed).difference(part)
    for level in sorted({counts[issue] for issue in waiting}):
        if len(part) >= size:
            break
        tied = [issue for issue in waiting if counts[issue] == level]
        part += _drawn(tied, size - len(part), primaries, held, rng)
    return sorted(part)


def _drawn(
    tied: list[int], wanted: int, primaries: Sequence[object], held: dict[object, int], rng: Random
) -> list[int]:
    """At most `wanted` of the tied issues; `held` (issues per primary in the part) is counted on."""
    free: dict[object, list[int]] = {}
    for issue in tied:
        free.setdefault(primaries[issue], []).append(issue)
    drawn: list[int] = []
    fewest, least = 0, []
    while free and len(drawn) < wanted:
        if not least:
            fewest = min([held.get(primary, 0) for primary in free])
            least = [own for primary, own in free.items() if held.get(primary, 0) == fewest]
        # One number chooses among the issues of all these primaries.
        at, place = rng.randrange(sum(map(len, least))), 0
        while at >= len(least[place]):
            at -= len(least[place])
            place += 1
        own = least.pop(place)
        drawn.append(own.pop(at))
        primary = primaries[drawn[-1]]
        held[primary] = fewest + 1
        if not own:
            del free[primary]
    return drawn


GRACE = timedelta(seconds=GRACE_SECONDS)


class Window(Protocol):
    """What a survey, or a row that was read with it, says about its times."""

    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


class Standing(Enum):
    """Whether answers are taken now."""

    NOT_YET = "not yet"
    OPEN = "open"
    GRACE = "grace"
    CLOSED = "closed"


def closing_time(window: Window) -> datetime | None:
    """The planned closing, or the moment when it was closed by hand, whichever was earlier; None = open end."""
    times = [at for at in (window.closes_at, window.closed_at) if at is not None]
    return min(times, default=None)


def standing(window: Window, now: datetime, begun: datetime | None = None) -> Standing:
    """Where the survey stands `now` for answers begun at that time; GRACE for 15 minutes after the closing if they
    were begun before it (scoring.md, out_of_window).
    """
    if window.state == "draft" or (window.opens_at is not None and now < window.opens_at):
        return Standing.NOT_YET
    end = closing_time(window)
    if end is None:
        return Standing.OPEN if window.state == "open" else Standing.CLOSED
    if now <= end:
        return Standing.OPEN
    return Standing.GRACE if begun is not None and begun < end and now <= end + GRACE else Standing.CLOSED


def zoned(moment: datetime | None, zone: str) -> str:
    """`{{ survey.opens_at|zoned:survey.zone }}`: date and time as clocks in the zone show it; empty for None."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
