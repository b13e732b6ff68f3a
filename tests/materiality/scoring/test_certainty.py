"""Distribution functions and the certainty of tiers, against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from materiality.scoring.bivariate import bivariate_normal_cdf, normal_cdf
from materiality.scoring.certainty import absolute_certainty, either_certainty, share_certainty
from materiality.scoring.method import Method
from materiality.scoring.tiers import Cuts, share_counts

from . import slow

NAN = float("nan")


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
