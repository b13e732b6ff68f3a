"""Scores of issues with all that is known of their sampling error, from one set of deviations (scoring.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .cells import Cells, ratio
from .deviations import Deviations
from .fit import Fit
from .parameters import PLAIN, Method

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
        deviations = None if self.deviations is None else self.deviations[:, at]
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
    plain = np.clip(np.stack([each.plain for each in fits], axis=1), 0, 100)
    if method.estimator == PLAIN:
        score, apart = plain, np.zeros(plain.shape, dtype=bool)
    else:
        main = np.stack([each.main for each in fits], axis=1)
        apart = ~np.isnan(plain) & ~main
        score = np.where(main, np.clip(np.stack([each.comparable for each in fits], axis=1), 0, 100), np.nan)
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
        return Estimates(
            cells.ratings.issues, scores.score, None, np.ones((groups, *shape)), np.zeros(shape, dtype=bool), sources
        )
    plain = method.estimator == PLAIN
    carried = [fits[d].carried(moved.values[:, :, d], moved.owner, plain=plain) for d in (0, 1)]
    deviations = np.where(np.isnan(scores.score), 0.0, np.stack(carried, axis=2))
    sources = Sources(moved.owner, moved.held, np.zeros(0, dtype=int))
    return Estimates(cells.ratings.issues, scores.score, deviations, moved.freedom, moved.known, sources)
