"""Counting in months."""

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from materiality.platform.words import add_months, field_changes, plain_number, plain_percent, word_for


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 2, date(2026, 3, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_add_months_keeps_the_day_where_the_month_has_it(day, months, later):
    assert add_months(day, months) == later


@given(day=st.dates(date(1950, 1, 1), date(2100, 12, 31)), months=st.integers(0, 240))
def test_add_months_lands_in_the_right_month_and_never_later_in_it(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day and (later.day == day.day or add_months(later, 0).day >= 28)


def test_plain_number_has_no_exponent_and_no_trailing_zero():
    values = [7.0, 0.125, 100, 2147483647, 1e-7, 0.0]
    assert [plain_number(value) for value in values] == ["7", "0.125", "100", "2147483647", "0.0000001", "0"]


@given(st.floats(0, 1e6))
def test_plain_number_reads_back_as_the_same_number(value):
    assert float(plain_number(value)) == value


def test_plain_percent_is_exact():
    assert [plain_percent(share) for share in (0.07, 0.29, 1.0, 0.005)] == ["7", "29", "100", "0.5"]


def test_name_of_a_group_is_not_called_a_name_of_a_person():
    with override("zh-hans"):
        assert [each.name for each in field_changes("materiality.group", {"name": "员工", "definition": "a"}, {})] == [
            "名称",
            "定义",
        ]
        assert [each.name for each in field_changes("materiality.user", {"first_name": "a"}, {})] == ["姓名"]


@pytest.mark.parametrize("action", ["import_proposals", "seal_survey"])
def test_actions_that_only_events_of_earlier_versions_name_have_words(action):
    assert "%(object)s" in word_for("action", action)
