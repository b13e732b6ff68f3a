"""Jackknife deviations from the parts, draws from them, and rank intervals."""

import numpy as np

from .codes import PARTS
from .cube import Cube
from .scores import Base, Moments, weighted_score
from .tiers import DECIMALS, ranks

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
