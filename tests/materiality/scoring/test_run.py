"""Properties of a run, levels, panel, warnings, and what is not there."""

from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.cells import cells_of, components, fit_dimension
from materiality.scoring.estimates import deviations_of
from materiality.scoring.method import Method
from materiality.scoring.panel import PanelScore
from materiality.scoring.run import Counts, run, score_counts
from materiality.scoring.tiers import place

from .responses import Answers, answers, random_answers, table
from .test_run_against_reference import complete, counts_of, incomplete, methods, plans


def without_items(each, *left_out):
    """`left_out` are (group, issue); nobody of the group was asked it on either dimension."""
    ratings = each.ratings.copy()
    for group, issue in left_out:
        for column, (i, _d) in enumerate(each.columns):
            if i == issue:
                ratings[each.group_index == group, column] = 255
    return Answers(each.groups, each.issues, each.k, each.columns, each.group_index, ratings)


def counts(each):
    return Counts.of(each.cube())


# Properties


@given(st.integers(0, 1000), st.integers(1, 5), st.integers(1, 12))
@settings(deadline=None)
def test_where_everybody_was_asked_everything_the_score_is_the_plain_mean(seed, groups, issues):
    rng = np.random.default_rng(seed)
    score, weight = rng.uniform(0, 100, (groups, issues)), rng.uniform(1e-6, 10, groups)
    found = fit_dimension(score, np.ones(score.shape, bool), weight)
    assert found.comparable == pytest.approx(found.plain, abs=1e-9)
    assert weight @ found.habit == pytest.approx(0, abs=1e-7)


@given(st.integers(0, 1000), st.floats(-40, 40))
@settings(deadline=None)
def test_a_constant_added_to_one_group_moves_all_comparable_scores_alike(seed, constant):
    rng = np.random.default_rng(seed)
    counted = rng.random((5, 12)) < 0.5
    score, weight = rng.uniform(0, 100, counted.shape), rng.uniform(0.1, 3, 5)
    before, main = fit_dimension(score, counted, weight), fit_dimension(score, counted, weight).main
    moved = score.copy()
    moved[0] += constant
    after = fit_dimension(moved, counted, weight)
    shift = (after.comparable - before.comparable)[main]
    assert np.ptp(shift) == pytest.approx(0, abs=1e-8) if main.any() else True


@given(answers, st.permutations(range(4)))
@settings(deadline=None)
def test_the_order_of_groups_changes_nothing(each, order):
    order = [g for g in order if g < len(each.groups)]
    place_of = np.argsort(order)
    other = replace(
        each, groups=tuple(each.groups[g] for g in order), group_index=place_of[each.group_index].astype(int)
    )
    method = Method(min_n=2)
    assert run(counts(each), method, {}).levels == run(counts(other), method, {}).levels


@given(plans(), methods)
@settings(max_examples=60, deadline=None)
def test_deviations_have_exactly_the_sums_of_the_cells(plan, method):
    each, clustered = plan
    found = counts_of(each, clustered)
    moved = deviations_of(cells_of(found.ratings, method), found.parts, found.clustered)
    for g in range(len(each.groups)):
        own = moved.values[moved.owner == g]
        assert (own**2).sum(axis=0) == pytest.approx(moved.var[g], rel=1e-9, abs=1e-9)
        assert own.prod(axis=2).sum(axis=0) == pytest.approx(moved.cov[g], rel=1e-7, abs=1e-7)


def test_where_everybody_was_asked_everything_the_variance_is_that_of_the_cells():
    found = counts(complete())
    scored = score_counts(found, Method(weights={"g0": {"society": 3}}))
    weight = np.array([[3, 1], [1, 1], [1, 1]]) / np.array([5, 3])
    assert scored.estimates.var == pytest.approx((weight[:, None] ** 2 * scored.moved.var).sum(axis=0), rel=1e-9)


def test_cubes_and_parts_of_disjoint_responses_give_the_run_of_their_union():
    one, other = random_answers(1, 80, 2, 5, whole=True), random_answers(2, 90, 2, 5, whole=True)
    both = one.cube() + other.cube()
    found = run(Counts.of(both), Method(), {})
    assert found.issues[0].society_n == sum(
        run(counts(each), Method(), {}).issues[0].society_n for each in (one, other)
    )
    assert found.levels == run(Counts.of(other.cube() + one.cube()), Method(), {}).levels


def test_equal_inputs_give_equal_runs():
    assert run(counts(incomplete()), Method(), {}).levels == run(counts(incomplete()), Method(), {}).levels


# What is not there, and what is odd


