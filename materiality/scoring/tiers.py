"""Priority, rank and tier of issues (scoring.md, From scores to tiers)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from .method import Method
from .tier_names import DOUBLE, FINANCIAL, HIGH, IMPACT, LOW, MEDIUM, NEITHER, UNSCORED

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
