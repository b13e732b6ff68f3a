"""Where issues stand among one another: priority, rank, tier, their certainty, and the figures of the cuts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .certainty import absolute_certainty, either_certainty, share_certainty
from .method import Method
from .ranks import draw_priorities, rank_intervals
from .scores import Estimates
from .statement import Statement, state
from .tiers import Cuts, either_tiers, mix, priority, priority_tiers, priority_variance, ranks


@dataclass(frozen=True)
class Standing:
    """Results of N issues in code order; NaN where there is none, rank 0 where unscored.

    priority, var_priority, certainty, rank_low, rank_high float64[N], rank int[N], tiers of length N.
    """

    priority: np.ndarray
    var_priority: np.ndarray
    rank: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    tiers: Sequence[str]
    certainty: np.ndarray
    cuts: Cuts
    statement: Statement


def stand(found: Estimates, method: Method) -> Standing:
    """Rank the issues of `found` (in code order) and give them tiers by the rule of the method, among themselves."""
    priorities = priority(found.score, method.lam)
    scored = ~np.isnan(priorities)
    var = np.where(scored, priority_variance(found.var, found.cov, method.lam), np.nan)
    rank = np.zeros(len(priorities), dtype=int)
    rank[scored] = ranks(priorities[scored])
    if method.rule == "either":
        tiers, cuts = either_tiers(found.score, method.thresholds), Cuts()
    else:
        tiers, cuts = priority_tiers(priorities, method)
    draws = _draws(found, priorities, scored, method)
    low, high = np.full(len(rank), np.nan), np.full(len(rank), np.nan)
    if draws is not None:
        low[scored], high[scored] = rank_intervals(draws)
    return Standing(
        priority=priorities,
        var_priority=var,
        rank=rank,
        rank_low=low,
        rank_high=high,
        tiers=tiers,
        certainty=_certainty(found, priorities, var, draws, tiers, cuts, method),
        cuts=cuts,
        statement=state(found, priorities, tiers, cuts, method),
    )


def _draws(found: Estimates, priorities: np.ndarray, scored: np.ndarray, method: Method) -> np.ndarray | None:
    if found.deviations is None or not scored.any():
        return None
    return draw_priorities(priorities[scored], mix(found.deviations[:, scored], method.lam), method.seed)


def _certainty(
    found: Estimates,
    priorities: np.ndarray,
    var: np.ndarray,
    draws: np.ndarray | None,
    tiers: Sequence[str],
    cuts: Cuts,
    method: Method,
) -> np.ndarray:
    if method.rule == "either":
        return either_certainty(found.score, found.var, found.cov, tiers, method.thresholds)
    if method.cuts == "absolute":
        return absolute_certainty(priorities, var, tiers, cuts)
    result = np.full(len(priorities), np.nan)
    if draws is not None:
        scored = ~np.isnan(priorities)
        result[scored] = share_certainty(draws, np.array(tiers, dtype=object)[scored], method)
        result[np.isnan(var)] = np.nan  # a panel of one person: its own uncertainty is not in the draws
    return result
