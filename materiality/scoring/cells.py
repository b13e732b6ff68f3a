"""Cells: what each group's ratings of an issue on a dimension say, and which of them count (scoring.md, Cells)."""

from dataclasses import dataclass

import numpy as np

from .cube import Cube
from .parameters import Method


@dataclass(frozen=True)
class Ratings:
    """Moments of the ratings of a cube, groups and issues in code order; NaN where there are too few ratings.

    valid int[G]; n int[G, I, 2]; mean 1..K, score 0–100 and var (divisor n − 1) float[G, I, 2]; n12 int[G, I] pairs
    and their covariance c float[G, I] (divisor n12 − 1, 0 where n12 < 2); asked bool[G, I, 2].
    """

    groups: tuple[str, ...]
    issues: tuple[str, ...]
    k: int
    valid: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    score: np.ndarray
    var: np.ndarray
    n12: np.ndarray
    c: np.ndarray
    asked: np.ndarray

    @property
    def factor(self) -> float:
        """f of scoring.md: points of the scale 0–100 per point of the rating scale."""
        return 100 / (self.k - 1)


@dataclass(frozen=True)
class Cells:
    """Ratings under a method: weight float[G, 2] as used, wanted bool[G, 2] (the method's own weight is above 0),
    counts bool[G, I, 2].
    """

    ratings: Ratings
    weight: np.ndarray
    wanted: np.ndarray
    counts: np.ndarray

    @property
    def base(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of groups asked and counted, int[I, 2] each."""
        return (self.ratings.asked & self.wanted[:, None]).sum(axis=0), self.counts.sum(axis=0)

    def short(self, method: Method) -> np.ndarray:
        """bool[I]: a group that was asked does not count, on a dimension that the rule uses."""
        missing = self.ratings.asked & self.wanted[:, None] & ~self.counts
        return (missing.any(axis=0) & np.array(method.used_by_rule)).any(axis=1)


def in_code_order(cube: Cube, asked: np.ndarray | None = None) -> tuple[Cube, np.ndarray | None]:
    """The cube with groups and issues sorted by code, and the plan bool[G, I, 2] sorted alike."""
    groups, issues = sorted(cube.groups), sorted(cube.issues)
    if (groups, issues) == (list(cube.groups), list(cube.issues)):
        return cube, asked
    if asked is not None:
        g, i = [cube.groups.index(code) for code in groups], [cube.issues.index(code) for code in issues]
        asked = np.asarray(asked)[np.ix_(g, i)]
    return cube.aligned(groups, issues), asked


def ratings_of(cube: Cube, asked: np.ndarray | None = None) -> Ratings:
    """Moments of a cube in code order; sums are integers, so nothing is lost before the division.

    `asked` bool[G, I, 2] is the plan of the surveys; a cell that holds any rating, skip or don't-know was asked too.
    """
    values = np.arange(1, cube.k + 1)
    counts = cube.counts
    histogram = np.stack([counts[:, :, 1:].sum(axis=3), counts[:, :, :, 1:].sum(axis=2)], axis=2)
    n, total, squares = histogram.sum(axis=3), histogram @ values, histogram @ values**2
    pairs = counts[:, :, 1:, 1:]
    n12, first, second = pairs.sum(axis=(2, 3)), pairs.sum(axis=3) @ values, pairs.sum(axis=2) @ values
    products = (pairs @ values) @ values
    mean = ratio(total, n, np.nan)
    seen = (n > 0) | (cube.absent[..., 1:] > 0).any(axis=3)
    return Ratings(
        groups=cube.groups,
        issues=cube.issues,
        k=cube.k,
        valid=cube.valid,
        n=n,
        mean=mean,
        score=100 * (mean - 1) / (cube.k - 1),
        var=ratio(n * squares - total**2, n * (n - 1), np.nan),
        n12=n12,
        c=ratio(n12 * products - first * second, n12 * (n12 - 1), 0.0),
        asked=seen if asked is None else seen | np.asarray(asked, dtype=bool),
    )


def cells_of(ratings: Ratings, method: Method) -> Cells:
    """Which cells count under `method`; R of `by_response` is the group's valid responses."""
    named = method.weight_matrix(ratings.groups)
    weight = named * ratings.valid[:, None] if method.weighting == "by_response" else named
    return Cells(ratings, weight, named > 0, (weight > 0)[:, None] & (ratings.n >= method.min_n))


def ratio(top: np.ndarray, bottom: np.ndarray, otherwise: float) -> np.ndarray:
    """top / bottom where bottom > 0, else `otherwise`."""
    shape = np.broadcast_shapes(np.shape(top), np.shape(bottom))
    return np.divide(top, bottom, out=np.full(shape, otherwise), where=np.broadcast_to(bottom > 0, shape))
