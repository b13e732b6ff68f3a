"""Header rows: what matches, and what is said of what does not."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.tables.problems import CellError, CellProblem, Fault
from surveys.intake.columns import (
    FIELDS,
    group_reader,
    language_reader,
    match_columns,
    read_consent,
    text_reader,
    time_reader,
)
from tests.surveys.intake.files import ITEMS, NAMES, SHANGHAI


def problems(header, items=ITEMS):
    return match_columns(header, items).problems


def test_match_columns_of_the_full_format():
    columns = match_columns([*FIELDS, *NAMES], ITEMS)
    assert columns.fields == {name: place for place, name in enumerate(FIELDS)}
    assert (columns.items.tolist(), columns.problems) == ([8, 9, 10, 11], [])


def test_match_columns_in_any_order_with_items_left_out():
    columns = match_columns([NAMES[2], "group", NAMES[0]], ITEMS)
    assert (columns.fields, columns.items.tolist(), columns.problems) == ({"group": 1}, [2, -1, 0, -1], [])


@pytest.mark.parametrize(
    "name",
    [
        " soc-01-01:SOCIETY ",
        "SOC-01-01：society",
        "SOC-01-01 : society",
        "ＳＯＣ－01-01:society",
        "\ufeffSOC-01-01:society",
    ],
)
def test_match_columns_forgives_case_width_and_spaces(name):
    name = name.replace("\ufeff", "")
    assert match_columns(["GROUP ", name], ITEMS).items.tolist() == [1, -1, -1, -1]


def test_match_columns_drops_empty_names_at_the_end():
    columns = match_columns(["group", NAMES[0], "", " "], ITEMS)
    assert (columns.names, columns.problems) == (["group", NAMES[0]], [])


def test_match_columns_lists_every_problem():
    header = ["grup", "tokn", "", NAMES[0], NAMES[0].lower(), "SOC-01-03:society", "SOC-01-01:busines", "xyz"]
    assert problems(header) == [
        CellError(1, 0, "grup", "grup", "unknown_column", {"value": "grup", "nearest": "group"}),
        CellError(1, 1, "tokn", "tokn", "unknown_column", {"value": "tokn", "nearest": "token"}),
        CellError(1, 2, "", "", "unnamed_column"),
        CellError(1, 4, NAMES[0], NAMES[0].lower(), "duplicate_column", {"value": NAMES[0], "first": "D"}),
        CellError(
            1,
            5,
            "SOC-01-03:society",
            "SOC-01-03:society",
            "unknown_item",
            {"value": "SOC-01-03:society", "nearest": "SOC-01-01:society"},
        ),
        CellError(
            1,
            6,
            "SOC-01-01:busines",
            "SOC-01-01:busines",
            "unknown_column",
            {"value": "SOC-01-01:busines", "nearest": "SOC-01-01:business"},
        ),
        CellError(1, 7, "xyz", "xyz", "unknown_column", {"value": "xyz", "nearest": ""}),
        CellError(1, 8, "group", "", "missing_column", {"value": "group", "nearest": "grup"}),
    ]


def test_match_columns_without_group_or_items_says_both():
    assert [(p.code, p.params) for p in problems(["token"])] == [
        ("missing_column", {"value": "group", "nearest": ""}),
        ("no_item_column", {"example": "SOC-01-01:society"}),
    ]


def test_match_columns_of_many_unknown_names_lists_all():
    assert [p.code for p in problems(["group", NAMES[0], *(f"column {n}" for n in range(1500))])] == [
        "unknown_column"
    ] * 1500


UTC = dt.UTC
read_time = time_reader(SHANGHAI)
TEN = dt.datetime(2026, 1, 5, 10, tzinfo=SHANGHAI)


def problem(read, cell) -> tuple[str, dict]:
    with pytest.raises(CellProblem) as caught:
        read(cell)
    return caught.value.code, caught.value.params


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
