"""Differences of two editions, kind by kind."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from materiality.library_file.records import CategoryRecord, IssueRecord, Library
from materiality.lineage.differences import CategoryDifference, compare
from materiality.lineage.texts import Segment

SOCIETY, ECONOMY = CategoryRecord("society", "社会", "Society", 1), CategoryRecord("economy", "经济", "Economy", 2)


def issue(code: str, **changes) -> IssueRecord:
    parent = code.rpartition("-")[0] if code.count("-") == 2 else ""
    texts = {"name_zh": f"议题{code}", "name_en": f"Issue {code}", "definition_zh": "", "definition_en": ""}
    values = {"category": "society", "parent_code": parent, "groups": (), "status": "active", "mappings": ()}
    return IssueRecord(code=code, **{**texts, **values, **changes})


def library(*issues: IssueRecord, categories=(SOCIETY, ECONOMY)) -> Library:
    return Library(tuple(categories), tuple(issues))


def kept(*codes: str) -> dict[str, dict[str, float]]:
    return {code: {code: 1.0} for code in codes}


def told(old: Library, new: Library, ancestors: dict) -> dict[str, tuple[str, ...]]:
    return {row.shown.code: row.kinds for row in compare(old, new, ancestors).issues}


def test_equal_editions_have_no_differences():
    held = library(issue("SOC-01"), issue("SOC-01-01"))
    found = compare(held, held, kept("SOC-01", "SOC-01-01"))
    assert (found.categories, found.issues, found.unchanged, found.counts) == ((), (), 2, {})


def test_each_kind_of_difference_is_named():
    old = library(*(issue(f"SOC-01-0{number}") for number in range(1, 9)))
    new = library(
        issue("SOC-01-01", name_en="Privacy"),
        issue("SOC-01-02", definition_zh="新的释义"),
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
    found = compare(old, new, ancestors)
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
    old, new = library(issue("SOC-01", name_zh="隐私保护")), library(issue("SOC-01", name_zh="隐私与保护"))
    (found,) = compare(old, new, kept("SOC-01")).issues
    assert [(text.field, text.segments) for text in found.texts] == [
        ("name_zh", (Segment("equal", "隐私"), Segment("added", "与"), Segment("equal", "保护")))
    ]


def test_issue_that_is_gone_and_an_issue_listed_as_retired_are_both_retired():
    old = library(issue("SOC-01"), issue("SOC-02"))
    new = library(issue("SOC-02", status="retired"))
    found = compare(old, new, {}).issues
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
    old, new = library(issue("SOC-01")), library(issue("SOC-01", name_en="New"), issue("SOC-05"))
    assert told(old, new, {"SOC-05": {"SOC-01": 1.0}}) == {"SOC-01": ("added",), "SOC-05": ("renamed",)}


def test_reinstated_issue():
    old, new = library(issue("SOC-01", status="retired")), library(issue("SOC-01"))
    assert told(old, new, kept("SOC-01")) == {"SOC-01": ("reinstated",)}


def test_categories_that_differ():
    renamed = replace(ECONOMY, name_en="Economics")
    technology = CategoryRecord("technology", "科技", "Technology", 3)
    found = compare(library(categories=(SOCIETY, ECONOMY)), library(categories=(renamed, technology)), {})
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
    new = library(*(issue(code, name_en="New" if code in changed else f"Issue {code}") for code in codes))
    found = compare(old, new, kept(*codes))
    assert {row.shown.code for row in found.issues} == changed
    assert found.unchanged + len(found.issues) == len(codes)
