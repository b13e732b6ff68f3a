"""Cells of fields: every spelling that is taken, and every refusal."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.intake.cells import (
    CellProblem,
    cell_text,
    group_reader,
    language_reader,
    read_consent,
    shown,
    text_reader,
    time_reader,
)
from surveys.intake.problems import Fault
from tests.surveys.intake.files import SHANGHAI

UTC = dt.UTC
read_time = time_reader(SHANGHAI)
TEN = dt.datetime(2026, 1, 5, 10, tzinfo=SHANGHAI)


def problem(read, cell) -> tuple[str, dict]:
    with pytest.raises(CellProblem) as caught:
        read(cell)
    return caught.value.code, caught.value.params


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x ", "x "),
        (12345.0, "12345"),
        (1.5, "1.5"),
        (7, "7"),
        (True, "TRUE"),
        (1e300, "1e+300"),
        (dt.datetime(2026, 1, 5, 10), "2026-01-05 10:00:00"),
        (dt.date(2026, 1, 5), "2026-01-05"),
    ],
)
def test_cell_text_is_what_a_person_sees(cell, text):
    assert cell_text(cell) == text


def test_shown_cuts_long_values_and_names_faults():
    assert (shown("x" * 100), shown("x" * 101)) == ("x" * 100, "x" * 99 + "…")
    assert shown(Fault("cell_error", "#N/A")) == "#N/A"


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05T10:00:00",
        "2026-01-05 10:00",
        "2026-01-05 10:00:00.000",
        "2026/1/5 10:00:00",
        "2026/01/05 10:00",
        "2026-1-5 10:0",
        "2026.1.5 10:00",
        " 2026-01-05 10:00 ",
        "２０２６-01-05　10：00",
        "2026-01-05T02:00:00Z",
        "2026-01-05T02:00:00.0Z",
        "2026-01-05 10:00+0800",
        "2026-01-04T21:00:00-05:00",
        "2026/1/5 2:00:00 z",
        dt.datetime(2026, 1, 5, 10),
        dt.datetime(2026, 1, 5, 10, 0, 0, 400),
        dt.datetime(2026, 1, 5, 9, 59, 59, 999_600),
    ],
)
def test_read_time_of_every_spelling(cell):
    assert read_time(cell) == TEN


@pytest.mark.parametrize("cell", ["2026-01-05", "2026/1/5", dt.date(2026, 1, 5)])
def test_read_time_of_a_date_is_midnight_of_the_zone(cell):
    assert read_time(cell) == dt.datetime(2026, 1, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["", "  ", "\u3000"])
def test_read_time_of_an_empty_cell_is_none(cell):
    assert read_time(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "yesterday",
        "2026-13-01 10:00",
        "2026-02-30",
        "2026-01-05 25:00",
        "05/01/2026",
        "10:00",
        46027.5,
        True,
        dt.time(10),
        "=NOW()",
    ],
)
def test_read_time_of_anything_else_is_not_readable(cell):
    assert problem(read_time, cell) == ("time_not_readable", {})


@pytest.mark.parametrize(("year", "good"), [(1989, False), (1990, True), (2100, True), (2101, False), (1900, False)])
def test_read_time_keeps_to_the_years(year, good):
    cell = f"{year}-01-05 10:00"
    if good:
        assert read_time(cell).year == year
    else:
        assert problem(read_time, cell) == ("time_out_of_range", {"first": 1990, "last": 2100})


@given(st.datetimes(dt.datetime(1991, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_read_time_of_exported_times_is_the_same(moment):
    assert read_time(moment.isoformat()) == moment
    local = moment.astimezone(SHANGHAI)
    assert read_time(local.isoformat()) == moment
    assert read_time(local.isoformat(" ")) == moment


def test_read_group_forgives_case_and_spaces_and_names_the_nearest():
    read = group_reader(["users", "employees"])
    assert [read(cell) for cell in ("users", " Employees ", "ＵＳＥＲＳ")] == [0, 1, 0]
    assert problem(read, "user") == ("unknown_group", {"value": "user", "nearest": "users"})
    assert problem(read, "xyz") == ("unknown_group", {"value": "xyz", "nearest": ""})
    assert problem(read, " ") == ("missing_group", {})


def test_read_group_prefers_the_exact_code():
    read = group_reader(["A", "a"])
    assert [read("A"), read("a")] == [0, 1]


def test_read_group_of_a_number_is_its_text():
    assert group_reader(["1", "2"])(2.0) == 1


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("", ""),
        ("zh-hans", "zh-hans"),
        ("zh-Hans", "zh-hans"),
        ("zh_CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("en", "en"),
        ("en-GB", "en"),
    ],
)
def test_read_language_of_usual_tags(cell, language):
    assert language_reader(["zh-hans", "en"])(cell) == language


@pytest.mark.parametrize("cell", ["fr", "zh-TW", "zh-hant", "English"])
def test_read_language_of_another_is_refused(cell):
    params = {"value": cell, "languages": "zh-hans, en"}
    assert problem(language_reader(["zh-hans", "en"]), cell) == ("unknown_language", params)


@pytest.mark.parametrize(
    ("cell", "consent"),
    [
        ("", True),
        ("yes", True),
        ("Yes ", True),
        (True, True),
        (1.0, True),
        ("是", True),
        ("no", False),
        ("NO", False),
        (False, False),
        ("否", False),
    ],
)
def test_read_consent_of_every_spelling(cell, consent):
    assert read_consent(cell) is consent


@pytest.mark.parametrize("cell", ["maybe", "2", "n/a"])
def test_read_consent_of_anything_else_is_refused(cell):
    assert problem(read_consent, cell) == ("unknown_consent", {})


def test_read_text_keeps_what_looks_like_a_formula():
    read = text_reader(20, trimmed=False, neutralised=True)
    assert [read(cell) for cell in ("=1+1", "'=1+1", "''=1+1", "'quoted'", " -1")] == [
        "=1+1",
        "=1+1",
        "'=1+1",
        "'quoted'",
        " -1",
    ]
    assert text_reader(20, trimmed=False, neutralised=False)("'=1+1") == "'=1+1"


def test_read_text_up_to_the_limit():
    read = text_reader(3, trimmed=True, neutralised=False)
    assert read(" abc ") == "abc"
    assert problem(read, "abcd") == ("text_too_long", {"length": 4, "limit": 3})


def test_read_text_of_a_fault_is_its_problem():
    assert problem(text_reader(3, trimmed=True, neutralised=False), Fault("cell_error", "#N/A")) == ("cell_error", {})
