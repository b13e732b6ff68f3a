"""Figures of fieldwork: funnel, account of the report, break-offs, days, projection."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from math import ceil
from zoneinfo import ZoneInfo

import numpy as np

from surveys.questionnaire.screening import EXCLUDE, FLAG_BIT


@dataclass(frozen=True)
class Account:
    """submitted = waiting + valid + all rejected + excluded.

    `invited` None = not known. `first` and `last` are days between which responses came, None = not known. `ways` are
    submitted responses per channel and `groups` valid ones per group key. `rejected` counts each response under the
    first rule that rejects it; `excluded` are those that a person took out; `unfinished` were begun, not submitted.
    """

    invited: int | None = None
    first: date | None = None
    last: date | None = None
    is_open: bool = False
    submitted: int = 0
    waiting: int = 0
    valid: int = 0
    unfinished: int = 0
    excluded: int = 0
    ways: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[int, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)


def taken_out(
    kinds: Iterable[Sequence], rejecting: Sequence[str], counts: Callable[[int, int, bool], bool]
) -> tuple[Counter, Counter, int]:
    """(valid per group, rejected per flag, excluded by a person) of kinds (see `count_fieldwork`).

    `rejecting` are the flags whose rules reject, in order; `counts(flags, overruled, unfinished)` tells valid ones.
    """
    groups, rejected, excluded = Counter(), Counter(), 0
    for group, _channel, flags, overruled, unfinished, number in kinds:
        if unfinished:
            continue
        if counts(flags, overruled, bool(unfinished)):
            groups[group] += number
        elif overruled == EXCLUDE:
            excluded += number
        else:
            rejected[next(flag for flag in rejecting if flags & FLAG_BIT[flag])] += number
    return groups, rejected, excluded


RANKING, ABOUT, END = "ranking", "about", "end"


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
    ranking: bool = False,
) -> list[PageLine]:
    """The pages up to the last one at which anybody stopped or is.

    `drafts` are (group, last page saved, whether idle, number) of answers in progress, `broken_off` (group, last page
    saved, number) of those deleted unfinished, `submitted` those of each group who went through all their pages.
    Whoever saved page p last came to p + 1. `lengths` says how many pages of issues each group has; a group that is not
    named has the most. Then come the ranking step and the page about yourself, if there are (`ranking`, `about`), and
    the end: the same for all, so that a page counts only those whose questionnaire has it.
    """
    last = [*([RANKING] if ranking else []), *([ABOUT] if about else []), END]
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


# Beyond so many days bars would be too thin to be seen.
MOST_DAYS = 120
STEP, BAR, HEIGHT = 10, 8, 100


@dataclass(frozen=True)
class Bar:
    """Responses of the days `first` to `last`; place and size in the chart's own units, y from above."""

    first: date
    last: date
    number: int
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars without gaps from the first day to the last; `width` of the chart in its own units (it is HEIGHT high)."""

    bars: list[Bar]
    width: int
    most: int
    weekly: bool


def day_chart(by_day: Mapping[int, int]) -> Chart | None:
    """The chart of {day's proleptic ordinal: number}; None without a day."""
    if not by_day:
        return None
    weekly = max(by_day) - min(by_day) >= MOST_DAYS
    span = 7 if weekly else 1
    # Ordinal 1 is a Monday.
    begin = (min(by_day) - 1) // span * span + 1
    numbers = [0] * ((max(by_day) - begin) // span + 1)
    for day, number in by_day.items():
        numbers[(day - begin) // span] += number
    most = max(numbers)
    bars = []
    for place, number in enumerate(numbers):
        height = round(HEIGHT * number / most, 2) if most else 0
        first = begin + place * span
        dates = (date.fromordinal(first), date.fromordinal(first + span - 1))
        bars.append(Bar(*dates, number, place * STEP + (STEP - BAR) // 2, round(HEIGHT - height, 2), height))
    return Chart(bars, STEP * len(bars), most, weekly)


# No zone is offset by anything finer today, so all moments of a quarter of an hour are on one day.
_QUARTER = 900


class Days:
    """Submitted and valid responses per group and day of a zone."""

    def __init__(self, groups: int, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._day_of: dict[int, int] = {}
        self._counts: dict[tuple[int, int], list[int]] = {}
        self._groups = max(groups, 1)

    def add(self, group: np.ndarray, submitted_at: np.ndarray, valid: np.ndarray) -> None:
        """`group` int[R], `submitted_at` float64[R] in seconds since 1970, nan = unknown, not counted; `valid` bool."""
        known = ~np.isnan(submitted_at)
        quarters, place = np.unique((submitted_at[known] // _QUARTER).astype(np.int64), return_inverse=True)
        days = np.array([self._day(quarter) for quarter in quarters.tolist()], np.int64)
        keys = days[place] * self._groups + group[known] if len(quarters) else np.zeros(0, np.int64)
        for part, mask in enumerate((slice(None), valid[known])):
            for key, number in zip(*(each.tolist() for each in np.unique(keys[mask], return_counts=True)), strict=True):
                day, own = divmod(key, self._groups)
                self._counts.setdefault((own, day), [0, 0])[part] += number

    def rows(self) -> list[tuple[int, int, int, int]]:
        """(group, day's proleptic ordinal, submitted, valid) in order of group and day."""
        return [(group, day, *numbers) for (group, day), numbers in sorted(self._counts.items())]

    def _day(self, quarter: int) -> int:
        if quarter not in self._day_of:
            moment = datetime.fromtimestamp(quarter * _QUARTER, UTC)
            self._day_of[quarter] = moment.astimezone(self._zone).toordinal()
        return self._day_of[quarter]


class Medians:
    """Exact medians per group of whole numbers from 0 to `most`; larger ones count as `most`, negative ones as 0."""

    def __init__(self, groups: int, most: int) -> None:
        self._most = most
        self._histogram = np.zeros((groups, most + 1), np.int64)

    def add(self, group: np.ndarray, values: np.ndarray) -> None:
        """`group` int[R], `values` float64[R], nan = unknown, not counted."""
        known = ~np.isnan(values)
        clipped = np.clip(values[known], 0, self._most).astype(np.int64)
        np.add.at(self._histogram, (group[known], clipped), 1)

    def medians(self, keys: Sequence[object], scale: float = 1) -> dict[str, list]:
        """{key of each group that has a value, and "all": [median / scale, how many]}."""
        named = {str(key): row for key, row in zip(keys, self._histogram, strict=True)}
        named["all"] = self._histogram.sum(axis=0)
        return {key: [_middle(row) / scale, int(row.sum())] for key, row in named.items() if row.any()}


class CellSums:
    """Ratings per group and item: how many, their sum and the sum of their squares."""

    def __init__(self, groups: int, k: int) -> None:
        self._shape = (groups, k)
        self._counts: np.ndarray | None = None

    def add(self, group: np.ndarray, ratings: np.ndarray) -> None:
        """`group` int[R], `ratings` uint8[R, items]."""
        if self._counts is None:
            self._counts = np.zeros((*self._shape, ratings.shape[1]), np.int64)
        for own in np.unique(group).tolist():
            rows = ratings[group == own]
            for value in range(self._shape[1]):
                self._counts[own, value] += (rows == value + 1).sum(axis=0, dtype=np.int64)

    def sums(self, group: int) -> list[list[int]]:
        """[ratings, sum, sum of squares] of a group, each a list over items; [] before the first chunk."""
        if self._counts is None:
            return []
        values = np.arange(1, self._shape[1] + 1)
        return [(values**power @ self._counts[group]).tolist() for power in (0, 1, 2)]


def _middle(histogram: np.ndarray) -> float:
    """Median of the values counted in a histogram."""
    reached = np.cumsum(histogram)
    number = int(reached[-1])
    low, high = (np.searchsorted(reached, rank) for rank in ((number + 1) // 2, number // 2 + 1))
    return float(low + high) / 2


# The channels on which answers are begun here, page by page; other responses come from files and paper.
ONLINE = ("link", "batch", "mail")
# Their links name the group, so that openings are counted from the first; an open link is opened before it is chosen.
PERSONAL = ("batch", "mail")


@dataclass
class FunnelLine:
    """Numbers of one group (0 = not chosen yet) and channel (None = all); None where a number cannot be known.

    `submitted` includes those `waiting` to be released; `unfinished` are rows of files that were never submitted.
    `flags` are submitted responses per flag bit, `flagged` those with any.
    """

    group: int = 0
    channel: str | None = None
    invited: int | None = None
    opened: int | None = None
    started: int = 0
    broken_off: int = 0
    in_progress: int = 0
    submitted: int = 0
    waiting: int = 0
    unfinished: int = 0
    valid: int | None = 0
    flagged: int | None = 0
    flags: Counter = field(default_factory=Counter)

    @property
    def known(self) -> int:
        """The fewest who must have started."""
        return self.in_progress + self.broken_off + self.submitted + self.unfinished


@dataclass(frozen=True)
class Funnel:
    """The lines of all groups together, of each group in order, and per group those of its channels."""

    total: FunnelLine
    groups: list[FunnelLine]
    channels: dict[int, list[FunnelLine]]


def build_funnel(
    figures: Mapping[str, Sequence],
    groups: Mapping[int, str],
    counts: Callable[[int, int, bool], bool],
    *,
    bits: Sequence[int],
    anonymous: bool,
) -> Funnel:
    """The funnel from counted figures (see `count_fieldwork`); `groups` {key: code} in order, `bits` those of flags.

    `counts(flags, overruled, unfinished)` says whether such a response is valid. Responses of an anonymous survey have
    no channel: there channels show what was counted on submitting, and None for valid and flagged ones.
    """
    told = ("opened", "started", "broken_off", *(["submitted"] if anonymous else []))
    cells = _told_cells(figures, groups, told)
    own = {key: FunnelLine(key) for key in (*groups, 0)}
    for group, channel, flags, overruled, unfinished, number in figures["kinds"]:
        lines = [own[group]] if anonymous else [own[group], cells[group, channel]]
        for line in lines:
            _add_kind(line, flags, counts(flags, overruled, bool(unfinished)), bool(unfinished), number, bits)
    for group, channel, number in figures["ready"]:
        own[group].waiting += number
        for line in (own[group], cells[group, channel]):
            line.submitted += number
    if anonymous:
        _place_the_rest(cells, own)
    for line in cells.values():
        line.started = max(line.started, line.known)
        line.opened = line.opened or (0 if line.channel in PERSONAL else None)
    channels = {key: sorted_lines([line for at, line in cells.items() if at[0] == key]) for key in own}
    lines = [_with_sums(line, channels[key]) for key, line in own.items() if key or channels[0]]
    return Funnel(_with_sums(_added(lines), lines), lines, channels)


def sorted_lines(lines: list[FunnelLine]) -> list[FunnelLine]:
    """Lines of channels: those of this installation first, then by name, the unknown one last."""
    place = {channel: at for at, channel in enumerate(ONLINE)}
    return sorted(lines, key=lambda line: (not line.channel, place.get(line.channel, len(place)), line.channel))


def _told_cells(
    figures: Mapping[str, Sequence], groups: Mapping[int, str], told: Sequence[str]
) -> dict[tuple[int, str], FunnelLine]:
    """What invitations, drafts and the measures `told` of counts without a token say, per group and channel."""
    cells: dict[tuple[int, str], FunnelLine] = _Cells()
    keys = {code: key for key, code in groups.items()}
    for group, channel, number in figures["invited"]:
        cells[group, channel].invited = (cells[group, channel].invited or 0) + number
    for measure, code, channel, _place, number in figures["tally"]:
        if measure in told:
            line = cells[keys.get(code, 0), channel]
            setattr(line, measure, (getattr(line, measure) or 0) + number)
    for group, channel, _page, _idle, number in figures["drafts"]:
        cells[group, channel].in_progress += number
    return cells


class _Cells(defaultdict):
    def __missing__(self, key: tuple[int, str]) -> FunnelLine:
        self[key] = FunnelLine(*key)
        return self[key]


def _add_kind(line: FunnelLine, flags: int, valid: bool, unfinished: bool, number: int, bits: Sequence[int]) -> None:
    if unfinished:
        line.unfinished += number
        return
    line.submitted += number
    line.valid += number if valid else 0
    earned = [bit for bit in bits if flags & bit]
    line.flagged += number if earned else 0
    line.flags.update(dict.fromkeys(earned, number))


def _place_the_rest(cells: dict[tuple[int, str], FunnelLine], own: Mapping[int, FunnelLine]) -> None:
    """Anonymous responses that were not counted by channel came by an unknown one."""
    for key, line in own.items():
        told = sum(cell.submitted for at, cell in cells.items() if at[0] == key)
        if line.submitted > told or line.unfinished:
            cells[key, ""].submitted += max(0, line.submitted - told)
            cells[key, ""].unfinished += line.unfinished
    for cell in cells.values():
        cell.valid = cell.flagged = None


def _with_sums(line: FunnelLine, parts: Sequence[FunnelLine]) -> FunnelLine:
    """The line with what is known only part by part."""
    for name in ("invited", "opened"):
        known = [getattr(part, name) for part in parts if getattr(part, name) is not None]
        setattr(line, name, sum(known) if known else None)
    for name in ("started", "broken_off", "in_progress"):
        setattr(line, name, sum(getattr(part, name) for part in parts))
    return line


def _added(lines: Sequence[FunnelLine]) -> FunnelLine:
    total = FunnelLine()
    for name in ("submitted", "waiting", "unfinished", "valid", "flagged"):
        setattr(total, name, sum(getattr(line, name) for line in lines))
    for line in lines:
        total.flags.update(line.flags)
    return total


# Whole days before today that tell the pace.
DAYS = 7


class Outlook(Enum):
    """What can be said of a group's target."""

    NO_TARGET = "no target"
    REACHED = "reached"
    OVER = "over"
    TOO_EARLY = "too early"
    STANDS_STILL = "stands still"
    IN_TIME = "in time"
    TOO_LATE = "too late"


@dataclass(frozen=True)
class Projection:
    """The outlook with its base: `number` valid responses in the last `days` whole days.

    `on` is the day on which the target would be reached, `at_closing` how many valid responses there would be at the
    closing (None where there is none).
    """

    outlook: Outlook
    number: float = 0
    days: int = 0
    on: date | None = None
    at_closing: int | None = None

    @property
    def pace(self) -> float:
        """Valid responses per day."""
        return self.number / self.days if self.days else 0.0


def project(
    *,
    target: int,
    valid: int,
    by_day: Mapping[date, float],
    today: date,
    opened: date | None,
    closes: date | None,
    is_open: bool,
) -> Projection:
    """How a group of `valid` responses stands to its target; `by_day` valid responses per day, in its zone.

    The pace is that of the last 7 whole days, of fewer where the survey has been open for fewer, and of none on its
    first day. Today goes on as the days before.
    """
    if target <= 0:
        return Projection(Outlook.NO_TARGET)
    if valid >= target:
        return Projection(Outlook.REACHED)
    if not is_open:
        return Projection(Outlook.OVER)
    days = DAYS if opened is None else min(DAYS, (today - opened).days)
    if days <= 0:
        return Projection(Outlook.TOO_EARLY)
    number = sum(by_day.get(today - timedelta(days=back), 0) for back in range(1, days + 1))
    left = max(0, (closes - today).days) if closes else None
    at_closing = None if left is None else int(valid + number / days * left)
    if number <= 0:
        return Projection(Outlook.STANDS_STILL, 0, days, None, at_closing)
    wait = ceil((target - valid) * days / number)
    if wait > (date.max - today).days or (left is not None and wait > left):
        return Projection(Outlook.TOO_LATE, number, days, _day(today, wait), at_closing)
    return Projection(Outlook.IN_TIME, number, days, _day(today, wait), at_closing)


def _day(today: date, wait: int) -> date | None:
    return today + timedelta(days=wait) if wait <= (date.max - today).days else None
