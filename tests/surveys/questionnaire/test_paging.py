from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.paging import page_count, page_sizes, sheets_of

LIBRARY = [("environment", 16), ("society", 34), ("economy", 24), ("technology", 19)]


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (12, [12]), (13, [7, 6]), (16, [8, 8]), (34, [12, 11, 11]), (24, [12, 12])]
)
def test_page_sizes_are_even(number, sizes):
    assert page_sizes(number) == sizes


def test_pages_of_the_default_library_are_nine():
    assert page_count(LIBRARY) == 9


CATEGORIES = [place for place, (_code, number) in enumerate(LIBRARY) for _ in range(number)]
KEYS = st.binary(min_size=16, max_size=16)


@given(KEYS, st.sets(st.integers(0, 92), min_size=1), st.booleans(), st.booleans(), st.booleans())
def test_sheets_show_every_asked_issue_once_in_the_same_order(key, asked, split, single, attention):
    sheets = sheets_of(key, CATEGORIES, asked, split=split, single=single, attention=attention)
    order = [issue for sheet in sheets for issue in sheet.issues]
    assert sorted(order) == sorted(asked)
    assert order == [issue for sheet in sheets_of(key, CATEGORIES, asked) for issue in sheet.issues]
    assert max(len(sheet.issues) for sheet in sheets) <= (1 if single else 6 if split else 12)
    in_order = [CATEGORIES[issue] for issue in order]
    assert sum(a != b for a, b in pairwise(in_order)) == len(set(in_order)) - 1


@given(KEYS, st.sets(st.integers(0, 92), min_size=1), st.booleans(), st.booleans())
def test_attention_question_is_asked_once_on_a_middle_page(key, asked, split, single):
    sheets = sheets_of(key, CATEGORIES, asked, split=split, single=single, attention=True)
    found = [(number, sheet) for number, sheet in enumerate(sheets) if sheet.attention is not None]
    assert [number for number, _sheet in found] == [(len(sheets) - single) // 2]
    sheet = found[0][1]
    assert sheet.issues == () if single else 1 <= sheet.attention <= max(1, len(sheet.issues) - 1)


def test_full_questionnaire_keeps_to_one_category_a_page():
    sheets = sheets_of(b"a" * 16, CATEGORIES, range(93))
    assert len(sheets) == 9
    assert all(len({CATEGORIES[issue] for issue in sheet.issues}) == 1 for sheet in sheets)


def test_split_questionnaire_of_twelve_has_two_pages_of_six():
    sheets = sheets_of(b"a" * 16, CATEGORIES, range(0, 93, 8), split=True)
    assert [len(sheet.issues) for sheet in sheets] == [6, 6]


def test_sheets_put_every_issue_first_about_as_often():
    first = [sheets_of(number.to_bytes(16), CATEGORIES, [0, 1, 2, 3])[0].issues[0] for number in range(2000)]
    assert all(440 < first.count(issue) < 560 for issue in range(4))


def test_order_follows_from_the_key_alone():
    assert sheets_of(b"a" * 16, CATEGORIES, range(93)) == sheets_of(b"a" * 16, CATEGORIES, range(93))
    assert sheets_of(b"a" * 16, CATEGORIES, range(93)) != sheets_of(b"b" * 16, CATEGORIES, range(93))
