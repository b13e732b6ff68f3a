"""Deviations of cells, and scores of issues with all that is known of their sampling error (scoring.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .cells import Cells, Fit, ratio
from .method import PLAIN, Method

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


Z = 1.959964
LEAST_FREEDOM = 3


@dataclass(frozen=True)
class Sources:
    """Whose the rows of a set of deviations are: first those of groups, group by group, then those of the panel.

    owner int[rows of groups], held int[G] parts with a rating, experts int[rows of the panel].
    """

    owner: np.ndarray
    held: np.ndarray
    experts: np.ndarray

    def by_group(self, values: np.ndarray) -> np.ndarray:
        """Sums of `values` [K, ...] over the rows of each group: [G, ...]."""
        if not len(self.held):
            return np.zeros((0, *values.shape[1:]))
        return np.add.reduceat(values[: len(self.owner)], np.searchsorted(self.owner, np.arange(len(self.held))))

    def of_panel(self, values: np.ndarray) -> np.ndarray:
        return values[len(self.owner) :]


@dataclass(frozen=True)
class Estimates:
    """N issues; score float[N, 2] on 0–100, NaN where unscored.

    deviations float[K, N, 2], 0 where unscored, None where the run has no parts; nu float[G, N, 2] is ν_g;
    known bool[N, 2] is false where a part of the variance is not known.
    """

    codes: tuple[str, ...]
    score: np.ndarray
    deviations: np.ndarray | None
    nu: np.ndarray
    known: np.ndarray
    sources: Sources

    @cached_property
    def var(self) -> np.ndarray:
        """V float[N, 2], NaN where unscored or unknown."""
        if self.deviations is None:
            return np.full(self.score.shape, np.nan)
        return np.where(np.isnan(self.score) | ~self.known, np.nan, np.einsum("knd,knd->nd", *[self.deviations] * 2))

    @cached_property
    def cov(self) -> np.ndarray:
        """C float[N], NaN where a dimension is unscored or the run has no parts."""
        if self.deviations is None:
            return np.full(len(self.score), np.nan)
        product = np.einsum("kn,kn->n", self.deviations[..., 0], self.deviations[..., 1])
        return np.where(np.isnan(self.score).any(axis=1), np.nan, product)

    @cached_property
    def freedom(self) -> np.ndarray:
        """ν float[N, 2], at least 3."""
        if self.deviations is None:
            return np.full(self.score.shape, np.nan)
        total, spread = self.freedom_terms
        return np.maximum(ratio(total**2, spread, np.inf), LEAST_FREEDOM)

    @cached_property
    def freedom_terms(self) -> tuple[np.ndarray, np.ndarray]:
        """V and Σ V_g² / ν_g with the term of the panel, float[N, 2] each."""
        squares = self.deviations**2
        groups, panel = self.sources.by_group(squares), self.sources.of_panel(squares)
        spread = (groups**2 / self.nu).sum(axis=0)
        if len(panel):
            spread = spread + (panel**2 / (self.sources.experts - 1)[:, None, None]).sum(axis=0)
        return groups.sum(axis=0) + panel.sum(axis=0), spread

    @cached_property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Ends of S ± t √V on 0–100, NaN where V is 0 or unknown. Sampling error only."""
        half = t_quantile(self.freedom) * np.sqrt(np.where(self.var > 0, self.var, np.nan))
        return np.clip(self.score - half, 0, 100), np.clip(self.score + half, 0, 100)

    def pick(self, at: Sequence[int]) -> "Estimates":
        """The rows `at`, in that order."""
        at = list(at)
        deviations = None if self.deviations is None else np.take(self.deviations, at, axis=1)
        codes = tuple(self.codes[n] for n in at)
        return Estimates(codes, self.score[at], deviations, self.nu[:, at], self.known[at], self.sources)


def t_quantile(freedom: np.ndarray) -> np.ndarray:
    """97.5 % point of Student's t, within 0.01 from 4 degrees of freedom on."""
    nu, z = np.maximum(freedom, LEAST_FREEDOM), Z
    return (
        z
        + (z**3 + z) / (4 * nu)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * nu**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * nu**3)
    )


@dataclass(frozen=True)
class Scores:
    """score and plain float[I, 2] on 0–100, NaN where there is none; not_comparable bool[I, 2]."""

    score: np.ndarray
    plain: np.ndarray
    not_comparable: np.ndarray


def scores_of(cells: Cells, fits: tuple[Fit, Fit], method: Method) -> Scores:
    """S by the estimator of the method; issues whose base is short are unscored if the method says so."""
    plain = np.clip(np.stack([each.plain for each in fits], axis=-1), 0, 100)
    if method.estimator == PLAIN:
        score, apart = plain, np.zeros(plain.shape, dtype=bool)
    else:
        main = np.stack([each.main for each in fits], axis=1)
        apart = ~np.isnan(plain) & ~main
        score = np.where(main, np.clip(np.stack([each.comparable for each in fits], axis=-1), 0, 100), np.nan)
    if method.all_groups:
        score = np.where(cells.short(method)[:, None], np.nan, score)
    return Scores(score, plain, apart)


def estimates_of(
    cells: Cells, fits: tuple[Fit, Fit], scores: Scores, moved: Deviations | None, method: Method
) -> Estimates:
    """Scores of the issues of a cube with their deviations, before any panel."""
    groups, shape = len(cells.ratings.groups), scores.score.shape
    if moved is None:
        nobody = np.zeros(0, dtype=np.intp)
        sources = Sources(nobody, np.zeros(groups, dtype=int), nobody)
        nu = np.broadcast_to(1.0, (groups, *shape))  # nothing is asked of it, and many weights would make it large
        return Estimates(cells.ratings.issues, scores.score, None, nu, np.zeros(shape, dtype=bool), sources)
    plain = method.estimator == PLAIN
    carried = [fits[d].carried(moved.values[:, :, d], moved.owner, plain=plain) for d in (0, 1)]
    deviations = np.where(np.isnan(scores.score), 0.0, np.stack(carried, axis=2))
    sources = Sources(moved.owner, moved.held, np.zeros(0, dtype=int))
    return Estimates(cells.ratings.issues, scores.score, deviations, moved.freedom, moved.known, sources)
