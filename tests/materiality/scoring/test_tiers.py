"""Tier rules: shares with their rounding and ties, absolute cuts, double materiality."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from materiality.scoring.assess import assess
from materiality.scoring.method import Method, bivariate_normal_cdf, normal_cdf
from materiality.scoring.scores import base_of, moments
from materiality.scoring.tiers import (
    CutLine,
    Cuts,
    Neighbour,
    absolute_certainty,
    either_certainty,
    either_tiers,
    priority,
    priority_tiers,
    priority_variance,
    rank_intervals,
    ranks,
    score_deviations,
    share_certainty,
    share_counts,
)

from . import slow
from .responses import random_answers, table

NAN = float("nan")
LETTER = {"high": "H", "medium": "M", "low": "L", "unscored": "-"}


def by_shares(values, q_high=0.3, q_low=0.3):
    tiers, cuts = priority_tiers(np.array(values, dtype=float), Method(q_high=q_high, q_low=q_low))
    return "".join(LETTER[tier] for tier in tiers), cuts


@pytest.mark.parametrize(
    ("scored", "q_high", "q_low", "counts"),
    [
        (93, 0.3, 0.3, (28, 28)),  # 27.9
        (23, 0.3, 0.3, (7, 7)),  # 6.9
        (5, 0.3, 0.3, (2, 2)),  # 1.5 is rounded up
        (15, 0.3, 0.1, (5, 2)),  # 4.5 and 1.5
        (45, 0.7, 0.3, (32, 13)),  # 31.5 up, 13.5 has only 13 left
        (10, 0.15, 0.25, (2, 3)),  # 1.5 and 2.5, though 0.15 is below its decimal in binary
        (50, 0.29, 0.01, (15, 1)),  # 14.5 and 0.5, where 0.29 · 50 is 14.499… in binary
        (3, 0.5, 0.5, (2, 1)),
        (1, 0.5, 0.5, (1, 0)),
        (1, 0.3, 0.3, (0, 0)),
        (7, 1, 0, (7, 0)),
        (7, 0, 1, (0, 7)),
        (0, 0.3, 0.3, (0, 0)),
    ],
)
def test_share_counts_round_half_up(scored, q_high, q_low, counts):
    assert share_counts(scored, q_high, q_low) == counts


@pytest.mark.parametrize(
    ("values", "q_high", "q_low", "tiers", "low", "high"),
    [
        ([10, 20, 30, 40, 50], 0.2, 0.2, "LMMMH", 15, 45),
        ([50, 40, 30, 20, 10], 0.4, 0.4, "HHMLL", 25, 35),
        ([10, 20, 40, 40, 50], 0.4, 0.2, "LMHHH", 15, 30),  # tie across the high cut moves up
        ([10, 20, 20, 40, 50], 0.2, 0.4, "LMMMH", 15, 45),  # tie across the low cut moves up
        ([10, 30, 30, 30, 50], 0.4, 0.4, "LMMMH", 20, 40),  # tie across both is medium
        ([30, 30, 30], 0.3, 0.3, "MMM", None, None),
        ([30, 30, 30, 30], 0.5, 0.5, "MMMM", None, None),
        ([10, 30, 30, 50], 0.5, 0.5, "LMMH", 20, 40),  # one boundary that is both cuts
        ([30, 30, 30], 0.4, 0, "HHH", None, None),  # moves up as a whole, and nothing is left to cut off
        ([30, 30, 30], 0, 0.4, "MMM", None, None),
        ([10, 20, 30], 1, 0, "HHH", None, None),
        ([10, 20, 30], 0, 1, "LLL", None, None),
        ([10, 20, 30], 0.5, 0.5, "LHH", 15, 15),
        ([10, 20, 30], 0, 0, "MMM", None, None),
        ([10, NAN, 30, 20, NAN], 0.3, 0.3, "L-HM-", 15, 25),
        ([NAN], 0.3, 0.3, "-", None, None),
        ([7], 0.3, 0.3, "M", None, None),
    ],
)
def test_share_tiers(values, q_high, q_low, tiers, low, high):
    assert by_shares(values, q_high, q_low) == (tiers, Cuts(low, high))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=14), st.integers(0, 20), st.integers(0, 20))
def test_share_tiers_agree_with_slow_definition(values, high, low):
    q_high, q_low = high / 20, min(low, 20 - high) / 20
    top, bottom = share_counts(len(values), q_high, q_low)
    expected = [LETTER[slow.share_tier(value, values, top, bottom)] for value in values]
    tiers, cuts = by_shares(values, q_high, q_low)
    assert list(tiers) == expected
    if cuts.high is not None:
        assert [tier == "H" for tier in tiers] == [value >= cuts.high for value in values]
    if cuts.low is not None:
        assert [tier == "L" for tier in tiers] == [value < cuts.low for value in values]


def test_absolute_cuts_include_their_high_end_only():
    method = Method(cuts="absolute", cut_low=40, cut_high=60)
    tiers, cuts = priority_tiers(np.array([39.999999999, 40, 59.9, 60, NAN]), method)
    assert (tiers, cuts) == (["low", "medium", "medium", "high", "unscored"], Cuts(40, 60))


def test_either_rule():
    score = np.array([[60, 50], [60, 49], [59, 50], [59, 49], [60, NAN], [NAN, 50], [59, NAN], [NAN, NAN]])
    assert either_tiers(score, (60, 50)) == [
        "double",
        "impact",
        "financial",
        "neither",
        "impact",
        "financial",
        "unscored",
        "unscored",
    ]


def test_either_rule_reaches_a_threshold_to_nine_decimals():
    assert either_tiers(np.array([[60 - 1e-12, 50 - 1e-6]]), (60, 50)) == ["impact"]


def test_priority_is_rounded_so_that_equal_issues_tie():
    values = priority(np.array([[0.1 + 0.2, 0.0], [0.3, 0.0], [0.0, 0.3]]), 0.5)
    assert values.tolist() == [0.15, 0.15, 0.15]
    assert ranks(values).tolist() == [1, 2, 3]


@pytest.mark.parametrize(("lam", "expected"), [(1, [40, NAN]), (0, [NAN, 60]), (0.5, [NAN, NAN])])
def test_priority_needs_the_dimensions_that_have_weight(lam, expected):
    values = priority(np.array([[40, NAN], [NAN, 60]]), lam)
    assert np.array_equal(values, expected, equal_nan=True)


@pytest.mark.parametrize(("lam", "expected"), [(1, 4), (0, 9), (0.5, 1 + 2.25 - 1.5)])
def test_priority_variance(lam, expected):
    found = priority_variance(np.array([[4.0, 9.0]]), np.array([-3]), lam)
    assert found[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("lam", [0.33, 0.35, 0.5, 0.65])
def test_priority_variance_that_cancels_is_exactly_zero(lam):
    var = np.array([[lam**-2, (1 - lam) ** -2]])
    assert priority_variance(var, -np.sqrt(var.prod(axis=1)), lam).tolist() == [0]


def test_ranks_put_the_earlier_code_first_among_equals():
    assert ranks(np.array([5.0, 7.0, 5.0, 7.0, 1.0])).tolist() == [3, 1, 4, 2, 5]


def test_normal_cdf():
    x = np.linspace(-9, 9, 101)
    assert normal_cdf(x) == pytest.approx(stats.norm.cdf(x), rel=1e-12)


def joint(h, k, rho):
    """P(X <= h, Y <= k) by integrating over the first variable."""
    scale = np.sqrt(1 - rho**2)

    def density(x):
        return stats.norm.pdf(x) * stats.norm.cdf((k - rho * x) / scale)

    turn = k / rho if abs(rho) > 0.5 else 0.0
    points = sorted({min(max(at, -12.0), h) for at in (-12.0, turn - 6 * scale, turn, turn + 6 * scale, h)})
    return sum(quad(density, a, b, epsabs=1e-12, limit=200)[0] for a, b in zip(points, points[1:], strict=False))


@pytest.mark.parametrize("rho", [-0.9999, -0.97, -0.5, -0.01, 0.0, 0.2, 0.8, 0.95, 0.999, 0.99999])
@pytest.mark.parametrize(
    ("h", "k"), [(0, 0), (1, 1), (-1.2, 0.4), (2.5, -2), (0.3, 0.301), (-3, -2.9), (6, 1), (1.5, -1.5)]
)
def test_bivariate_normal_cdf(h, k, rho):
    assert bivariate_normal_cdf(h, k, rho)[0] == pytest.approx(joint(h, k, rho), abs=2e-8)


@settings(max_examples=40, deadline=None)
@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-0.95, 0.95))
def test_bivariate_normal_cdf_agrees_with_scipy(h, k, rho):
    expected = stats.multivariate_normal.cdf([h, k], cov=[[1, rho], [rho, 1]])
    assert bivariate_normal_cdf(h, k, rho)[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("h", "k"), [(0.5, 1.0), (-1.0, 2.0), (0.3, -0.3)])
def test_bivariate_normal_cdf_at_full_correlation(h, k):
    together, against = bivariate_normal_cdf([h, h], [k, k], [1, -1])
    assert together == pytest.approx(stats.norm.cdf(min(h, k)), abs=1e-8)
    assert against == pytest.approx(max(0, stats.norm.cdf(h) + stats.norm.cdf(k) - 1), abs=1e-8)


def test_absolute_certainty_is_the_probability_of_the_tier():
    priorities, var = np.array([65, 50, 30, 61, NAN]), np.array([16, 25, 4, 0, NAN])
    tiers = ["high", "medium", "low", "high", "unscored"]
    expected = [
        stats.norm.sf(60, 65, 4),
        stats.norm.cdf(60, 50, 5) - stats.norm.cdf(40, 50, 5),
        stats.norm.cdf(40, 30, 2),
        NAN,
        NAN,
    ]
    found = absolute_certainty(priorities, var, tiers, Cuts(40, 60))
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_either_certainty_is_the_probability_of_the_quadrant():
    score, var = np.array([[65, 52], [65, 45], [55, 52], [55, 45]]), np.array([[16, 9.0]] * 4)
    tiers = ["double", "impact", "financial", "neither"]
    found = either_certainty(score, var, np.full(4, 7.0), tiers, (60, 50))
    for at, (society, business) in enumerate([(1, 1), (1, -1), (-1, 1), (-1, -1)]):
        mean = [-society * (score[at, 0] - 60), -business * (score[at, 1] - 50)]
        cov = [[16, society * business * 7], [society * business * 7, 9]]
        assert found[at] == pytest.approx(stats.multivariate_normal.cdf([0, 0], mean, cov), abs=1e-6)


def test_either_certainty_of_the_quadrants_adds_up():
    tiers = ["double", "impact", "financial", "neither"]
    score, var = np.array([[62.0, 49.0]] * 4), np.array([[16, 9.0]] * 4)
    assert either_certainty(score, var, np.full(4, -5.0), tiers, (60, 50)).sum() == pytest.approx(1, abs=1e-7)


def test_either_certainty_where_little_is_known():
    score = np.array([[65, NAN], [NAN, 52], [NAN, 40], [65, 52], [NAN, NAN]])
    var = np.array([[16, NAN], [NAN, 9], [NAN, 9], [16, 0], [NAN, NAN]])
    cov = np.array([NAN, NAN, NAN, 0, NAN])
    tiers = ["impact", "financial", "unscored", "double", "unscored"]
    found = either_certainty(score, var, cov, tiers, (60, 50))
    expected = [stats.norm.cdf(5 / 4), stats.norm.cdf(2 / 3), NAN, NAN, NAN]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(0, 10), st.integers(0, 10))
def test_share_certainty_counts_the_draws_of_the_same_tier(seed, issues, high, low):
    method = Method(q_high=high / 20, q_low=low / 20)
    top, bottom = share_counts(issues, method.q_high, method.q_low)
    draws = np.random.default_rng(seed).integers(0, 6, (30, issues)).astype(float)
    tiers = [slow.share_tier(value, draws[0].tolist(), top, bottom) for value in draws[0]]
    expected = [
        sum(slow.share_tier(draw[at], draw.tolist(), top, bottom) == tiers[at] for draw in draws) / 30
        for at in range(issues)
    ]
    assert share_certainty(draws, tiers, method).tolist() == pytest.approx(expected, abs=1e-12)


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


# P: 100, 75, 50, 50, 0 and unscored
CUBE = table([("users", [(5, 5), (4, 4), (3, 3), (2, 4), (1, 1), (0, 3)])] * 5).cube()


def test_statement_of_shares():
    found = assess(CUBE, Method(), {}).statement
    assert (found.issues, found.scored, found.top, found.bottom) == (6, 5, 2, 2)
    assert found.tiers == {"high": 2, "medium": 2, "low": 1, "unscored": 1}
    assert found.lines == (
        CutLine("low", 25, Neighbour("I-02", 50, 25), Neighbour("I-04", 0, 25)),
        CutLine("high", 62.5, Neighbour("I-01", 75, 12.5), Neighbour("I-02", 50, 12.5)),
    )


def test_statement_of_absolute_cuts():
    found = assess(CUBE, Method(cuts="absolute", cut_low=0, cut_high=75), {}).statement
    assert (found.top, found.bottom) == (None, None)
    assert found.lines == (
        CutLine("low", 0, Neighbour("I-04", 0, 0), None),
        CutLine("high", 75, Neighbour("I-01", 75, 0), Neighbour("I-02", 50, 25)),
    )


def test_statement_of_either():
    method = Method(rule="either", threshold_society=60, threshold_business=70)
    result = assess(CUBE, method, {})
    assert result.statement.lines == (
        CutLine("society", 60, Neighbour("I-01", 75, 15), Neighbour("I-02", 50, 10)),
        CutLine("business", 70, Neighbour("I-01", 75, 5), Neighbour("I-02", 50, 20)),
    )
    assert [each.tier for each in result.issues] == ["double", "double", "neither", "financial", "neither", "unscored"]
    assert [each.material for each in result.issues] == [True, True, False, True, False, False]
    assert (result.cuts.low, result.cuts.high) == (None, None)


def test_statement_of_a_cut_that_separates_nothing():
    found = assess(CUBE, Method(q_high=0), {}).statement
    assert found.lines[1] == CutLine("high", None, None, None)
