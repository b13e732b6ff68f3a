"""Header rows: what matches, and what is said of what does not."""

import pytest

from surveys.intake.columns import FIELDS, match_columns
from surveys.intake.problems import CellError
from tests.surveys.intake.files import ITEMS, NAMES


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
            {"value": "SOC-01-03:society", "nearest": "SOC-01-02:society"},
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
