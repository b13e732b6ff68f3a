"""When a target is reached, in the cases that a page has words for."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.projection import Outlook, Projection, project

TODAY = date(2026, 2, 20)
OPENED = date(2026, 1, 5)


def outlook(**values) -> Projection:
    by_day = {TODAY - timedelta(days=back): 10 for back in range(1, 8)}
    given = {"target": 200, "valid": 100, "by_day": by_day, "today": TODAY, "opened": OPENED, "is_open": True}
    return project(**{**given, "closes": date(2026, 3, 20), **values})


def test_target_is_reached_in_time():
    assert outlook() == Projection(Outlook.IN_TIME, 70, 7, date(2026, 3, 2), 380)
    assert outlook(closes=None) == Projection(Outlook.IN_TIME, 70, 7, date(2026, 3, 2), None)
    assert outlook(closes=date(2026, 3, 2)).outlook is Outlook.IN_TIME


def test_target_is_not_reached_by_the_closing():
    assert outlook(closes=date(2026, 3, 1)) == Projection(Outlook.TOO_LATE, 70, 7, date(2026, 3, 2), 190)
    assert outlook(closes=TODAY).at_closing == 100


def test_target_that_nothing_comes_nearer_to():
    assert outlook(by_day={TODAY: 50, TODAY - timedelta(days=8): 50}).outlook is Outlook.STANDS_STILL


def test_target_without_anything_to_project():
    assert outlook(target=0).outlook is Outlook.NO_TARGET
    assert outlook(valid=200).outlook is Outlook.REACHED
    assert outlook(is_open=False).outlook is Outlook.OVER
    assert outlook(opened=TODAY).outlook is Outlook.TOO_EARLY


def test_pace_of_a_young_survey_is_that_of_its_whole_days():
    found = outlook(opened=TODAY - timedelta(days=2))
    assert (found.number, found.days, found.pace) == (20, 2, 10)


def test_target_that_takes_longer_than_there_are_dates():
    found = outlook(target=2_000_000_000, by_day={TODAY - timedelta(days=1): 1}, closes=None)
    assert (found.outlook, found.on) == (Outlook.TOO_LATE, None)


@given(
    target=st.integers(1, 500),
    valid=st.integers(0, 500),
    daily=st.lists(st.integers(0, 9), min_size=7, max_size=7),
    left=st.integers(0, 90),
)
def test_projection_agrees_with_waiting_day_by_day(target, valid, daily, left):
    by_day = {TODAY - timedelta(days=back): number for back, number in enumerate(daily, start=1)}
    found = outlook(target=target, valid=valid, by_day=by_day, closes=TODAY + timedelta(days=left))
    if found.outlook in (Outlook.IN_TIME, Outlook.TOO_LATE):
        days, reached = 0, valid * 7
        while reached < target * 7:
            days, reached = days + 1, reached + sum(daily)
        assert found.on == TODAY + timedelta(days=days)
        assert (found.outlook is Outlook.IN_TIME) == (days <= left)
    else:
        assert found.outlook is (Outlook.REACHED if valid >= target else Outlook.STANDS_STILL)
        assert valid >= target or sum(daily) == 0
