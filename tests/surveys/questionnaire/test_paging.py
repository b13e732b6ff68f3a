import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.paging import MOST_PER_PAGE, page_count, page_of, page_sizes, random_order

LIBRARY = [("environment", 16), ("society", 34), ("economy", 24), ("technology", 19)]


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (12, [12]), (13, [7, 6]), (16, [8, 8]), (34, [12, 11, 11]), (24, [12, 12])]
)
def test_page_sizes_are_even(number, sizes):
    assert page_sizes(number) == sizes


@given(st.binary(min_size=16, max_size=16), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_pages_show_every_issue_once_and_categories_one_after_another(key, numbers):
    categories = [(f"c{place}", number) for place, number in enumerate(numbers)]
    pages = [page_of(key, categories, number) for number in range(1, page_count(categories) + 1)]
    shown = sorted((page.category, issue) for page in pages for issue in page.issues)
    assert shown == [(place, issue) for place, number in enumerate(numbers) for issue in range(number)]
    assert max(len(page.issues) for page in pages) <= MOST_PER_PAGE
    in_order = [page.category for page in pages]
    changes = sum(a != b for a, b in zip(in_order, in_order[1:], strict=False))
    assert changes == len(numbers) - 1


def test_pages_of_the_default_library_are_nine():
    assert page_count(LIBRARY) == 9


def test_order_follows_from_the_key_alone():
    assert page_of(b"a" * 16, LIBRARY, 3) == page_of(b"a" * 16, LIBRARY, 3)
    assert random_order(b"a" * 16, "society", 34) != random_order(b"b" * 16, "society", 34)
    assert random_order(b"a" * 16, "society", 34) != random_order(b"a" * 16, "economy", 34)


def test_order_puts_every_issue_first_about_as_often():
    first = [random_order(number.to_bytes(16), "society", 4)[0] for number in range(2000)]
    assert all(440 < first.count(issue) < 560 for issue in range(4))


@pytest.mark.parametrize("number", [0, -1, 10])
def test_page_that_does_not_exist_is_an_index_error(number):
    with pytest.raises(IndexError):
        page_of(b"a" * 16, LIBRARY, number)
