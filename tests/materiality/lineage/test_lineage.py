"""Differences of two editions, kind by kind."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.lineage.lineage import (
    CategoryDifference,
    Descent,
    Segment,
    Weights,
    compare_libraries,
    compose,
    same,
    step_weights,
)
from materiality.lineage.records import CategoryRecord, IssueRecord, Library

SOCIETY = CategoryRecord("society", {"zh": "社会", "en": "Society"}, 1)
ECONOMY = CategoryRecord("economy", {"zh": "经济", "en": "Economy"}, 2)


def issue(code: str, **changes) -> IssueRecord:
    parent = code.rpartition("-")[0] if code.count("-") == 2 else ""
    texts = {"name": {"zh": f"议题{code}", "en": f"Issue {code}"}, "definition": {}}
    values = {"category": "society", "parent_code": parent, "groups": (), "status": "active", "mappings": ()}
    return IssueRecord(code=code, **{**texts, **values, **changes})


def library(*issues: IssueRecord, categories=(SOCIETY, ECONOMY)) -> Library:
    return Library(tuple(categories), tuple(issues))


def kept(*codes: str) -> dict[str, dict[str, float]]:
    return {code: {code: 1.0} for code in codes}


def told(old: Library, new: Library, ancestors: dict) -> dict[str, tuple[str, ...]]:
    return {row.shown.code: row.kinds for row in compare_libraries(old, new, ancestors).issues}


def test_equal_editions_have_no_differences():
    held = library(issue("SOC-01"), issue("SOC-01-01"))
    found = compare_libraries(held, held, kept("SOC-01", "SOC-01-01"))
    assert (found.categories, found.issues, found.unchanged, found.counts) == ((), (), 2, {})


def test_each_kind_of_difference_is_named():
    old = library(*(issue(f"SOC-01-0{number}") for number in range(1, 9)))
    new = library(
        issue("SOC-01-01", name={"en": "Privacy"}),
        issue("SOC-01-02", definition={"zh": "新的释义"}),
        issue("SOC-02-01", parent_code="SOC-02"),
        issue("SOC-01-04"),
        issue("SOC-01-09"),
        issue("SOC-01-10"),
        issue("SOC-01-11"),
        issue("SOC-01-07", mappings=(("GRI", "2021", "305-1"),), groups=("users",)),
        issue("SOC-01-08", status="retired"),
    )
    ancestors = {
        **kept("SOC-01-01", "SOC-01-02", "SOC-01-07"),
        "SOC-02-01": {"SOC-01-03": 1.0},
        "SOC-01-04": {"SOC-01-04": 0.75, "SOC-01-05": 0.25},
        "SOC-01-09": {"SOC-01-06": 1.0},
        "SOC-01-10": {"SOC-01-06": 1.0},
    }
    found = compare_libraries(old, new, ancestors)
    assert {row.shown.code: row.kinds for row in found.issues} == {
        "SOC-01-01": ("renamed",),
        "SOC-01-02": ("redefined",),
        "SOC-02-01": ("moved", "renamed"),
        "SOC-01-04": ("merged",),
        "SOC-01-09": ("split", "renamed"),
        "SOC-01-10": ("split", "renamed"),
        "SOC-01-11": ("added",),
        "SOC-01-07": ("remapped", "regrouped"),
        "SOC-01-08": ("retired",),
    }
    assert found.counts == {
        "added": 1, "retired": 1, "merged": 1, "split": 2, "moved": 1, "renamed": 4, "redefined": 1, "remapped": 1,
        "regrouped": 1,
    }  # fmt: skip
    merged = next(row for row in found.issues if row.shown.code == "SOC-01-04")
    assert [(row.code, weight) for row, weight in zip(merged.old, merged.weights, strict=True)] == [
        ("SOC-01-04", 0.75),
        ("SOC-01-05", 0.25),
    ]


def test_texts_are_compared_word_by_word():
    old, new = library(issue("SOC-01", name={"zh": "隐私保护"})), library(issue("SOC-01", name={"zh": "隐私与保护"}))
    (found,) = compare_libraries(old, new, kept("SOC-01")).issues
    assert [(text.field, text.language, text.segments) for text in found.texts] == [
        ("name", "zh", (Segment("equal", "隐私"), Segment("added", "与"), Segment("equal", "保护")))
    ]


def test_issue_that_is_gone_and_an_issue_listed_as_retired_are_both_retired():
    old = library(issue("SOC-01"), issue("SOC-02"))
    new = library(issue("SOC-02", status="retired"))
    found = compare_libraries(old, new, {}).issues
    assert [(row.shown.code, row.kinds, row.new is None) for row in found] == [
        ("SOC-01", ("retired",), True),
        ("SOC-02", ("retired",), False),
    ]


def test_issue_retired_before_is_not_told_again():
    gone = issue("SOC-01", status="retired")
    assert told(library(gone), library(gone), {}) == told(library(gone), library(), {}) == {}


def test_issue_merged_into_another_is_not_told_as_retired():
    old, new = library(issue("SOC-01"), issue("SOC-02")), library(issue("SOC-01"))
    assert told(old, new, {"SOC-01": {"SOC-01": 0.5, "SOC-02": 0.5}}) == {"SOC-01": ("merged",)}


def test_code_taken_over_by_another_issue_is_told_as_both():
    """SOC-01 moved away to SOC-05, and a new issue took its code."""
    old, new = library(issue("SOC-01")), library(issue("SOC-01", name={"en": "New"}), issue("SOC-05"))
    assert told(old, new, {"SOC-05": {"SOC-01": 1.0}}) == {"SOC-01": ("added",), "SOC-05": ("renamed",)}


def test_reinstated_issue():
    old, new = library(issue("SOC-01", status="retired")), library(issue("SOC-01"))
    assert told(old, new, kept("SOC-01")) == {"SOC-01": ("reinstated",)}


def test_categories_that_differ():
    renamed = replace(ECONOMY, name={"en": "Economics"})
    technology = CategoryRecord("technology", {"zh": "科技", "en": "Technology"}, 3)
    found = compare_libraries(library(categories=(SOCIETY, ECONOMY)), library(categories=(renamed, technology)), {})
    assert found.categories == (
        CategoryDifference(renamed, ECONOMY),
        CategoryDifference(technology, None),
        CategoryDifference(None, SOCIETY),
    )


@given(st.lists(st.sampled_from([f"SOC-0{number}" for number in range(1, 8)]), unique=True).flatmap(
    lambda codes: st.tuples(st.just(codes), st.sets(st.sampled_from(codes)) if codes else st.just(set()))))  # fmt: skip
def test_every_issue_is_either_unchanged_or_told(drawn):
    codes, changed = drawn
    old = library(*(issue(code) for code in codes))
    new = library(*(issue(code, **({"name": {"en": "New"}} if code in changed else {})) for code in codes))
    found = compare_libraries(old, new, kept(*codes))
    assert {row.shown.code for row in found.issues} == changed
    assert found.unchanged + len(found.issues) == len(codes)


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