def test_two_components_are_not_ranked_together_unless_the_method_says_plain():
    each = without_items(random_answers(3, 120, 2, 8, absent=0, whole=True), *[(0, i) for i in range(4, 8)])
    each = without_items(each, *[(1, i) for i in range(4)])
    found = run(counts(each), Method(), {})
    assert [issue.society is None for issue in found.issues] == [False] * 4 + [True] * 4
    assert found.issues[4].not_comparable == ("society", "business")
    assert found.issues[4].plain_society > 0 and found.issues[4].tier == "unscored"
    warning = next(item for item in found.warnings if item["code"] == "not_comparable")
    assert (warning["code"], warning["dimension"], warning["components"][0]) == (
        "not_comparable",
        "business",
        {"groups": ["g0"], "issues": ["I-00", "I-01", "I-02", "I-03"]},
    )
    plain = run(counts(each), Method(estimator="plain"), {})
    assert all(issue.rank and not issue.not_comparable for issue in plain.issues)


@pytest.mark.parametrize(
    ("held", "main"),
    [([[1, 1, 0], [0, 0, 1]], (0, 1)), ([[0, 1, 1], [1, 0, 0]], (1, 2)), ([[0, 1], [1, 0]], (0,))],
)
def test_main_component_has_most_issues_and_then_the_first_code(held, main):
    _label, found = components(np.array(held, dtype=bool))
    assert found[0].issues == main


def test_thin_links_are_named():
    each = without_items(random_answers(3, 200, 3, 9, absent=0, whole=True), *[(2, i) for i in range(5)])
    found = [item for item in run(counts(each), Method(), {}).warnings if item["code"] == "thin_link"]
    assert found == [
        {"code": "thin_link", "dimension": name, "group": "g2", "shared": 4} for name in ("business", "society")
    ]


def test_an_issue_that_nobody_was_asked_is_unscored():
    each = without_items(random_answers(3, 90, 2, 3, absent=0, whole=True), (0, 1), (1, 1))
    issue = run(counts(each), Method(), {}).issues[1]
    assert (issue.society, issue.plain_society, issue.tier, issue.rank) == (None, None, "unscored", None)
    assert issue.base == {"society": (0, 0), "business": (0, 0)}


def test_a_plan_asks_also_where_nobody_answered():
    cube = without_items(random_answers(3, 90, 2, 3, absent=0, whole=True), (0, 1)).cube()
    plan = np.ones((2, 3, 2), bool)
    found = run(Counts.of(cube, plan), Method(), {})
    assert found.issues[1].base == {"society": (2, 1), "business": (2, 1)}
    assert found.short == ("I-01",)
    assert run(Counts.of(cube), Method(), {}).short == ()
    strict = run(Counts.of(cube, plan), Method(all_groups=True), {})
    assert (strict.issues[1].society, strict.issues[1].tier) == (None, "unscored")
    assert strict.issues[1].plain_society is not None


@pytest.mark.parametrize(
    "rule", [{}, {"rule": "either", "thresholds": "shares"}, {"cuts": "absolute", "cut_low": 20, "cut_high": 50}]
)
def test_everything_equal(rule):
    found = run(counts(table([("g", [(3, 3)] * 6)] * 8)), Method(**rule), {})
    assert [issue.priority for issue in found.issues] == [50] * 6
    assert [issue.rank for issue in found.issues] == [1, 2, 3, 4, 5, 6]
    assert len({issue.tier for issue in found.issues}) == 1
    issue = found.issues[0]
    assert (issue.society_low, issue.var_priority, issue.tier_certainty) == (None, 0, None)
    assert (found.halo.r, found.halo.off_diagonal, found.variance_share) == (None, (), {"g": None})


def test_a_tie_across_both_boundaries_is_medium():
    found = place(np.full((6, 2), 40.0), Method())
    assert (set(found.tiers), found.cuts.low, found.cuts.high) == ({"medium"}, None, None)


def test_one_group_with_just_enough_ratings_counts():
    rows = [("g", [(n % 5 + 1, 3), (2, n % 2 + 3)]) for n in range(5)]
    assert run(counts(table(rows)), Method(), {}).issues[0].society == 50
    found = run(counts(table(rows[:4])), Method(), {})
    assert (found.issues[0].society, found.habits) == (None, {"g": {}})


def test_a_run_without_parts_has_scores_alone():
    found = run(Counts.of(complete().cube().without_parts()), Method(), {}).issues[0]
    assert found.society > 0 and found.rank
    assert (found.var_society, found.cov, found.society_low, found.rank_low, found.tier_certainty) == (None,) * 5


def test_no_issue_and_no_group():
    for each in (random_answers(1, 0, 2, 3), random_answers(1, 0, 1, 1)):
        assert {issue.tier for issue in run(counts(each), Method(), {}).issues} == {"unscored"}


def test_groups_without_responses_and_dominant_groups_are_named():
    few = table([("a", [(n % 5 + 1, 5 - n % 5), (5 - n % 5, 3), (n % 4 + 1, 2)]) for n in range(5)])
    many = table([("b", [(n % 2 + 3, 3), (3, n % 2 + 2), (2, 2)]) for n in range(300)])
    cube = few.cube().aligned(("a", "b", "c"), few.issues) + many.cube().aligned(("a", "b", "c"), few.issues)
    found = run(Counts.of(cube), Method(), {}, one_cluster=[("s", "b")])
    codes = [each["code"] for each in found.warnings]
    assert codes[0] == "dominant_group" and codes[-3:-2] != ["halo"]
    assert {"code": "no_responses", "group": "c"} in found.warnings
    assert {"code": "one_cluster", "survey": "s", "group": "b"} in found.warnings
    assert found.variance_share["a"] > 0.9 and sum(found.variance_share.values()) == pytest.approx(1)


