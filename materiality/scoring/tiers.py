"""Priority, rank and tier of issues (scoring.md, From scores to tiers)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from .cube import DIMENSIONS, PARTS, Cube
from .method import (
    DOUBLE,
    FINANCIAL,
    HIGH,
    IMPACT,
    LOW,
    MEDIUM,
    NEITHER,
    UNSCORED,
    Method,
    bivariate_normal_cdf,
    normal_cdf,
)
from .scores import Base, Estimates, Moments, weighted_score

DECIMALS = 9


@dataclass(frozen=True)
class Cuts:
    """Cut points on P, 0–100; None where a cut separates nothing or the rule has none."""

    low: float | None = None
    high: float | None = None


def priority(score: np.ndarray, lam: float) -> np.ndarray:
    """P = λ S[society] + (1 − λ) S[business] of `score` [..., 2], rounded; NaN where a needed dimension is missing."""
    return np.round(mix(score, lam), DECIMALS)


def mix(values: np.ndarray, lam: float) -> np.ndarray:
    """λ · society + (1 − λ) · business of `values` [..., 2]; a dimension of no weight is not looked at."""
    if lam == 1:
        return values[..., 0]
    if lam == 0:
        return values[..., 1]
    return lam * values[..., 0] + (1 - lam) * values[..., 1]


def priority_variance(var: np.ndarray, cov: np.ndarray, lam: float) -> np.ndarray:
    """Var P of `var` [N, 2] and `cov` [N]; exactly 0 where the covariance cancels the variances."""
    if lam in (0, 1):
        return mix(var, lam)
    alone = lam**2 * var[:, 0] + (1 - lam) ** 2 * var[:, 1]
    total = alone + 2 * lam * (1 - lam) * cov
    return np.where(total > 1e-12 * alone, total, np.where(np.isnan(total), np.nan, 0.0))


def ranks(priorities: np.ndarray) -> np.ndarray:
    """Ranks 1.. by P descending along the last axis, ties in the order given (that of codes). No NaN."""
    order = np.argsort(-priorities, axis=-1, kind="stable")
    result = np.empty_like(order)
    np.put_along_axis(result, order, np.broadcast_to(np.arange(1, order.shape[-1] + 1), order.shape), axis=-1)
    return result


def share_counts(scored: int, q_high: float, q_low: float) -> tuple[int, int]:
    """How many issues the top and the bottom share take, each rounded half up in exact decimals.

    Where both round up and overlap, the issue in question belongs to the top.
    """
    top, bottom = (
        int((Decimal(str(float(share))) * scored).quantize(Decimal(1), ROUND_HALF_UP)) for share in (q_high, q_low)
    )
    return min(top, scored), min(bottom, scored - min(top, scored))


def share_masks(priorities: np.ndarray, top: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
    """Which are high and which are low, bool like `priorities` [..., n], by the counts of the two shares.

    A tie across a boundary moves up, a tie across both is neither.
    """
    n = priorities.shape[-1]
    ranked = np.sort(priorities, axis=-1)[..., ::-1]
    none = np.zeros(priorities.shape, dtype=bool)
    high, low, last_high, last_middle = none, none, None, None
    if top:
        last_high = ranked[..., top - 1, None]
        high = priorities >= last_high
    if bottom:
        first_low = ranked[..., n - bottom, None]
        last_middle = ranked[..., n - bottom - 1, None] if bottom < n else np.inf
        low = (priorities <= first_low) & (priorities < last_middle)
    if top and bottom:
        across_both = (last_high == ranked[..., top, None]) & (last_high == first_low) & (last_high == last_middle)
        high = high & ~(across_both & (priorities == last_high))
    return high, low


def priority_tiers(priorities: np.ndarray, method: Method) -> tuple[list[str], Cuts]:
    """Tier of each issue by rule `priority` and the cut points, shares being taken of the scored issues."""
    scored = ~np.isnan(priorities)
    found = priorities[scored]
    if method.cuts == "absolute":
        cuts = Cuts(float(method.cut_low), float(method.cut_high))
        high, low = found >= cuts.high, found < cuts.low
    else:
        high, low = share_masks(found, *share_counts(len(found), method.q_high, method.q_low))
        cuts = Cuts(_between(found[low], found[~low]), _between(found[~high], found[high]))
    names = np.full(len(priorities), UNSCORED, dtype=object)
    names[scored] = np.where(high, HIGH, np.where(low, LOW, MEDIUM))
    return names.tolist(), cuts


def either_tiers(score: np.ndarray, thresholds: tuple[float, float]) -> list[str]:
    """Tier of each issue by rule `either` from `score` [N, 2]; one scored dimension is enough if it is reached."""
    names = {(True, True): DOUBLE, (True, False): IMPACT, (False, True): FINANCIAL, (False, False): NEITHER}
    reached = np.round(score, DECIMALS) >= np.array(thresholds, dtype=float)
    missing = np.isnan(score).any(axis=1) & ~reached.any(axis=1)
    return [
        UNSCORED if lacks else names[society, business]
        for (society, business), lacks in zip(reached.tolist(), missing.tolist(), strict=True)
    ]


def _between(below: np.ndarray, above: np.ndarray) -> float | None:
    """Mean of the two neighbours at a boundary."""
    if not len(below) or not len(above):
        return None
    return float((below.max() + above.min()) / 2)


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


DRAWS = 2000
LOW_END, HIGH_END = 51, 1950  # of the 2,000 sorted ranks


def score_deviations(cube: Cube, found: Moments, base: Base) -> np.ndarray | None:
    """e_b = √(39/40) (S⁽ᵇ⁾ − S) float64[40, I, 2] of the scores, NaN where unscored; None if the cube has no parts.

    A group left with no rating keeps its full mean.
    """
    if cube.parts is None:
        return None
    totals = cube.parts[..., 1].sum(axis=0)
    rest = found.n - cube.parts[..., 0]
    means = np.where(rest > 0, (totals - cube.parts[..., 1]) / np.maximum(rest, 1), found.mean)
    moved = weighted_score(means, base, cube.k) - weighted_score(found.mean, base, cube.k)
    return moved * np.sqrt((PARTS - 1) / PARTS)


def draw_priorities(priorities: np.ndarray, deviations: np.ndarray, seed: int) -> np.ndarray:
    """2,000 draws P + Σ z_b e_b, rounded as P is: `priorities` [n], `deviations` [40, n] of P -> [2000, n]."""
    z = np.random.Generator(np.random.PCG64(seed)).standard_normal((DRAWS, PARTS))
    # einsum and not a BLAS product: equal to the last bit on any number of cores, and no threads left spinning
    moved = np.einsum("bd,nb->nd", np.ascontiguousarray(z.T), np.ascontiguousarray(deviations.T)).T
    return np.round(priorities + moved, DECIMALS)


def rank_intervals(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 51st and the 1,950th of each issue's sorted ranks over `draws` [2000, n], issues in code order."""
    ordered = np.sort(ranks(draws), axis=0)
    return ordered[LOW_END - 1], ordered[HIGH_END - 1]


