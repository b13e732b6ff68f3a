"""On which page respondents stop."""

from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.break_off import PageLine, pages_left


def test_pages_tell_who_came_and_who_stopped():
    drafts = [(0, True, 3), (0, False, 2), (2, True, 1)]
    assert pages_left(drafts, [(0, 4), (1, 6)], 10) == [PageLine(1, 26, 7), PageLine(2, 17, 6), PageLine(3, 11, 1)]
    assert [line.share for line in pages_left([(0, True, 1)], [], 3)] == [0.25]


def test_pages_without_anybody_on_the_way():
    assert pages_left([], [], 10) == []


@given(
    drafts=st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 3)), max_size=8),
    broken=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=8),
    submitted=st.integers(0, 9),
)
def test_pages_agree_with_following_everybody(drafts, broken, submitted):
    people = [(page, idle) for page, idle, number in drafts for _ in range(number)]
    people += [(page, True) for page, number in broken for _ in range(number)]
    for line in pages_left(drafts, broken, submitted):
        assert line.reached == submitted + sum(page + 1 >= line.page for page, _idle in people)
        assert line.left == sum(idle and page + 1 == line.page for page, idle in people)
