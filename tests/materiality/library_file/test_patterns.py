"""Patterns of codes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.library_file.patterns import below, example_of, fits, part_of, shape_of, shown_pattern, stated_pattern


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A9; A9-9", "A9; A9-9"),
        (" AAA-99；AAA-99-99 ", "AAA-99; AAA-99-99"),
        ("E9", "E9"),
        ("E1, S2-3", "A9; A9-9"),  # examples
        ("SOC-03", "AAA-99"),
        ("; A9-9", "; A9-9"),
        ("9.9.9", "9.9.9"),
        ("", ""),
        ("A9;;", "A9"),
        ("A9; A9-9; A9-9-9; A9", None),
        ("-9", None),
        ("A 9", None),
        ("[A-Z]+9", None),
        ("环境9", None),
    ],
)
def test_stated_pattern_is_kept_or_none(text, kept):
    assert stated_pattern(text) == kept


@pytest.mark.parametrize(
    ("part", "good", "bad"),
    [
        ("A9", ["E1", "E10", "S0"], ["E01", "ESG1", "e1", "E", "E1-1", "E1\n"]),
        ("A9-9", ["S2-3", "S2-12"], ["S2", "S2-03"]),
        ("AAA-99-99", ["ENV-01-02"], ["ENV-1-2", "EN-01-02", "ENV-01-002"]),
        ("E9", ["E1"], ["S1"]),
        ("E9.a", ["E1.b"], ["E1xb", "E1.B"]),
        ("", ["anything"], []),
    ],
)
def test_codes_fit_their_part(part, good, bad):
    assert [fits(code, part) for code in (*good, *bad)] == [True] * len(good) + [False] * len(bad)


def test_parts_of_levels():
    assert [part_of("AAA-99; AAA-99-99", level) for level in (1, 2, 3)] == ["AAA-99", "AAA-99-99", ""]
    assert (below("AAA-99-99", "AAA-99"), below("A9", "AAA"), below("A9", "")) == ("-99", "", "")
    assert [example_of(part) for part in ("A9", "AAA-99", "E9-a")] == ["A1", "ABC-01", "E1-a"]


@pytest.mark.parametrize(
    ("codes", "shape"),
    [
        (["E1", "S10", "G3"], "A9"),
        (["ENV-01", "SOC-12"], "AAA-99"),
        (["E1-1", "S2-13"], "A9-9"),
        (["1.1", "2.10"], "9.9"),
        (["E1", "GOV-2"], ""),
        (["EN1", "GOV2"], ""),
        (["E01", "E1"], ""),
        (["E1a", "E2b"], "A9a"),
        ([], ""),
    ],
)
def test_codes_show_their_pattern(codes, shape):
    assert shape_of(codes) == shape
    assert not shape or all(fits(code, shape) for code in codes)


def test_pattern_is_shown_level_by_level():
    assert shown_pattern([["E1", "S1"], ["E1-1", "other"], ["E1-1-a"]]) == "A9; ; A9-9-a"
    assert shown_pattern([["one", "E1"], ["two"]]) in ("; aaa", "")


@given(st.lists(st.from_regex(r"[A-Z]{1,3}[-.]?\d{1,2}([-.]\d{1,2})?", fullmatch=True), min_size=1, max_size=6))
def test_what_codes_show_they_fit_and_so_does_its_example(codes):
    shape = shape_of(codes)
    assert not shape or all(fits(code, shape) for code in (*codes, example_of(shape)))
