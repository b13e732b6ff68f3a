from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from surveys.questionnaire.window import Standing, closing_time, standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Window:
    state: str = "open"
    opens_at: datetime | None = NOON
    closes_at: datetime | None = NOON + timedelta(hours=1)
    closed_at: datetime | None = None


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("window", "now", "begun", "expected"),
    [
        (Window(state="draft"), 10, None, Standing.NOT_YET),
        (Window(), -1, None, Standing.NOT_YET),
        (Window(), 0, None, Standing.OPEN),
        (Window(), 60, None, Standing.OPEN),
        (Window(), 60.1, None, Standing.CLOSED),
        (Window(), 75, 59, Standing.GRACE),
        (Window(), 75.1, 59, Standing.CLOSED),
        (Window(), 61, 60, Standing.CLOSED),
        (Window(state="closed", closed_at=minutes(30)), 31, None, Standing.CLOSED),
        (Window(state="closed", closed_at=minutes(30)), 44, 29, Standing.GRACE),
        (Window(opens_at=None, closes_at=None), 9_999, None, Standing.OPEN),
        (Window(state="closed", closes_at=None, closed_at=minutes(5)), 21, 1, Standing.CLOSED),
    ],
)
def test_standing_at_the_edges_of_the_window(window, now, begun, expected):
    assert standing(window, minutes(now), None if begun is None else minutes(begun)) is expected


def test_closing_time_is_the_earlier_of_plan_and_hand():
    assert closing_time(Window(closed_at=minutes(30))) == minutes(30)
    assert closing_time(Window(closed_at=minutes(90))) == minutes(60)
    assert closing_time(Window(closes_at=None)) is None
