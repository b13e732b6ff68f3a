"""Rank intervals and certainty of tiers: values drawn to their mean, then draws (scoring.md; Laird & Louis 1989)."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .cells import ratio
from .estimates import Estimates
from .method import HIGH, LOW, MEDIUM, UNSCORED, Method
from .tiers import DECIMALS, Placing, masks_at, mix, priority_variance, rounded_count, share_counts, top_mask

NODES, WEIGHTS = np.polynomial.legendre.leggauss(128)
SMALLEST_ANGLE = 1e-8


def normal_cdf(x: np.ndarray) -> np.ndarray:
    """Φ(x), elementwise."""
    x = np.asarray(x, dtype=float)
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x.ravel()]).reshape(x.shape)


def bivariate_normal_cdf(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X <= h, Y <= k) of standard normals with correlation `rho`, elementwise on [N]; good to about 1e-8.

    For ρ >= 0 it is Φ(h) Φ(k) plus 1/2π times the integral, over angles φ from arccos ρ to π/2, of
    exp(−(h² + k² − 2 h k cos φ) / (2 sin² φ)) (Plackett's identity). Towards φ = 0 the integrand changes by orders of
    magnitude of φ, so the quadrature runs over log φ. For ρ < 0, P(X <= h, Y <= k) = Φ(h) − P(X <= h, −Y < −k).
    """
    h, k, rho = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (h, k, rho))
    sign = np.where(rho < 0, -1.0, 1.0)
    first = np.maximum(np.arccos(np.clip(np.abs(rho), 0, 1)), SMALLEST_ANGLE)
    half = (math.log(math.pi / 2) - np.log(first)) / 2
    angle = first[:, None] * np.exp(half[:, None] * (NODES + 1))
    other = sign * k
    # (h² + k² − 2hk cos φ) / (2 sin² φ), written so that it stays exact for small φ
    power = ((h - other) ** 2)[:, None] / (2 * np.sin(angle) ** 2) + (h * other)[:, None] / (1 + np.cos(angle))
    integral = half * ((np.exp(-power) * angle) @ WEIGHTS) / (2 * math.pi)
    joint = normal_cdf(h) * normal_cdf(other) + integral
    return np.clip(np.where(sign > 0, joint, normal_cdf(h) - joint), 0, 1)


DRAWS = 2000
UNITS = 10.0**DECIMALS
LOW_END, HIGH_END = 51, 1950  # of the 2,000 sorted ranks


@dataclass(frozen=True)
class Drawn:
    """Values drawn to their mean as far as noise explains their spread.

    B float[N] how far, centre x° float[N], deviations e° float[K, N].
    """

    kept: np.ndarray
    centre: np.ndarray
    deviations: np.ndarray

    @property
    def var(self) -> np.ndarray:
        return np.einsum("kn,kn->n", self.deviations, self.deviations)

    def draws(self, z: np.ndarray) -> np.ndarray:
        """`z` float[D, K] -> draws int64[D, N] in units of the last decimal that is compared.

        The rounding also hides the last bits of the product, which depend on the number of cores.
        """
        result = z @ self.deviations
        result += self.centre
        result *= UNITS
        return np.rint(result, out=result).astype(np.int64)


@dataclass(frozen=True)
class Certainty:
    """N issues: Var P, rank_low, rank_high and certainty of the tier float[N], NaN where there is none."""

    var_priority: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    tier: np.ndarray


def drawn_to_mean(values: np.ndarray, deviations: np.ndarray) -> Drawn:
    """Shrink `values` float[N] with `deviations` float[K, N]."""
    n = len(values)
    mean = deviations.mean(axis=1, keepdims=True) if n else np.zeros((len(deviations), 1))
    centred = deviations - mean
    var = np.einsum("kn,kn->n", centred, centred)
    kept = np.ones(n)
    if n >= 4:
        spread = max(0.0, values.var(ddof=1) - var.sum() / (n - 1))
        kept = 1 - (n - 3) / (n - 1) * ratio(var, spread + var, 0.0)
    middle = values.mean() if n else 0.0
    return Drawn(kept, middle + kept * (values - middle), np.sqrt(kept) * centred + mean)


@lru_cache(maxsize=1)
def normal_draws(seed: int, sources: int) -> np.ndarray:
    """z float[2000, K] of a run; the same for priorities and both dimensions, and kept for the next run to try."""
    result = np.random.Generator(np.random.PCG64(seed)).standard_normal((DRAWS, sources))
    result.setflags(write=False)
    return result


def certainty_of(found: Estimates, placing: Placing, method: Method, z: np.ndarray | None) -> Certainty:
    """Everything at NaN where the run has no deviations; `z` are the draws of the run."""
    nothing = np.full(len(placing.priority), np.nan)
    if found.deviations is None or z is None:
        return Certainty(nothing, nothing, nothing, nothing)
    scored = ~np.isnan(placing.priority)
    known = scored & (found.known | ~np.array(method.used)).all(axis=1)
    var = np.where(known, priority_variance(found.deviations, method.lam), np.nan)
    low, high, tier = nothing.copy(), nothing.copy(), nothing.copy()
    if scored.any():
        drawn = drawn_to_mean(placing.priority[scored], mix(found.deviations[:, scored], method.lam))
        ordered = _Ordered.of(drawn.draws(z))
        low[scored], high[scored] = ordered.rank_ends()
        if method.rule == "priority":
            tier[scored] = _priority_certainty(drawn, ordered, placing.tiers[scored], placing, method)
            tier = np.where(var > 0, tier, np.nan)
    if method.rule == "either":
        tier = _either_certainty(found, placing, method, z)
    return Certainty(var, np.where(known, low, np.nan), np.where(known, high, np.nan), tier)


