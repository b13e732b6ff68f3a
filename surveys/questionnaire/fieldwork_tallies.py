"""Counts over many responses that grow chunk by chunk: per day, medians, and sums of ratings per group and item."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

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


class Cells:
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
