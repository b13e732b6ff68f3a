"""Lists of issues that were pasted as text."""

import pytest

from materiality.library_file.pasted import pasted_list


def codes_and_names(text: str) -> list[tuple[str, str]]:
    return [(code, name) for code, _category, _parent, name, _definition in pasted_list(text, "en")[1:]]


@pytest.mark.parametrize("code", ["E1", "e1", "S1-3", "ENV-01-02", "GOV1", "E1.2", "SOC-AB-3", "1.1", "S1-a", "A", "b"])
@pytest.mark.parametrize("between", [" ", "\t", ": ", "：", ". ", "、", ") "])
def test_code_is_kept_as_it_is_written(code, between):
    if len(code) > 1 or between in (". ", "、", ") "):
        assert codes_and_names(f"{code}{between}Climate change") == [(code, "Climate change")]


@pytest.mark.parametrize("bullet", ["", "- ", "* ", "• ", "1. ", "1)", "(2) ", "（3）", "4、", "一、", "① ", "- 1. "])
@pytest.mark.parametrize(
    "name", ["E-waste", "5G networks", "2030 targets", "CO2 emissions", "G20 dialogue", "3D printing", "R&D", "E. coli"]
)
def test_nothing_of_a_name_is_taken_for_a_bullet_or_a_code(bullet, name):
    lines = [f"{bullet}{each}" for each in (name, "Climate change", "Water")]
    assert [each for _code, each in codes_and_names("\n".join(lines))] == [name, "Climate change", "Water"]


def test_letters_that_come_again_count_lines():
    text = "Environment:\na) Climate\nb) Water\nSocial:\na) Safety\nb) Training"
    assert codes_and_names(text) == [("E1", "Climate"), ("E2", "Water"), ("S1", "Safety"), ("S2", "Training")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. Planet\n1. Climate\n2. Water\nB. People\n1. Safety", ["A1 Planet", "A2 Planet", "B1 People"]),
        ("一、环境\n1. 气候变化\n2. 水\n二、社会：\n1. 安全", ["E1 环境", "E2 环境", "S1 社会"]),
    ],
)
def test_outer_numbers_name_categories_where_there_are_two_kinds(text, expected):
    assert [f"{row[0]} {row[1]}" for row in pasted_list(text, "zh")[1:]] == expected


def test_lines_stand_three_levels_deep_by_how_far_they_are_set_in():
    rows = pasted_list("Climate\n  Energy\n    Heat\n  Travel\nWater", "en")[1:]
    assert [(row[0], row[2]) for row in rows] == [
        ("I1", ""),
        ("I1-1", "I1"),
        ("I1-1-1", "I1-1"),
        ("I1-2", "I1"),
        ("I2", ""),
    ]


def test_cells_that_all_begin_with_an_empty_one_stand_at_the_top():
    assert pasted_list("\tE1\tClimate\tWhat we emit\n\tE3\tWater", "en")[1:] == [
        ["E1", "Issues", "", "Climate", "What we emit"],
        ["E3", "Issues", "", "Water", ""],
    ]


def test_made_code_is_none_that_is_written():
    assert codes_and_names("E1 Climate\nE3 Water\nE4 Soil\nWaste\nAir") == [
        *(("E1", "Climate"), ("E3", "Water"), ("E4", "Soil")),
        *(("I1", "Waste"), ("I2", "Air")),
    ]
    assert [code for code, _name in codes_and_names("I1 Climate\nI2 Water\nI4 Soil\nWaste")] == ["I1", "I2", "I4", "I3"]
    # A code that one line is written with, further down, is not made before.
    assert [code for code, _name in codes_and_names("# Environment\nClimate\nWater\nE2 Soil")] == ["E1", "E3", "E2"]