@dataclass(frozen=True)
class Neighbour:
    """The issue nearest to a cut on one side (first by code among equals), its value and its distance, 0–100."""

    code: str
    value: float
    distance: float


@dataclass(frozen=True)
class CutLine:
    """One cut point or threshold: `name` low, high, society or business; value None where it separates nothing."""

    name: str
    value: float | None
    above: Neighbour | None
    below: Neighbour | None


@dataclass(frozen=True)
class Statement:
    """`issues` in all, `scored` of them have a tier, number per tier, the cuts.

    top and bottom: how many issues the two shares came to; None for other rules.
    """

    issues: int
    scored: int
    tiers: dict[str, int]
    lines: tuple[CutLine, ...]
    top: int | None
    bottom: int | None


def state(found: Estimates, priorities: np.ndarray, tiers: Sequence[str], cuts: Cuts, method: Method) -> Statement:
    """The statement on issues in code order with their `priorities` [N] and tiers."""
    if method.rule == "either":
        values = np.round(found.score, DECIMALS)
        lines = [_line(name, method.thresholds[d], found.codes, values[:, d]) for d, name in enumerate(DIMENSIONS)]
    else:
        lines = [_line(name, getattr(cuts, name), found.codes, priorities) for name in ("low", "high")]
    counts = (None, None)
    if method.rule == "priority" and method.cuts == "shares":
        counts = share_counts(int((~np.isnan(priorities)).sum()), method.q_high, method.q_low)
    number = Counter(tiers)
    return Statement(len(tiers), len(tiers) - number[UNSCORED], dict(number), tuple(lines), *counts)


def _line(name: str, cut: float | None, codes: Sequence[str], values: np.ndarray) -> CutLine:
    if cut is None:
        return CutLine(name, None, None, None)
    above = _nearest(codes, values, np.where(values >= cut, values - cut, np.nan))
    return CutLine(name, float(cut), above, _nearest(codes, values, np.where(values < cut, cut - values, np.nan)))


def _nearest(codes: Sequence[str], values: np.ndarray, distances: np.ndarray) -> Neighbour | None:
    if np.isnan(distances).all():
        return None
    at = int(np.nanargmin(distances))
    return Neighbour(codes[at], float(values[at]), float(distances[at]))


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
