"""Cells: what each group's ratings of an issue on a dimension say, which of them count, and the fit over them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from .cube import Cube
from .method import Method


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
    """Ratings under a method: weight float[G, 2] as used ([..., G, 2] where many are tried at once), wanted bool[G, 2]
    (the method's own weight is above 0), counts bool[G, I, 2].
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


FEW_SHARED = 5  # a group that shares fewer issues with the others is a thin link


@dataclass(frozen=True)
class Component:
    """Groups and issues that cells which count join, as places in code order."""

    groups: tuple[int, ...]
    issues: tuple[int, ...]


@dataclass(frozen=True)
class Fit:
    """The fit of one dimension.

    plain p and comparable a float[I], NaN where no cell counts (not clipped); habit b float[G], NaN where the group
    counts nowhere; weight float[G], at most 1; components, the main one first; main bool[I].
    """

    plain: np.ndarray
    comparable: np.ndarray
    habit: np.ndarray
    weight: np.ndarray
    components: tuple[Component, ...]
    main: np.ndarray
    solver: "Solver"

    @cached_property
    def share(self) -> np.ndarray:
        """w / Σw float[G, I] over the cells that count."""
        counts = self.solver.counts
        return ratio(counts * self.weight[:, None], self.weight @ counts, 0.0)

    def carried(self, deviations: np.ndarray, owner: np.ndarray, *, plain: bool) -> np.ndarray:
        """The estimator applied to `deviations` float[K, I] in place of scores, row k those of group owner[k]."""
        moved = deviations * self.share[owner]
        if plain:
            return moved
        pull = -np.einsum("ki,gi->kg", moved, self.solver.counts)
        pull[np.arange(len(owner)), owner] += deviations.sum(axis=1)
        return moved - np.einsum("kg,gi->ki", self.solver.habits(pull), self.share)


@dataclass(frozen=True)
class Solver:
    """b from the normal equations of one dimension, Σ w b = 0 in each component.

    The equations are scaled by √w on both sides, so weights of very different size do no harm.
    """

    counts: np.ndarray
    root: np.ndarray
    inverse: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, weight: np.ndarray, label: np.ndarray, per: np.ndarray) -> "Solver":
        """`counts` float[G, I] 0 or 1, `weight` float[..., G] (0 where the group counts nowhere), `label` int[G], `per`
        float[..., I] = 1/W_i.
        """
        root, number = np.sqrt(weight), counts.sum(axis=1)
        same = label[:, None] == label[None, :]
        unit = root * ratio(1.0, np.sqrt(weight @ same.astype(float)), 0.0)
        shared = _one_by_one(lambda each: (counts * each) @ counts.T, per)
        matrix = np.diag(np.maximum(number, 1.0)) - root[..., :, None] * shared * root[..., None, :]
        matrix = matrix + max(number.max(initial=0.0), 1.0) * same * (unit[..., :, None] * unit[..., None, :])
        return cls(counts, root, np.linalg.inv(matrix))

    def habits(self, pull: np.ndarray) -> np.ndarray:
        """b float[..., G] of `pull` = Σ_i of g (s − p); 0 where the group counts nowhere."""
        scaled = np.einsum("...h,...hg->...g", pull * self.root, self.inverse)
        return scaled * ratio(1.0, self.root, 0.0)


def fit(cells: Cells) -> tuple[Fit, Fit]:
    """The fits of society and of business."""
    score = cells.ratings.score
    return tuple(fit_dimension(score[:, :, d], cells.counts[:, :, d], cells.weight[..., d]) for d in (0, 1))


def fit_dimension(score: np.ndarray, counts: np.ndarray, weight: np.ndarray) -> Fit:
    """Fit `score` float[G, I] where `counts` bool[G, I], with `weight` float[..., G]; further axes of the weights stand
    first in plain, comparable and habit.
    """
    label, parts = components(counts)
    present = counts.any(axis=1)
    weight = np.where(present, weight / weight.max(axis=-1, initial=1e-300, keepdims=True), 0.0)
    number, held = counts.astype(float), np.where(counts, score, 0.0)
    per = ratio(1.0, weight @ number, 0.0)
    mean = (weight @ held) * per
    solver = Solver.of(number, weight, label, per)
    habit = solver.habits(_one_by_one(lambda each: (number * (held - each)).sum(axis=1), mean))
    rated = counts.any(axis=0)
    main = np.zeros(len(rated), dtype=bool)
    main[list(parts[0].issues) if parts else []] = True
    return Fit(
        plain=np.where(rated, mean, np.nan),
        comparable=np.where(rated, mean - ((habit * weight) @ number) * per, np.nan),
        habit=np.where(present, habit, np.nan),
        weight=weight,
        components=parts,
        main=main,
        solver=solver,
    )


def _one_by_one(function: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
    """`function` of each row of `rows` float[..., I]: an array of all weights, groups and issues at once would take
    longer to fill than to count.
    """
    found = np.array([function(row) for row in rows.reshape(prod(rows.shape[:-1]), rows.shape[-1])])
    return found.reshape(*rows.shape[:-1], *found.shape[1:])


def components(counts: np.ndarray) -> tuple[np.ndarray, tuple[Component, ...]]:
    """Label int[G] of each group's component (−1 where it counts nowhere), and the components, the main one first.

    The main component has most issues; among equals, the one with the first issue code.
    """
    joined = counts.astype(float) @ counts.T.astype(float) > 0
    label, found = np.full(len(counts), -1), []
    for start in np.flatnonzero(counts.any(axis=1)).tolist():
        if label[start] >= 0:
            continue
        members, reached = np.zeros(len(counts), dtype=bool), joined[start]
        while (reached != members).any():
            members, reached = reached, joined[reached].any(axis=0)
        label[members] = len(found)
        issues = np.flatnonzero(counts[members].any(axis=0))
        found.append(Component(tuple(np.flatnonzero(members).tolist()), tuple(issues.tolist())))
    return label, tuple(sorted(found, key=lambda each: (-len(each.issues), each.issues[0])))


def shared_issues(counts: np.ndarray) -> np.ndarray:
    """int[G]: how many issues each group shares with the others together."""
    return (counts & (counts.sum(axis=0) > 1)).sum(axis=1)
