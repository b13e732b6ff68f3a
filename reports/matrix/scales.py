"""From scores (0–100) to px: how much of an axis is shown, its ticks, and the mapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

_STEPS = (1, 2, 5, 10, 20)
_LEAST_SPAN = 8.0
_PAD = 0.05


@dataclass(frozen=True)
class Scale:
    """A linear axis: scores `low`..`high` lie at px `start`..`end` (for y, `end` is above: smaller)."""

    low: float
    high: float
    start: float
    end: float

    def px(self, score: float) -> float:
        """The place of a score (a number or a numpy array)."""
        return self.start + (score - self.low) * (self.end - self.start) / (self.high - self.low)

    @property
    def is_cut(self) -> bool:
        """Whether the axis starts above 0."""
        return self.low > 0

    def ticks(self) -> list[int]:
        """Round scores inside the axis and within 0–100, about 5 to 9 of them."""
        span = self.high - self.low
        step = next((s for s in _STEPS if span / s <= 9), _STEPS[-1])
        return list(range(max(0, ceil(self.low / step) * step), min(100, floor(self.high)) + 1, step))


def domain(scores: Sequence[float]) -> tuple[float, float]:
    """The part of 0–100 that an axis shows: the data and a little room; 0–100 where there are no data.

    The ends pass 0 or 100 by the room alone, so that a mark at an end is whole.
    """
    if not scores:
        return 0.0, 100.0
    low, high = min(scores), max(scores)
    spare = max(0.0, _LEAST_SPAN - (high - low)) / 2
    room = _PAD * (high - low + 2 * spare)
    bottom, top = low - spare - room, high + spare + room
    if bottom < 0.15 * (top - bottom):  # so near to 0 that the cut would save nothing
        bottom = min(0.0, low - room)
    return max(bottom, -room), min(top, 100 + room)
