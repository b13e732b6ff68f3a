"""Tier rules: shares with their rounding and ties, absolute cuts, double materiality."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.method import Method
from materiality.scoring.tiers import (
    Cuts,
    either_tiers,
    priority,
    priority_tiers,
    priority_variance,
    ranks,
    share_counts,
)

from . import slow

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
