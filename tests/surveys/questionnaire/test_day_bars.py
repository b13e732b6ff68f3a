"""Bars of responses per day."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.day_bars import HEIGHT, MOST_DAYS, day_chart

DAY = date(2026, 1, 7).toordinal()


def test_days_without_responses_are_shown():
    chart = day_chart({DAY: 2, DAY + 2: 4})
    assert [(bar.first, bar.number, bar.height) for bar in chart.bars] == [
        (date(2026, 1, 7), 2, 50.0),
        (date(2026, 1, 8), 0, 0),
        (date(2026, 1, 9), 4, 100.0),
    ]
    assert (chart.weekly, chart.most, chart.width) == (False, 4, 30)
    assert day_chart({}) is None


def test_many_days_are_put_together_to_weeks_from_monday():
    chart = day_chart({DAY: 1, DAY + MOST_DAYS: 3})
    assert (chart.weekly, chart.bars[0].first, chart.bars[0].last) == (True, date(2026, 1, 5), date(2026, 1, 11))


@given(st.dictionaries(st.integers(DAY, DAY + 400), st.integers(1, 50), min_size=1, max_size=30))
def test_bars_hold_every_response_and_stay_inside(by_day):
    chart = day_chart(by_day)
    assert sum(bar.number for bar in chart.bars) == sum(by_day.values())
    assert all(bar.y >= 0 and abs(bar.y + bar.height - HEIGHT) < 0.02 for bar in chart.bars)
    assert all(one.last.toordinal() + 1 == two.first.toordinal() for one, two in pairwise(chart.bars))
