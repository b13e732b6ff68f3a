from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.models import Tally
from surveys.responses.anonymity import FEWEST_A_DAY, join_thin_days, joined_days
from surveys.responses.tallies import add_to_tally
from tests.factories.surveys import make_open_survey, make_survey_cycle

DAYS = st.dictionaries(st.integers(100, 120), st.integers(1, 12), min_size=1)


@pytest.mark.parametrize(
    ("days", "over", "expected"),
    [
        ({1: 5, 2: 4, 3: 6, 9: 3}, False, {1: 5, 3: 10, 9: 3}),
        ({1: 2, 3: 2, 8: 2}, False, {8: 6}),
        ({1: 2, 3: 2}, False, {9: 4}),
        ({1: 7, 9: 3}, True, {1: 10}),
        ({1: 7, 8: 3}, True, {1: 10}),
        ({1: 7, 8: 3, 9: 1}, True, {1: 11}),
        ({8: 3}, True, {9: 3}),
        ({}, True, {}),
    ],
)
def test_joined_days_has_no_past_day_under_five(days, over, expected):
    assert joined_days(days, today=9, over=over) == expected


@settings(max_examples=200, deadline=None)
@given(days=DAYS, today=st.integers(120, 122), over=st.booleans())
def test_joined_days_keep_their_sum_and_leave_at_most_today_thin(days, today, over):
    joined = joined_days(days, today=today, over=over)
    assert sum(joined.values()) == sum(days.values())
    thin = [day for day, number in joined.items() if number < FEWEST_A_DAY]
    assert thin == [] or (thin == [today] and (not over or len(joined) == 1))
    assert joined_days(joined, today=today, over=over) == joined


@pytest.mark.django_db
def test_join_thin_days_moves_the_counts_of_each_group_by_itself():
    survey = make_open_survey(make_survey_cycle({"society": 2}), anonymous=True)
    # In the survey's zone it is the second of March already.
    moment = datetime(2026, 3, 1, 17, tzinfo=UTC)
    today = datetime(2026, 3, 2).toordinal()
    for group, day, number in (("users", 0, 3), ("users", 1, 6), ("employees", 0, 4), ("employees", 2, 1)):
        add_to_tally(survey.pk, "day", group=group, place=today - 2 + day, number=number)
    assert join_thin_days(survey, moment, over=False) == 2
    rows = Tally.objects.filter(measure="day").values_list("group", "place", "number")
    assert set(rows) == {("users", today - 1, 9), ("employees", today, 5)}
