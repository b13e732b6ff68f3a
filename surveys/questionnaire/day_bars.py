"""Responses per day as the bars of a small chart, per week where there are many days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
