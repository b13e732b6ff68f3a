"""Tier rules: shares with their rounding and ties, absolute cuts, double materiality."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.certainty import bivariate_normal_cdf, normal_cdf
from materiality.scoring.method import Method
from materiality.scoring.run import Counts, run
from materiality.scoring.tiers import CutLine, Cuts, Neighbour, place, ranks, share_counts

from .responses import table

NAN = float("nan")
LETTER = {"high": "H", "medium": "M", "low": "L", "unscored": "-"}


def score_both(values):
    """Issues with these scores on both dimensions, so that they are their priorities."""
    return np.array([values, values], dtype=float).T


def by_shares(values, q_high=0.3, q_low=0.3):
    placing = place(score_both(values), Method(q_high=q_high, q_low=q_low))
    return "".join(LETTER[tier] for tier in placing.tiers), placing.cuts


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
    assert share_counts(scored, Method(q_high=q_high, q_low=q_low)) == counts


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


def test_absolute_cuts_include_their_high_end_only():
    method = Method(cuts="absolute", cut_low=40, cut_high=60)
    placing = place(score_both([39.999999999, 40, 59.9, 60, NAN]), method)
    assert (placing.tiers.tolist(), placing.cuts) == (["low", "medium", "medium", "high", "unscored"], Cuts(40, 60))


def test_either_rule():
    score = np.array([[60, 50], [60, 49], [59, 50], [59, 49], [60, NAN], [NAN, 50], [59, NAN], [NAN, NAN]])
    method = Method(rule="either", threshold_society=60, threshold_business=50)
    assert place(score, method).tiers.tolist() == [
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
    method = Method(rule="either", threshold_society=60, threshold_business=50)
    assert place(np.array([[60 - 1e-12, 50 - 1e-6]]), method).tiers.tolist() == ["impact"]


@pytest.mark.parametrize(("lam", "expected"), [(1, [40, NAN]), (0, [NAN, 60]), (0.5, [NAN, NAN])])
def test_priority_needs_the_dimensions_that_have_weight(lam, expected):
    values = place(np.array([[40, NAN], [NAN, 60]]), Method(lam=lam)).priority
    assert np.array_equal(values, expected, equal_nan=True)


def test_ranks_put_the_earlier_code_first_among_equals():
    assert ranks(np.array([5.0, 7.0, 5.0, 7.0, 1.0])).tolist() == [3, 1, 4, 2, 5]


NORMAL = NormalDist()


def test_normal_cdf():
    from scipy import stats

    x = np.linspace(-9, 9, 101)
    assert normal_cdf(x) == pytest.approx(stats.norm.cdf(x), rel=1e-12)


def joint(h, k, rho):
    """P(X <= h, Y <= k) by integrating over the first variable."""
    from scipy.integrate import quad

    scale = np.sqrt(1 - rho**2)

    def density(x):
        return NORMAL.pdf(x) * NORMAL.cdf((k - rho * x) / scale)

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
    from scipy import stats

    expected = stats.multivariate_normal.cdf([h, k], cov=[[1, rho], [rho, 1]])
    assert bivariate_normal_cdf(h, k, rho)[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("h", "k"), [(0.5, 1.0), (-1.0, 2.0), (0.3, -0.3)])
def test_bivariate_normal_cdf_at_full_correlation(h, k):
    together, against = bivariate_normal_cdf([h, h], [k, k], [1, -1])
    assert together == pytest.approx(NORMAL.cdf(min(h, k)), abs=1e-8)
    assert against == pytest.approx(max(0, NORMAL.cdf(h) + NORMAL.cdf(k) - 1), abs=1e-8)


# P: 100, 75, 50, 50, 0 and unscored
CUBE = table([("users", [(5, 5), (4, 4), (3, 3), (2, 4), (1, 1), (0, 3)])] * 5).cube()


def statement(method):
    return run(Counts.of(CUBE), method, {}).levels[0].statement


def test_statement_of_shares():
    found = statement(Method())
    assert (found.issues, found.scored, found.top, found.bottom) == (6, 5, 2, 2)
    assert found.tiers == {"high": 2, "medium": 2, "low": 1, "unscored": 1}
    assert found.lines == (
        CutLine("low", 25, Neighbour("I-02", 50, 25), Neighbour("I-04", 0, 25)),
        CutLine("high", 62.5, Neighbour("I-01", 75, 12.5), Neighbour("I-02", 50, 12.5)),
    )


def test_statement_of_absolute_cuts():
    found = statement(Method(cuts="absolute", cut_low=0, cut_high=75))
    assert (found.top, found.bottom) == (None, None)
    assert found.lines == (
        CutLine("low", 0, Neighbour("I-04", 0, 0), None),
        CutLine("high", 75, Neighbour("I-01", 75, 0), Neighbour("I-02", 50, 25)),
    )


def test_statement_of_either():
    method = Method(rule="either", threshold_society=60, threshold_business=70)
    result = run(Counts.of(CUBE), method, {})
    assert result.levels[0].statement.lines == (
        CutLine("society", 60, Neighbour("I-01", 75, 15), Neighbour("I-02", 50, 10)),
        CutLine("business", 70, Neighbour("I-01", 75, 5), Neighbour("I-02", 50, 20)),
    )
    assert [each.tier for each in result.issues] == ["double", "double", "neither", "financial", "neither", "unscored"]
    assert [each.material for each in result.issues] == [True, True, False, True, False, False]
    assert (result.cuts.low, result.cuts.high) == (None, None)


def test_statement_of_a_cut_that_separates_nothing():
    found = statement(Method(q_high=0))
    assert found.lines[1] == CutLine("high", None, None, None)