# Levels


PARENTS = {"I-00": "M1", "I-01": "M1", "I-02": "M2", "I-03": "M2", "I-04": "M2", "M1": "T", "M2": "T", "I-05": "U"}


def test_parents_are_means_of_their_direct_children_level_by_level():
    found = run(counts(complete(issues=6)), Method(), PARENTS)
    assert [(level.number, [each.code for each in level.issues]) for level in found.levels] == [
        (None, [f"I-0{n}" for n in range(6)]),
        (2, ["M1", "M2"]),
        (1, ["T", "U"]),
    ]
    by_code = {each.code: each for each in (*found.issues, *found.primary_issues)}
    assert by_code["M2"].society == pytest.approx(fmean(by_code[f"I-0{n}"].society for n in (2, 3, 4)))
    assert by_code["T"].society == pytest.approx((by_code["M1"].society + by_code["M2"].society) / 2)
    assert by_code["T"].derived and by_code["T"].base == {} and found.groups_of(by_code["T"]) == {}
    assert sorted(each.rank for each in found.levels[1].issues) == [1, 2]


def test_variance_and_freedom_of_a_derived_parent():
    found = counts(complete(issues=6))
    e = score_counts(found, Method()).estimates.deviations
    mean = e[:, 2:5].mean(axis=1)
    parent = {each.code: each for each in run(found, Method(), PARENTS).primary_issues}["M2"]
    assert [parent.var_society, parent.var_business] == pytest.approx((mean**2).sum(axis=0))
    assert parent.cov == pytest.approx(mean.prod(axis=1).sum())
    assert parent.var_priority == pytest.approx((mean.mean(axis=1) ** 2).sum())
    assert parent.derived_society == parent.society


@pytest.mark.parametrize(("scored", "given_"), [(3, True), (2, True), (1, False)])
def test_a_parent_needs_half_of_its_children(scored, given_):
    each = random_answers(4, 60, 1, 4, absent=0, whole=True)
    each = without_items(each, *[(0, i) for i in range(scored, 4)])
    parent = run(counts(each), Method(), dict.fromkeys(each.issues, "P")).primary_issues[0]
    assert (parent.society is not None) == given_


def test_a_parent_that_was_asked_keeps_its_own_ratings():
    rows = [("g", [(n % 3 + 1, 2), (5, 4), (3, n % 2 + 3)]) for n in range(9)]
    found = run(counts(table(rows, issues=("P", "P-01", "P-02"))), Method(), {"P-01": "P", "P-02": "P"})
    parent = found.primary_issues[0]
    assert (parent.derived, parent.society, parent.business, parent.society_n) == (False, 25, 25, 9)
    assert parent.derived_society == 75
    assert found.groups_of(parent)["g"]["society"].n == 9


def test_parents_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="stands above itself"):
        run(counts(complete()), Method(), {"I-00": "I-01", "I-01": "I-00"})


# Panel


def test_panel_blends_scores_and_adds_its_own_deviations():
    found = counts(complete())
    method = Method(panel_society=0.4)
    panel = {"I-00": {"society": PanelScore(90.0, 16.0, 4)}, "I-01": {"society": PanelScore(50.0, None, 1)}}
    without, with_ = run(found, Method(), {}), run(found, method, {}, panel)
    a, b = without.issues[0], with_.issues[0]
    assert b.society == pytest.approx(0.6 * a.society + 36)
    assert b.var_society == pytest.approx(0.36 * a.var_society + 0.16 * 16)
    assert b.cov == pytest.approx(0.6 * a.cov)
    assert (b.panel_society, b.panel_business, with_.issues[2].panel_society) == ("blended", None, "no_panel")
    alone = with_.issues[1]
    assert (alone.var_society, alone.society_low, alone.tier_certainty, alone.rank_low) == (None,) * 4
    assert with_.variance_share["panel"] > 0


def test_panel_alone_stands_where_nobody_rated():
    each = without_items(random_answers(3, 90, 2, 3, absent=0, whole=True), (0, 1), (1, 1))
    panel = {"I-01": {"society": PanelScore(90.0, 16.0, 4), "business": PanelScore(70.0, 9.0, 4)}}
    unscored = run(counts(each), Method(), {}, panel).issues[1]
    found = run(counts(each), Method(panel_alone=True), {}, panel).issues[1]
    assert (unscored.society, found.society, found.business) == (None, 90, 70)
    assert (found.var_society, found.cov, found.panel_society) == (16, 0, "panel_alone")
    assert found.plain_society is None
