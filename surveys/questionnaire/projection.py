"""When a group reaches its target, if responses go on coming as in the last days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from math import ceil

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
