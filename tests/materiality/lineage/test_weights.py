"""Weights of ancestors: one step by example, several steps as a matrix product."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.lineage.weights import Descent, Weights, compose, same, step_weights


def test_weights_of_one_step():
    rows = [
        Descent("kept", "A", "A"),
        Descent("renamed", "B", "B"),
        Descent("moved", "C", "C2"),
        Descent("split", "D", "D1"),
        Descent("split", "D", "D2"),
        Descent("merged", "E", "E"),
        Descent("merged", "F", "E"),
        Descent("added", None, "N"),
        Descent("retired", "R", None),
    ]
    weights = step_weights(rows, {"E": 300, "F": 100})
    assert {target: weights.of(target) for target in weights.targets} == {
        "A": {"A": 1.0},
        "B": {"B": 1.0},
        "C2": {"C": 1.0},
        "D1": {"D": 1.0},
        "D2": {"D": 1.0},
        "E": {"E": 0.75, "F": 0.25},
        "N": {},
    }
    assert weights.sources == ("A", "B", "C", "D", "E", "F", "R")


@pytest.mark.parametrize("ratings", [{}, {"A": 300}, {"A": 0, "B": 0}])
def test_merge_is_equal_where_ratings_are_unknown_or_nobody_rated(ratings):
    rows = [Descent("merged", "A", "C"), Descent("merged", "B", "C")]
    assert step_weights(rows, ratings).of("C") == {"A": 0.5, "B": 0.5}


def test_merge_gives_an_issue_that_nobody_rated_no_weight():
    rows = [Descent("merged", "A", "C"), Descent("merged", "B", "C")]
    weights = step_weights(rows, {"A": 10, "B": 0})
    assert (weights.of("C"), weights.links()) == ({"A": 1.0}, {"C": {"A": 1.0, "B": 0.0}})


def test_row_without_ends_is_refused():
    with pytest.raises(ValueError, match="source or a target"):
        step_weights([Descent("kept", None, None)], {})


def test_issue_that_is_not_there_has_no_ancestors():
    weights = step_weights([Descent("kept", "A", "A")], {})
    assert (weights.of("Z"), weights.share("Z")) == ({}, 0.0)


def test_merge_with_an_issue_added_meanwhile_keeps_the_share_apart():
    first = step_weights([Descent("kept", "A", "A"), Descent("added", None, "N")], {})
    second = step_weights([Descent("merged", "A", "A"), Descent("merged", "N", "A")], {"A": 30, "N": 10})
    both = compose(second, first)
    assert (both.share("A"), both.of("A")) == (0.75, {"A": 1.0})


def test_edition_is_its_own_ancestor():
    assert same(["B", "A"]).links() == {"A": {"A": 1.0}, "B": {"B": 1.0}}


@st.composite
def steps(draw, number: int, merges_added: bool):
    """Rows and ratings of so many steps; each step keeps, merges, splits, adds and retires what the last one left."""
    codes = [f"A{place}" for place in range(draw(st.integers(1, 6)))]
    old, history = list(codes), []
    for step in range(number):
        rows, left, fresh = [], list(codes), []
        while left:
            what = draw(st.sampled_from(["kept", "merged", "split", "retired"]))
            source = left.pop()
            if what == "merged" and left:
                if merges_added or (source in old) == (left[-1] in old):
                    other = left.pop()
                    rows += [Descent(what, each, f"{source}m{step}") for each in (source, other)]
                    fresh.append(f"{source}m{step}")
                    old += [f"{source}m{step}"] * (source in old)
                    continue
                what = "kept"
            if what == "split":
                parts = [f"{source}s{step}{place}" for place in range(draw(st.integers(2, 3)))]
            else:
                parts = [] if what == "retired" else [source]
            rows += [Descent(what, source, part) for part in parts] or [Descent("retired", source, None)]
            fresh += parts
            old += parts if source in old else []
        added = [f"N{step}{place}" for place in range(draw(st.integers(0, 2)))]
        rows += [Descent("added", None, code) for code in added]
        ratings = {code: draw(st.integers(0, 500)) for code in codes if draw(st.booleans())}
        history.append((rows, ratings))
        codes = fresh + added
    return history


@given(steps(2, merges_added=False))
@settings(max_examples=80, deadline=None)
def test_rows_over_three_editions_sum_to_1_or_are_empty(history):
    first, second = (step_weights(*step) for step in history)
    both = compose(second, first)
    sums = both.matrix.sum(axis=1)
    assert np.all(np.isclose(sums, 1) | (sums == 0))
    assert [round(sum(both.of(target).values()), 9) in (0, 1) for target in both.targets] == [True] * len(both.targets)


@given(steps(2, merges_added=True))
@settings(max_examples=80, deadline=None)
def test_weights_over_three_editions_are_the_product_of_the_steps(history):
    first, second = (step_weights(*step) for step in history)
    both = compose(second, first)
    for target in both.targets:
        for source in both.sources:
            by_hand = sum(
                _cell(second, target, middle) * _cell(first, middle, source) for middle in set(second.sources)
            )
            assert _cell(both, target, source) == pytest.approx(by_hand)
    assert all(sum(both.of(target).values()) == pytest.approx(1) for target in both.targets if both.of(target))


@given(steps(3, merges_added=True))
@settings(max_examples=40, deadline=None)
def test_three_steps_compose_in_either_order(history):
    first, second, third = (step_weights(*step) for step in history)
    one, other = compose(third, compose(second, first)), compose(compose(third, second), first)
    assert np.allclose(one.matrix, other.matrix)


def _cell(weights: Weights, target: str, source: str) -> float:
    if target not in weights.targets or source not in weights.sources:
        return 0.0
    return float(weights.matrix[weights.targets.index(target), weights.sources.index(source)])
