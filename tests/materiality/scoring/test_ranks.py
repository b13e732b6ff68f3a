"""Deviations from the parts, draws, and rank intervals, against a slow computation."""

import math

import numpy as np
import pytest

from materiality.scoring.assess import assess
from materiality.scoring.method import Method
from materiality.scoring.ranks import rank_intervals, score_deviations
from materiality.scoring.scores import base_of, moments
from materiality.scoring.tiers import share_counts

from . import slow
from .responses import random_answers, table

ANSWERS = random_answers(11, 260, 3, 6, absent=0.1, whole=True)
METHOD = Method(weights={"g1": {"society": 2, "business": 0.5}}, lam=0.6, seed=7)


def slow_draws(answers, method):
    """P of each issue and the 2,000 draws, by leaving parts out one after the other."""
    p, deviations = {}, {}
    for issue in answers.issues:
        whole = slow.priority([slow.score(answers, method, issue, d) for d in (0, 1)], method.lam)
        without = [
            slow.priority([slow.score(answers, method, issue, d, b) for d in (0, 1)], method.lam) for b in range(40)
        ]
        p[issue] = round(whole, 9)
        deviations[issue] = [math.sqrt(39 / 40) * (value - whole) for value in without]
    z = np.random.Generator(np.random.PCG64(method.seed)).standard_normal((2000, 40)).tolist()
    draws = [
        {issue: round(p[issue] + sum(map(float.__mul__, row, deviations[issue])), 9) for issue in answers.issues}
        for row in z
    ]
    return p, draws


@pytest.fixture(scope="module")
def slowly():
    return slow_draws(ANSWERS, METHOD)


def test_rank_interval_agrees_with_slow_computation(slowly):
    p, draws = slowly
    found = {issue: [] for issue in p}
    for draw in draws:
        for rank, issue in enumerate(sorted(draw, key=lambda code: (-draw[code], code)), start=1):
            found[issue].append(rank)
    for result in assess(ANSWERS.cube(), METHOD, {}).issues:
        assert result.priority == pytest.approx(p[result.code], abs=1e-9)
        ordered = sorted(found[result.code])
        assert (result.rank_low, result.rank_high) == (ordered[50], ordered[1949])
        assert result.rank_low <= result.rank <= result.rank_high


def test_share_certainty_agrees_with_slow_computation(slowly):
    _, draws = slowly
    top, bottom = share_counts(6, 0.3, 0.3)
    for result in assess(ANSWERS.cube(), METHOD, {}).issues:
        same = [slow.share_tier(draw[result.code], list(draw.values()), top, bottom) == result.tier for draw in draws]
        assert result.tier_certainty == pytest.approx(sum(same) / 2000, abs=1e-12)


def test_equal_inputs_give_equal_results():
    assert assess(ANSWERS.cube(), METHOD, {}) == assess(ANSWERS.cube(), METHOD, {})


def test_another_seed_moves_the_certainty_alone():
    first, second = (assess(ANSWERS.cube(), Method(seed=seed), {}).issues for seed in (1, 2))
    assert [each.priority for each in first] == [each.priority for each in second]
    assert [each.tier_certainty for each in first] != [each.tier_certainty for each in second]


def test_cube_without_parts_has_no_rank_interval():
    for result in assess(ANSWERS.cube().without_parts(), METHOD, {}).issues:
        assert result.rank > 0
        assert (result.rank_low, result.rank_high, result.tier_certainty) == (None, None, None)


def test_issues_answered_alike_keep_the_order_of_their_codes():
    rows = [("users", [(value, 6 - value)] * 3) for value in (1, 2, 3, 4, 5, 5, 2)]
    results = assess(table(rows).cube(), Method(), {}).issues
    assert [(each.rank, each.rank_low, each.rank_high) for each in results] == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]
    assert {(each.tier, each.tier_certainty) for each in results} == {("medium", 1.0)}


def test_single_issue_has_one_rank():
    rows = [("users", [(value, value)]) for value in (1, 2, 3, 4, 5)]
    result = assess(table(rows).cube(), Method(), {}).issues[0]
    assert (result.rank, result.rank_low, result.rank_high) == (1, 1, 1)


def test_group_left_with_no_rating_keeps_its_score():
    """The only ratings of the second issue in group `few` come from responses 0 and 40, both in part 0."""
    rows = [("many", [(n % 5 + 1, 3), (n % 4 + 1, 2)]) for n in range(60)]
    rows += [("few", [(3, 4), (5, n // 40 + 1) if n % 40 == 0 else (0, 0)]) for n in range(70)]
    given, method = table(rows), Method(min_n=2)
    cube = given.cube()
    found = moments(cube)
    deviations = score_deviations(cube, found, base_of(cube, found.n, method))
    for at, issue in enumerate(given.issues):
        for d in (0, 1):
            whole = slow.score(given, method, issue, d)
            expected = [slow.score(given, method, issue, d, b) - whole for b in range(40)]
            assert deviations[:, at, d] / math.sqrt(39 / 40) == pytest.approx(expected, abs=1e-9)


def test_issues_equal_but_for_rounding_tie_in_every_draw():
    """Three groups answer the second issue as their neighbours answer the first: sums differ in their last bit only."""
    patterns = [random_answers(seed, 50, 1, 1, absent=0, whole=True).ratings.tolist() for seed in (1, 2, 3)]
    rows = [
        (f"g{g}", [patterns[g][n], patterns[(g + 1) % 3][n], patterns[(g + 2) % 3][n]])
        for n in range(50)
        for g in range(3)
    ]
    results = assess(table(rows).cube(), Method(lam=0.3), {}).issues
    assert [(each.rank, each.rank_low, each.rank_high) for each in results] == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


@pytest.mark.parametrize(("ahead", "low", "high"), [(50, 2, 2), (51, 1, 2), (1949, 1, 2), (1950, 1, 1)])
def test_rank_interval_leaves_out_fifty_draws_at_each_end(ahead, low, high):
    draws = np.array([[1.0, 0.0]] * ahead + [[0.0, 1.0]] * (2000 - ahead))
    ends = rank_intervals(draws)
    assert (ends[0][0], ends[1][0]) == (low, high)
