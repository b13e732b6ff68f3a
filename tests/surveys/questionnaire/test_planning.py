from math import ceil, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.planning import half_width, ratings_needed, ratings_of_each, responses_needed
from surveys.questionnaire.split import draw_part

# 97.5 % points of Student's t from printed tables: degrees of freedom → t.
TABLE = {4: 2.776, 9: 2.262, 29: 2.045, 99: 1.984}


@pytest.mark.parametrize(("freedom", "t"), TABLE.items())
def test_half_width_is_that_of_students_interval(freedom, t):
    assert half_width(freedom + 1, 25.0) == pytest.approx(t * 25 / sqrt(freedom + 1), abs=0.15)


def test_half_width_of_fewer_than_two_ratings_is_unknown():
    assert [half_width(number, 25.0) for number in (0, 1)] == [None, None]


@pytest.mark.parametrize(("width", "normal", "number"), [(3, 267, 270), (5, 97, 99), (8, 38, 40)])
def test_ratings_needed_lie_just_above_the_normal_number(width, normal, number):
    assert ceil((1.959964 * 25 / width) ** 2) == normal
    assert ratings_needed(width, 25.0) == number


@given(st.floats(2, 30), st.floats(1, 45))
@settings(max_examples=60, deadline=None)
def test_ratings_needed_are_the_fewest_whose_interval_is_narrow_enough(width, spread):
    smallest = next(n for n in range(2, 10_000) if half_width(n, spread) <= width)
    assert ratings_needed(width, spread) == smallest


def test_responses_needed_of_a_full_questionnaire_are_the_ratings():
    assert responses_needed(5, 25.0, issues=93, each=93) == ratings_needed(5, 25.0)


def test_responses_needed_with_a_part_of_nothing_but_the_core_are_never_enough():
    assert responses_needed(5, 25.0, issues=10, each=3, core=3) is None
    assert responses_needed(5, 25.0, issues=3, each=3, core=3) == ratings_needed(5, 25.0)
    assert ratings_of_each(100, issues=10, each=3, core=3) == 0


shapes = st.integers(1, 40).flatmap(
    lambda issues: st.tuples(st.just(issues), st.integers(1, issues)).flatmap(
        lambda shape: st.tuples(st.just(shape[0]), st.just(shape[1]), st.integers(0, shape[1] - 1))
    )
)


@given(shapes, st.floats(4, 20))
@settings(max_examples=60, deadline=None)
def test_responses_needed_are_the_fewest_that_give_every_issue_its_ratings(shape, width):
    issues, each, core = shape
    found = responses_needed(width, 25.0, issues=issues, each=each, core=core)
    wanted = ratings_needed(width, 25.0)
    assert ratings_of_each(found, issues=issues, each=each, core=core) >= wanted
    assert ratings_of_each(found - 1, issues=issues, each=each, core=core) < wanted


@given(shapes, st.integers(0, 60), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_ratings_of_each_are_those_of_the_parts_that_are_drawn(shape, responses, rng):
    issues, each, core = shape
    counts = [0] * issues
    for _respondent in range(responses):
        for issue in draw_part(
            counts, each, primaries=list(range(issues)), core=range(core), allowed=range(issues), rng=rng
        ):
            counts[issue] += 1
    assert min(counts) == ratings_of_each(responses, issues=issues, each=each, core=core)
