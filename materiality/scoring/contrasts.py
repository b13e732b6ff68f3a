"""Differences between groups, their habits taken out, and which of them chance does not explain."""

from dataclasses import dataclass

import numpy as np

from .cells import Cells, Fit, ratio
from .certainty import NODES, WEIGHTS, normal_cdf
from .estimates import Deviations


@dataclass(frozen=True)
class Contrasts:
    """Differences in points on 0–100 and their p-values, adjusted by Holm over all comparisons of a dimension; NaN
    where there is nothing to compare.

    of_groups, p_of_groups float[G, I, 2]: a group against the mean of the others that rated the issue. of_sides,
    p_of_sides float[I, 2]: the groups inside the company against those outside.
    """

    of_groups: np.ndarray
    p_of_groups: np.ndarray
    of_sides: np.ndarray
    p_of_sides: np.ndarray


def contrasts(cells: Cells, fits: tuple[Fit, Fit], moved: Deviations, internal: np.ndarray) -> Contrasts:
    """`internal` bool[G]. Every group counts alike; errors of different groups are independent."""
    habit = np.stack([np.nan_to_num(each.habit) for each in fits], axis=1)
    level = np.where(cells.counts, cells.ratings.score - habit[:, None], 0.0)
    groups = np.arange(len(level))
    own = np.stack([_compared(groups == g, cells.counts, level, moved) for g in groups]) if len(level) else level
    sides = _compared(internal, cells.counts, level, moved)
    return Contrasts(
        own[..., 0] if len(level) else level,
        _adjusted(own[..., 1]) if len(level) else level,
        sides[..., 0],
        _adjusted(sides[..., 1]),
    )


def _compared(chosen: np.ndarray, counts: np.ndarray, level: np.ndarray, moved: Deviations) -> np.ndarray:
    """float[I, 2, (difference, p)] of the mean of the groups `chosen` against the mean of the rest."""
    sides, var, spread = [], 0.0, 0.0
    for side in (chosen, ~chosen):
        held = counts & side[:, None, None]
        number = held.sum(axis=0)
        sides.append(ratio(np.where(held, level, 0.0).sum(axis=0), number, np.nan))
        own = np.where(held, moved.var, 0.0) * ratio(1.0, number**2, 0.0)
        var, spread = var + own.sum(axis=0), spread + (own**2 / moved.freedom).sum(axis=0)
    difference = sides[0] - sides[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.abs(difference) / np.sqrt(var)
    return np.stack([difference, two_sided(z, ratio(var**2, spread, np.inf))], axis=-1)


LARGE = 200.0  # degrees of freedom from which a correction of the normal distribution errs by less than 1 % of p


def two_sided(t: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """p of |t| with so many degrees of freedom (Student): with t = √ν tan θ, the share of ∫ cos^(ν − 1) beyond θ."""
    t, freedom = np.broadcast_arrays(np.abs(t), np.asarray(freedom, dtype=float))
    small = np.minimum(freedom, LARGE)
    beyond, whole = _tail(np.arctan(t / np.sqrt(small)), small), _tail(np.zeros(t.shape), small)
    with np.errstate(invalid="ignore"):
        z = np.where(np.isinf(freedom), t, t * (1 - 1 / (4 * freedom)) / np.sqrt(1 + t**2 / (2 * freedom)))
    return np.where(np.isnan(t), np.nan, np.where(freedom > LARGE, 2 * normal_cdf(-z), beyond / whole))


def _tail(angle: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    half = (np.pi / 2 - angle) / 2
    places = angle[..., None] + half[..., None] * (NODES + 1)
    return half * (np.cos(places) ** (freedom[..., None] - 1) @ WEIGHTS)


def _adjusted(p: np.ndarray) -> np.ndarray:
    """Holm's adjustment over everything but the last axis, the dimension."""
    return np.stack([holm(p[..., d]) for d in (0, 1)], axis=-1)


def holm(p: np.ndarray) -> np.ndarray:
    """Adjusted p-values of the same shape, NaN left out (Holm 1979)."""
    result, known = np.full(p.shape, np.nan), ~np.isnan(p)
    values = p[known]
    order = np.argsort(values)
    steps = (len(values) - np.arange(len(values))) * values[order]
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(values) else steps
    result[known] = adjusted
    return result
