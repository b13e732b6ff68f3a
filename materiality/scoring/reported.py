"""Scores from figures reported elsewhere: n, score and perhaps sd of a cell, no responses (scoring.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .cells import Cells, Ratings, ratio
from .estimates import Deviations
from .run import Counts


@dataclass(frozen=True)
class Figure:
    """One group's figure for one issue and dimension (0 society, 1 business): score 0–100 and sd in the same points,
    None where the source gives no sd.
    """

    group: str
    issue: str
    dimension: int
    n: int
    score: float
    sd: float | None


@dataclass(frozen=True)
class Reported(Counts):
    """Figures in place of what was counted: scored, placed and compared like a run of responses; no parts."""

    @classmethod
    def of_figures(cls, figures: Sequence[Figure], groups: Sequence[str], issues: Sequence[str]) -> "Reported":
        """ValueError on a figure that stands twice or is off its scale, or on an unknown group or issue."""
        ratings = _ratings(figures, tuple(sorted(groups)), tuple(sorted(issues)))
        return cls(ratings, None, np.zeros(len(ratings.groups), dtype=bool))

    def deviations(self, cells: Cells) -> Deviations:
        """Each cell that counts has one of its own."""
        return _deviations(cells)


def _ratings(figures: Sequence[Figure], groups: tuple[str, ...], issues: tuple[str, ...]) -> Ratings:
    """v on a scale where one point is one point: K = 101, so that f = 1."""
    shape = (len(groups), len(issues), 2)
    n, score, var = np.zeros(shape, dtype=np.int64), np.full(shape, np.nan), np.full(shape, np.nan)
    for each in figures:
        at = groups.index(each.group), issues.index(each.issue), each.dimension
        if n[at]:
            raise ValueError(f"{each.group}, {each.issue}: a figure appears twice")
        if each.n < 1 or not 0 <= each.score <= 100 or (each.sd is not None and each.sd < 0):
            raise ValueError(f"{each.group}, {each.issue}: n, score or sd is off its scale")
        n[at], score[at] = each.n, each.score
        var[at] = np.nan if each.sd is None else each.sd**2
    nothing = np.zeros(shape[:2], dtype=np.int64)
    valid = n.max(axis=(1, 2), initial=0)
    return Ratings(groups, issues, 101, valid, n, score + 1, score, var, nothing, nothing.astype(float), n > 0)


def _deviations(cells: Cells) -> Deviations:
    """Each cell that counts has one deviation of its own, of length sd/√n; a group without any has a row of zeros.

    ν_g = n − 1; where g does not count for the issue itself, the least n − 1 of its cells on the dimension.
    """
    found, counts = cells.ratings, cells.counts
    missing = counts & np.isnan(found.var)
    var = ratio(np.where(counts & ~missing, found.var, 0.0), found.n, 0.0)
    group, issue, dimension = np.nonzero(counts)
    silent = np.flatnonzero(~counts.any(axis=(1, 2)))
    values = np.zeros((len(group) + len(silent), *counts.shape[1:]))
    values[np.arange(len(group)), issue, dimension] = np.sqrt(var[group, issue, dimension])
    owner = np.concatenate([group, silent])
    order = np.argsort(owner, kind="stable")
    freedom = np.where(counts, found.n - 1, np.iinfo(np.int64).max)
    return Deviations(
        values=values[order],
        owner=owner[order],
        held=counts.sum(axis=(1, 2)),
        var=np.where(missing, np.nan, var),
        cov=np.zeros(counts.shape[:2]),
        freedom=np.maximum(np.where(counts, freedom, freedom.min(axis=1, keepdims=True, initial=2**31)), 1),
        known=~missing.any(axis=0),
    )
