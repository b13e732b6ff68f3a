"""Certainty of a tier: the probability, under sampling error alone, of the tier assigned."""

from collections.abc import Sequence

import numpy as np

from .bivariate import bivariate_normal_cdf, normal_cdf
from .method import Method
from .tier_names import DOUBLE, FINANCIAL, HIGH, IMPACT, LOW, MEDIUM, UNSCORED
from .tiers import Cuts, share_counts, share_masks


def absolute_certainty(priorities: np.ndarray, var: np.ndarray, tiers: Sequence[str], cuts: Cuts) -> np.ndarray:
    """P(tier) with P ~ Normal(P, Var P) and fixed cuts; NaN where unscored or Var P is 0."""
    spread = np.sqrt(np.where(var > 0, var, np.nan))
    below_low = normal_cdf((cuts.low - priorities) / spread)
    from_high = normal_cdf((priorities - cuts.high) / spread)
    names = np.array(tiers, dtype=object)
    middle = np.clip(1 - below_low - from_high, 0, 1)
    return np.select([names == HIGH, names == LOW, names == MEDIUM], [from_high, below_low, middle], np.nan)


def either_certainty(
    score: np.ndarray, var: np.ndarray, cov: np.ndarray, tiers: Sequence[str], thresholds: tuple[float, float]
) -> np.ndarray:
    """P(tier) with both scores bivariate normal; NaN where unscored or a variance is 0.

    An issue scored on one dimension only has the probability that this dimension reaches its threshold.
    """
    spread = np.sqrt(np.where(var > 0, var, np.nan))
    margin = (score - np.array(thresholds, dtype=float)) / spread
    names = np.array(tiers, dtype=object)
    sign = np.stack([np.isin(names, (DOUBLE, IMPACT)), np.isin(names, (DOUBLE, FINANCIAL))], axis=1) * 2.0 - 1
    signed = margin * sign
    result = np.full(len(names), np.nan)
    pair = ~np.isnan(signed).any(axis=1) & ~np.isnan(cov) & (names != UNSCORED)
    rho = np.clip(cov[pair] / spread[pair].prod(axis=1), -1, 1) * sign[pair].prod(axis=1)
    result[pair] = bivariate_normal_cdf(signed[pair, 0], signed[pair, 1], rho)
    alone = np.isnan(score).sum(axis=1) == 1
    alone &= names != UNSCORED
    result[alone] = normal_cdf(np.where(np.isnan(score[alone, 0]), signed[alone, 1], signed[alone, 0]))
    return result


def share_certainty(draws: np.ndarray, tiers: Sequence[str], method: Method) -> np.ndarray:
    """Share of `draws` [D, n] in which the rule, with the draw's own cuts, gives each scored issue its tier."""
    high, low = share_masks(draws, *share_counts(draws.shape[1], method.q_high, method.q_low))
    names = np.array(tiers, dtype=object)
    same = np.where(names == HIGH, high, np.where(names == LOW, low, ~(high | low)))
    return same.mean(axis=0)
