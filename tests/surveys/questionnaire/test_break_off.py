"""On which page respondents stop."""

from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.break_off import PageLine, pages_left

LENGTHS = {"a": 4, "b": 2}


def test_pages_tell_who_came_and_who_stopped():
    drafts = [("a", 0, True, 3), ("a", 0, False, 2), ("a", 2, True, 1)]
    found = pages_left(drafts, [("a", 0, 4), ("a", 1, 6)], {"a": 10}, lengths={"a": 4}, about=False)
    assert found == [PageLine(1, 26, 7), PageLine(2, 17, 6), PageLine(3, 11, 1)]
    assert [line.share for line in pages_left([("a", 0, True, 1)], [], {"a": 3}, lengths={"a": 1}, about=False)] == [
        0.25
    ]


def test_pages_without_anybody_on_the_way():
    assert pages_left([], [], {"a": 10}, lengths=LENGTHS, about=True) == []


def test_page_that_a_group_does_not_have_counts_none_of_it():
    drafts = [("a", 2, True, 1), ("b", 2, True, 5), ("a", 5, True, 2)]
    assert pages_left(drafts, [], {"a": 10, "b": 100}, lengths=LENGTHS, about=True) == [
        PageLine(1, 118, 0),
        PageLine(2, 118, 0),
        PageLine(3, 13, 1),
        PageLine(4, 12, 0),
        PageLine(5, 117, 5, "about"),
        PageLine(6, 112, 2, "end"),
    ]


def test_end_that_was_saved_is_still_the_end():
    found = pages_left([("b", 3, True, 1), ("b", 2, True, 1)], [], {}, lengths={"b": 2}, about=False)
    assert found[-1] == PageLine(3, 2, 2, "end")


groups = st.sampled_from("abc")


@given(
    drafts=st.lists(st.tuples(groups, st.integers(0, 9), st.booleans(), st.integers(1, 3)), max_size=8),
    broken=st.lists(st.tuples(groups, st.integers(0, 9), st.integers(1, 3)), max_size=8),
    submitted=st.dictionaries(groups, st.integers(0, 9)),
    lengths=st.fixed_dictionaries({group: st.integers(0, 6) for group in "abc"}),
    about=st.booleans(),
)
def test_pages_agree_with_following_everybody(drafts, broken, submitted, lengths, about):
    ways = {group: [*range(1, own + 1), *(["about"] if about else []), "end"] for group, own in lengths.items()}
    people = [(group, page, idle) for group, page, idle, number in drafts for _ in range(number)]
    people += [(group, page, True) for group, page, number in broken for _ in range(number)]
    seen, stops = [page for group, number in submitted.items() for page in ways[group] * number], []
    for group, page, idle in people:
        walked = ways[group][: page + 1]
        seen += walked
        stops += walked[-1:] if idle else []
    lines = pages_left(drafts, broken, submitted, lengths=lengths, about=about)
    for line in lines:
        assert line.reached == seen.count(line.kind or line.page)
        assert line.left == stops.count(line.kind or line.page)
    assert sum(line.left for line in lines) == len(stops)
