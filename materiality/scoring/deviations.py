"""Moderated variances of cells, and the deviations by part that carry them (scoring.md, Moderated variance)."""

from dataclasses import dataclass

import numpy as np

from .cells import Cells, ratio

MOST_PRIOR = 4  # degrees of freedom that the other issues of a group lend to a cell
SHORT = 1e-6  # a second direction shorter than this is the first one


@dataclass(frozen=True)
class Moderated:
    """v0, d0 float[G, 2]; v_star, var (V_c, 0–100 squared) float[G, I, 2], 0 where a cell does not count."""

    v0: np.ndarray
    d0: np.ndarray
    v_star: np.ndarray
    var: np.ndarray


@dataclass(frozen=True)
class Deviations:
    """values float[K, I, 2], row k belonging to group owner[k]; held int[G] = m_g, the parts that hold a rating.

    var float[G, I, 2] and cov float[G, I] are V_c and C_c; freedom float[G, I, 2] is ν_g; known bool[I, 2] says that
    the variance of all cells of an issue is known.
    """

    values: np.ndarray
    owner: np.ndarray
    held: np.ndarray
    var: np.ndarray
    cov: np.ndarray
    freedom: np.ndarray
    known: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """First row of each group; every group has at least two."""
        return np.searchsorted(self.owner, np.arange(len(self.held)))


def moderate(cells: Cells) -> Moderated:
    """Variances drawn to the mean variance of their group and dimension, before any clustering."""
    counts, n = cells.counts, cells.ratings.n
    raw, number = np.where(counts, cells.ratings.var, 0.0), counts.sum(axis=1)
    v0 = ratio(raw.sum(axis=1), number, 0.0)
    d0 = np.clip(number - 1, 0, MOST_PRIOR)
    star = np.where(counts, ((n - 1) * raw + (d0 * v0)[:, None]) / np.maximum(n - 1 + d0[:, None], 1), 0.0)
    var = cells.ratings.factor**2 * ratio(star, n, 0.0)
    return Moderated(v0, d0, star, var)


def cell_covariance(cells: Cells, var: np.ndarray) -> np.ndarray:
    """C_c float[G, I] of groups dealt by id, clipped to what `var` float[G, I, 2] allows; 0 unless both count."""
    found, both = cells.ratings, cells.counts.all(axis=2)
    c, number = np.where(both, found.c, 0.0), both.sum(axis=1)
    c0, d12 = ratio(c.sum(axis=1), number, 0.0), np.clip(number - 1, 0, MOST_PRIOR)
    t = np.maximum(0, found.n12 - 1)
    star = ratio(t * c + (d12 * c0)[:, None], t + d12[:, None], 0.0)
    limit = np.sqrt(var.prod(axis=2))
    raw = found.factor**2 * star * ratio(found.n12, found.n.prod(axis=2), 0.0)
    return np.where(both, np.clip(raw, -limit, limit), 0.0)


def deviations_of(cells: Cells, parts: np.ndarray, clustered: np.ndarray) -> Deviations:
    """Deviations of all cells that count; `parts` int[40, G, I, 2, 2] (count, sum), `clustered` bool[G]."""
    moderated = moderate(cells)
    holds = parts[..., 0].any(axis=(2, 3))
    var = moderated.var * _design(cells, parts, clustered, holds.sum(axis=0))[:, None]
    cov = np.where(clustered[:, None], 0.0, cell_covariance(cells, var))
    rows, owner = [], []
    for g in range(len(cells.ratings.groups)):
        own = parts[holds[:, g], g]
        values = _group(own, cells.counts[g], var[g], None if clustered[g] else cov[g])
        if clustered[g]:
            cov[g] = values.prod(axis=2).sum(axis=0)
        rows.append(values)
        owner += [g] * len(values)
    held = holds.sum(axis=0)
    return Deviations(
        values=np.concatenate(rows) if rows else np.zeros((0, len(cells.ratings.issues), 2)),
        owner=np.array(owner, dtype=np.intp),
        held=held,
        var=var,
        cov=cov,
        freedom=_freedom(cells, moderated.d0, held, clustered),
        known=np.ones(cells.counts.shape[1:], dtype=bool),
    )


def _design(cells: Cells, parts: np.ndarray, clustered: np.ndarray, held: np.ndarray) -> np.ndarray:
    """D float[G, 2]: how much larger variances between clusters are than chance explains, at least 1."""
    design = np.ones((len(clustered), 2))
    for g in np.flatnonzero(clustered & (held > 1)).tolist():
        counts, n, m = cells.counts[g], cells.ratings.n[g], int(held[g])
        count, total = parts[:, g, :, :, 0], parts[:, g, :, :, 1]
        q = (total - count * np.where(counts, cells.ratings.mean[g], 0.0)) * ratio(1.0, n, 0.0)
        between = m / (m - 1) * np.where(counts, (q**2).sum(axis=0), 0.0).sum(axis=0)
        chance = np.where(counts, ratio(np.where(counts, cells.ratings.var[g], 0.0), n, 0.0), 0.0).sum(axis=0)
        design[g] = np.maximum(1.0, ratio(between, chance, 1.0))
    return design


def _freedom(cells: Cells, d0: np.ndarray, held: np.ndarray, clustered: np.ndarray) -> np.ndarray:
    size = np.where(cells.counts, cells.ratings.n, cells.ratings.valid[:, None, None])
    size = np.where(clustered[:, None, None], np.minimum(size, held[:, None, None]), size)
    return np.maximum(size - 1 + d0[:, None], 1)


def _group(parts: np.ndarray, counts: np.ndarray, var: np.ndarray, cov: np.ndarray | None) -> np.ndarray:
    """float[M, I, 2] of one group: `parts` int[m, I, 2, 2], `counts` bool[I, 2], `var` [I, 2], `cov` [I] by id."""
    u, spread = _directions(parts), np.sqrt(var)
    result = u * spread
    if cov is not None:
        both = counts.all(axis=1)
        first = u[:, both, 0]
        rho = np.clip(ratio(cov[both], spread[both].prod(axis=1), 0.0), -1, 1)
        second = rho * first + np.sqrt(1 - rho**2) * _aside(first, u[:, both, 1], np.flatnonzero(both))
        result[:, both, 1] = spread[both, 1] * second
    return np.where(counts, result, 0.0)


def _directions(parts: np.ndarray) -> np.ndarray:
    """Unit vectors u float[M, I, 2] of the cells of one group, M = max(2, m)."""
    count, total = parts[..., 0], parts[..., 1]
    raw = np.zeros((max(2, len(parts)), *parts.shape[1:3]))
    raw[: len(parts)] = count.sum(axis=0) * total - count * total.sum(axis=0)
    length = np.sqrt((raw**2).sum(axis=0))
    u = raw * ratio(1.0, length, 0.0)
    issue, dimension = np.nonzero(length == 0)
    u[(2 * issue + dimension) % len(u), issue, dimension] = 1.0
    return u


def _aside(first: np.ndarray, second: np.ndarray, issues: np.ndarray) -> np.ndarray:
    """What of `second` [M, N] is at right angles to `first`, of length 1; `issues` are their places."""
    rest = second - (first * second).sum(axis=0) * first
    short = np.sqrt((rest**2).sum(axis=0)) < SHORT
    if short.any():
        unit = np.zeros((len(first), int(short.sum())))
        unit[(2 * issues[short] + 1) % len(first), np.arange(unit.shape[1])] = 1.0
        rest[:, short] = unit - (first[:, short] * unit).sum(axis=0) * first[:, short]
    return rest / np.sqrt((rest**2).sum(axis=0))
