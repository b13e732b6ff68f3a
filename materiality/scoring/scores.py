"""Moments of ratings by group, and the scores, variances and covariances of issues (scoring.md)."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from .cube import Cube
from .method import Method

Z = 1.959964
LEAST_FREEDOM = 3


def t_quantile(freedom: np.ndarray) -> np.ndarray:
    """97.5 % point of Student's t for `freedom` degrees (at least 3 are taken), within 0.01 from 4 on."""
    nu, z = np.maximum(freedom, LEAST_FREEDOM), Z
    return (
        z
        + (z**3 + z) / (4 * nu)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * nu**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * nu**3)
    )


def intervals(score: np.ndarray, var: np.ndarray, freedom: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of S ± t √V on 0–100, NaN where V is 0 or unknown. Sampling error only (scoring.md)."""
    half = t_quantile(freedom) * np.sqrt(np.where(var > 0, var, np.nan))
    return np.clip(score - half, 0, 100), np.clip(score + half, 0, 100)


@dataclass(frozen=True)
class Moments:
    """Moments of the ratings 1..K by group, issue, dimension; NaN where there are too few ratings.

    n int64[G, I, 2], mean and var float64[G, I, 2] (divisor n − 1), n12 int64[G, I] pairs and their covariance
    c float64[G, I] (divisor n12 − 1, 0 where n12 < 2).
    """

    n: np.ndarray
    mean: np.ndarray
    var: np.ndarray
    n12: np.ndarray
    c: np.ndarray


@dataclass(frozen=True)
class Estimates:
    """What is known of N issues in code order, on 0–100; NaN where a dimension is unscored.

    score, var, freedom float64[N, 2], cov float64[N]. deviations float64[40, N, 2] are the e_b of the scores, None
    without parts. panel_var float64[N, 2] is the part of var that the expert panel adds.
    """

    codes: tuple[str, ...]
    score: np.ndarray
    var: np.ndarray
    freedom: np.ndarray
    cov: np.ndarray
    panel_var: np.ndarray
    deviations: np.ndarray | None

    def pick(self, at: list[int]) -> Self:
        """The rows `at`, in that order."""
        deviations = None if self.deviations is None else self.deviations[:, at]
        arrays = (each[at] for each in (self.score, self.var, self.freedom, self.cov, self.panel_var))
        return type(self)(tuple(self.codes[n] for n in at), *arrays, deviations)


@dataclass(frozen=True)
class Base:
    """Which groups count: counting bool[G, I, 2], weight float64[G, I, 2] (0 where not counting).

    scored int[I] of `groups` groups of the method were able to score the issue on every dimension the rule uses.
    """

    counting: np.ndarray
    weight: np.ndarray
    scored: np.ndarray
    groups: int


def moments(cube: Cube) -> Moments:
    """Moments of all ratings in the cube; sums are integers, so nothing is lost before the division."""
    values = np.arange(1, cube.k + 1)
    counts = cube.counts
    histogram = np.stack([counts[:, :, 1:].sum(axis=3), counts[:, :, :, 1:].sum(axis=2)], axis=2)
    n, total, squares = histogram.sum(axis=3), histogram @ values, histogram @ values**2
    pairs = counts[:, :, 1:, 1:]
    n12, first, second = pairs.sum(axis=(2, 3)), pairs.sum(axis=3) @ values, pairs.sum(axis=2) @ values
    products = (pairs @ values) @ values
    return Moments(
        n=n,
        mean=ratio(total, n, np.nan),
        var=ratio(n * squares - total**2, n * (n - 1), np.nan),
        n12=n12,
        c=ratio(n12 * products - first * second, n12 * (n12 - 1), 0.0),
    )


def base_of(cube: Cube, n: np.ndarray, method: Method) -> Base:
    """Which groups count, by weight and by `n` int[G, I, 2]; R of `by_response` is the group's valid responses."""
    named = method.weight_matrix(cube.groups)
    weight = named * cube.valid[:, None] if method.weighting == "by_response" else named
    counting = (weight > 0)[:, None, :] & (n >= method.min_n)
    asked = (named > 0) & np.array(method.used_by_rule)
    able = (counting | ~asked[:, None, :]).all(axis=2) & asked.any(axis=1)[:, None]
    return Base(counting, np.where(counting, weight[:, None, :], 0.0), able.sum(axis=0), int(asked.any(axis=1).sum()))


def weighted_score(mean: np.ndarray, base: Base, k: int) -> np.ndarray:
    """S = Σ w s / Σ w over the groups that count, NaN where none does: `mean` [..., G, I, 2] -> [..., I, 2]."""
    scaled = 100 * (np.where(base.counting, mean, 1.0) - 1) / (k - 1)
    score = ratio((base.weight * scaled).sum(axis=-3), base.weight.sum(axis=0), np.nan)
    return np.clip(score, 0, 100)  # rounding of the quotient must not leave the scale


def estimates(cube: Cube, found: Moments, base: Base, method: Method) -> Estimates:
    """S, V, ν and C of every issue of the cube; issues whose base is short are unscored if the method says so."""
    share = ratio(base.weight, base.weight.sum(axis=0), 0.0)
    factor = (100 / (cube.k - 1)) ** 2
    with_var = base.counting & (found.n >= 2)
    terms = share**2 * factor * ratio(np.where(with_var, found.var, 0.0), found.n, 0.0)
    var, score = terms.sum(axis=0), weighted_score(found.mean, base, cube.k)
    freedom = ratio(var**2, ratio(terms**2, found.n - 1, 0.0).sum(axis=0), np.inf)
    cov = (share[:, :, 0] * share[:, :, 1] * factor * _mean_covariance(found, base)).sum(axis=0)
    unscored = np.isnan(score)
    if method.all_groups:
        unscored |= (base.scored < base.groups)[:, None]
    score, var = np.where(unscored, np.nan, score), np.where(unscored, np.nan, var)
    cov = np.where(unscored.any(axis=1), np.nan, cov)
    return Estimates(cube.issues, score, var, freedom, cov, np.zeros_like(var), None)


def ratio(top: np.ndarray, bottom: np.ndarray, otherwise: float) -> np.ndarray:
    """top / bottom where bottom > 0, else `otherwise`."""
    shape = np.broadcast_shapes(np.shape(top), np.shape(bottom))
    return np.divide(top, bottom, out=np.full(shape, otherwise), where=np.broadcast_to(bottom > 0, shape))


def _mean_covariance(found: Moments, base: Base) -> np.ndarray:
    """k of scoring.md, [G, I]: covariance of a group's two means, clipped to what their variances allow."""
    both = (found.n >= 2).all(axis=2)  # others do not count, and min_n is never below 2
    n1n2 = found.n.prod(axis=2)
    limit = np.sqrt(ratio(np.where(both[:, :, None], found.var, 0.0).prod(axis=2), n1n2, 0.0))
    return np.where(both, np.clip(ratio(found.c * found.n12, n1n2, 0.0), -limit, limit), 0.0)