@dataclass(frozen=True)
class _Ordered:
    """Draws int64[D, N] of P, put in order at once: index and value float[D, N] of each place, from the top."""

    draws: np.ndarray
    index: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, draws: np.ndarray) -> "_Ordered":
        """One sort of values and places packed into one integer, so ties come in the order of codes."""
        n = draws.shape[1]
        bits = max(1, int(n - 1).bit_length())
        keys = np.sort(-draws * (1 << bits) + np.arange(n), axis=1)
        return cls(draws, keys & ((1 << bits) - 1), -(keys >> bits))

    def rank_ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The 51st and the 1,950th of each issue's sorted ranks over 2,000 draws."""
        number, n = self.draws.shape
        found = np.empty((number, n), dtype=np.int16 if n < 2**15 else np.int32)
        np.put_along_axis(
            found, self.index, np.broadcast_to(np.arange(1, n + 1, dtype=found.dtype), found.shape), axis=1
        )
        found = np.sort(np.ascontiguousarray(found.T), axis=1, kind="stable")  # radix sort for two bytes
        return found[:, LOW_END - 1], found[:, HIGH_END - 1]

    def masks(self, top: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
        """Which draws are high and which are low, by the counts of the two shares."""
        return masks_at(self.draws, self.value, top, bottom)


def _priority_certainty(
    drawn: Drawn, ordered: _Ordered, tiers: np.ndarray, placing: Placing, method: Method
) -> np.ndarray:
    if not method.by_shares:
        return within_cuts(drawn, tiers, placing)
    high, low = ordered.masks(*share_counts(ordered.draws.shape[1], method))
    same = np.where(tiers == HIGH, high, np.where(tiers == LOW, low, ~(high | low)))
    return same.mean(axis=0)


def within_cuts(drawn: Drawn, tiers: np.ndarray, placing: Placing) -> np.ndarray:
    """Probability of each tier under Normal(x°, Σ e°²) with fixed cuts."""
    spread = np.sqrt(np.where(drawn.var > 0, drawn.var, np.nan))
    below_low = normal_cdf((placing.cuts.low - drawn.centre) / spread)
    from_high = normal_cdf((drawn.centre - placing.cuts.high) / spread)
    middle = np.clip(1 - below_low - from_high, 0, 1)
    return np.select([tiers == HIGH, tiers == LOW, tiers == MEDIUM], [from_high, below_low, middle], np.nan)


def _either_certainty(found: Estimates, placing: Placing, method: Method, z: np.ndarray) -> np.ndarray:
    """NaN where the tier is `unscored`, or where V is 0 or unknown on a scored dimension."""
    scored = ~np.isnan(found.score)
    estimable = (placing.tiers != UNSCORED) & (~scored | (found.var > 0)).all(axis=1)
    axes = [
        drawn_to_mean(np.round(found.score[scored[:, d], d], DECIMALS), found.deviations[:, scored[:, d], d])
        for d in (0, 1)
    ]
    by_rule = _same_by_shares if method.by_shares else _beyond_thresholds
    return np.where(estimable, by_rule(axes, scored, placing, method, z), np.nan)


def _same_by_shares(
    axes: list[Drawn], scored: np.ndarray, placing: Placing, method: Method, z: np.ndarray
) -> np.ndarray:
    """Share of draws in which each scored dimension is reached, or not, as it was."""
    same = np.ones((len(z), len(scored)), dtype=bool)
    for d, share in enumerate(method.threshold_shares):
        draws, at = axes[d].draws(z), scored[:, d]
        same[:, at] &= top_mask(draws, rounded_count(draws.shape[1], share)) == placing.reached[at, d]
    return same.mean(axis=0)


def _beyond_thresholds(
    axes: list[Drawn], scored: np.ndarray, placing: Placing, method: Method, z: np.ndarray
) -> np.ndarray:
    """Probability of the sides of both thresholds, bivariate normal; of one alone where one dimension is scored."""
    margin, spread, moved = np.zeros(scored.shape), np.ones(scored.shape), np.zeros((z.shape[1], *scored.shape))
    for d, threshold in enumerate(method.threshold_values):
        at = scored[:, d]
        spread[at, d], moved[:, at, d] = np.sqrt(axes[d].var), axes[d].deviations
        margin[at, d] = axes[d].centre - threshold
    sign = np.where(placing.reached, 1.0, -1.0)
    away = sign * margin / np.where(spread > 0, spread, np.nan)
    both, result = scored.all(axis=1) & ~np.isnan(away).any(axis=1), np.full(len(scored), np.nan)
    rho = np.einsum("kn,kn->n", moved[:, both, 0], moved[:, both, 1]) / spread[both].prod(axis=1)
    result[both] = bivariate_normal_cdf(away[both, 0], away[both, 1], np.clip(rho, -1, 1) * sign[both].prod(axis=1))
    for d in (0, 1):
        alone = scored[:, d] & ~scored[:, 1 - d]
        result[alone] = normal_cdf(away[alone, d])
    return result
