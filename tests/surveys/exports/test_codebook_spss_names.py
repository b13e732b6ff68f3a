"""Names and literals for SPSS."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.exports.codebook import LONGEST_NAME, literal, shortened, variable_names


def test_variable_names_of_what_spss_would_not_take():
    wanted = ["SOC-01-01:society", "to", "TO", "1st", "中文", "comment", "a-b", "A_B", "x" * 80, "x" * 81, ""]
    assert variable_names(wanted) == [
        "SOC_01_01_society", "v_to", "v_TO_2", "v_1st", "v", "v_comment", "a_b", "A_B_2",
        "x" * 64, "x" * 62 + "_2", "v_2",
    ]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.text(max_size=90), max_size=30))
def test_variable_names_are_legal_and_distinct(wanted):
    names = variable_names(wanted)
    assert len({name.lower() for name in names}) == len(wanted)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and len(name) <= LONGEST_NAME for name in names)


@settings(max_examples=60)
@given(st.text(max_size=60), st.integers(4, 80))
def test_literal_is_one_line_of_bounded_length_with_its_quotes_doubled(text, most):
    quoted = literal(text, most)
    inner = quoted[1:-1].replace("''", "\0")
    assert (quoted[0], quoted[-1], "'" in inner, "\n" in quoted, "\r" in quoted) == ("'", "'", False, False, False)
    assert len(inner.encode()) <= most


def test_cut_never_ends_within_a_character():
    assert (shortened("中文字", 9), shortened("中文字字", 9), shortened("abc", 3)) == ("中文字", "中文…", "abc")
