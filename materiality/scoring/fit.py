"""Comparable and plain scores: the habit of each group and what is left of an issue's scores without it."""

from dataclasses import dataclass

import numpy as np

from .cells import Cells, ratio

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
    counts nowhere; share float[G, I] = w / Σw over the cells that count; components, the main one first; main bool[I].
    """

    plain: np.ndarray
    comparable: np.ndarray
    habit: np.ndarray
    share: np.ndarray
    components: tuple[Component, ...]
    main: np.ndarray
    solver: "Solver"

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
    def of(cls, counts: np.ndarray, weight: np.ndarray, label: np.ndarray) -> "Solver":
        """`counts` float[G, I] 0 or 1, `weight` float[..., G] (0 where the group counts nowhere), `label` int[G]."""
        root = np.sqrt(weight)
        spread = counts * (root[..., :, None] * ratio(1.0, np.sqrt(weight @ counts), 0.0)[..., None, :])
        number = counts.sum(axis=1)
        same = label[:, None] == label[None, :]
        size = np.einsum("...g,gh->...h", weight, same.astype(float))
        unit = root * ratio(1.0, np.sqrt(size), 0.0)
        matrix = np.diag(np.maximum(number, 1.0)) - np.einsum("...gi,...hi->...gh", spread, spread)
        matrix = matrix + max(number.max(initial=0.0), 1.0) * same * (unit[..., :, None] * unit[..., None, :])
        return cls(counts, root, np.linalg.inv(matrix))

    def habits(self, pull: np.ndarray) -> np.ndarray:
        """b float[..., G] of `pull` = Σ_i of g (s − p); 0 where the group counts nowhere."""
        scaled = np.einsum("...h,...hg->...g", pull * self.root, self.inverse)
        return scaled * ratio(1.0, self.root, 0.0)


def fit(cells: Cells) -> tuple[Fit, Fit]:
    """The fits of society and of business."""
    score = cells.ratings.score
    return tuple(fit_dimension(score[:, :, d], cells.counts[:, :, d], cells.weight[:, d]) for d in (0, 1))


def fit_dimension(score: np.ndarray, counts: np.ndarray, weight: np.ndarray) -> Fit:
    """Fit `score` float[G, I] where `counts` bool[G, I], with `weight` float[G]."""
    label, parts = components(counts)
    present = counts.any(axis=1)
    weight = np.where(present, weight / weight.max(initial=1e-300), 0.0)
    number, held = counts.astype(float), np.where(counts, score, 0.0)
    share = ratio(number * weight[:, None], weight @ number, 0.0)
    mean = (share * held).sum(axis=0)
    solver = Solver.of(number, weight, label)
    habit = solver.habits((number * (held - mean)).sum(axis=1))
    rated = counts.any(axis=0)
    main = np.zeros(len(rated), dtype=bool)
    main[list(parts[0].issues) if parts else []] = True
    return Fit(
        plain=np.where(rated, mean, np.nan),
        comparable=np.where(rated, mean - habit @ share, np.nan),
        habit=np.where(present, habit, np.nan),
        share=share,
        components=parts,
        main=main,
        solver=solver,
    )


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
