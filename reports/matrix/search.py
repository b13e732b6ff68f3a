"""The choice of one place per label: greedy, then best replies, then eviction of whoever stands in the way."""

import numpy as np

from .candidates import Pool
from .clashes import CROSSED, Clashes

_ATTEMPTS = 10  # of one label to get a better place
_DISREGARD = 0.012  # of the others when it does


class Placement:
    """A place for every label (-1: none yet) and what the places taken cost all others."""

    def __init__(self, pool: Pool):
        self.pool = pool
        self.clashes = Clashes(pool)
        self.ends = np.append(pool.first[1:], len(pool.owner))
        self.choice = np.full(len(pool.first), -1)
        self.pressure = np.zeros(len(pool.owner), dtype=np.float32)
        self.energy = 0.0

    def take(self, label: int, place: int) -> None:
        """Move a label to a place."""
        old = self.choice[label]
        if old >= 0:
            self.energy -= float(self.pool.cost[old] + self.pressure[old])
            self.pressure -= self.clashes.row(old)
        self.energy += float(self.pool.cost[place] + self.pressure[place])
        self.pressure += self.clashes.row(place)
        self.choice[label] = place

    def best(self, label: int) -> int:
        """The cheapest place of a label as things stand."""
        a, b = self.pool.first[label], self.ends[label]
        return int(a + np.argmin(self.pool.cost[a:b] + self.pressure[a:b]))

    def settle(self, moves: int, locked: int = -1) -> int:
        """Let the label that gains most move, until none gains; returns the moves made."""
        for made in range(moves):
            total = self.pool.cost + self.pressure
            gain = total[self.choice] - np.minimum.reduceat(total, self.pool.first)
            if locked >= 0:
                gain[locked] = 0
            label = int(np.argmax(gain))
            if gain[label] < 0.05:
                return made
            self.take(label, self.best(label))
        return moves

    def restore(self, choice: np.ndarray, pressure: np.ndarray, energy: float) -> None:
        self.choice, self.pressure, self.energy = choice, pressure, energy


def solve(pool: Pool, *, moves: int = 700) -> np.ndarray:
    """Index of the chosen place per label (N), every label having at least one place in the pool.

    Deterministic; `moves` bounds the work. Places may still clash where the plot is too full: see `clashing`.
    """
    placed = Placement(pool)
    for label in _hardest_first(pool):
        placed.take(label, placed.best(label))
    moves -= placed.settle(moves)
    tried: dict[int, int] = {}
    while moves > 0:
        label = _worst(placed, tried)
        if label is None:
            break
        moves -= 1 + _evict(placed, label, min(moves, 14), tried.get(label, 0))
        tried[label] = tried.get(label, 0) + 1
    return placed.choice


def _hardest_first(pool: Pool) -> np.ndarray:
    """Labels by how dear their better places are."""
    ends = np.append(pool.first[1:], len(pool.owner))
    typical = [np.sort(pool.cost[a:b])[: min(8, b - a)].mean() for a, b in zip(pool.first, ends, strict=True)]
    return np.argsort(-np.array(typical), kind="stable")


def _worst(placed: Placement, tried: dict[int, int]) -> int | None:
    """The label that is worst off against its best place, the often tried ones counting less."""
    pool = placed.pool
    now = pool.cost[placed.choice] + placed.pressure[placed.choice]
    loss = now - np.minimum.reduceat(pool.cost, pool.first)
    for label, times in tried.items():
        loss[label] = loss[label] * 0.7**times if times < _ATTEMPTS else 0
    label = int(np.argmax(loss))
    return label if loss[label] > 0.5 else None


def _evict(placed: Placement, label: int, moves: int, attempt: int) -> int:
    """Give a label a better place at the others' cost; undone unless all together gain. Returns the moves made."""
    kept = placed.choice.copy(), placed.pressure.copy(), placed.energy
    a, b = placed.pool.first[label], placed.ends[label]
    wish = placed.pool.cost[a:b] + placed.pressure[a:b] * _DISREGARD
    wish[placed.choice[label] - a] = np.inf
    wishes = np.argsort(wish, kind="stable")
    placed.take(label, int(a + wishes[min(attempt, b - a - 1)]))
    made = placed.settle(moves, locked=label)
    made += placed.settle(max(moves - made, 0))
    if placed.energy >= kept[2] - 0.01:
        placed.restore(*kept)
    return made


def without_clashes(pool: Pool, choice: np.ndarray) -> np.ndarray:
    """The choice (N) with -1 for the fewest labels whose leaving frees all others of overlaps and leaders through them.

    A label that has to leave takes another place of the pool if one is free.
    """
    clashes = Clashes(pool)
    choice = choice.copy()
    matrix = np.array([clashes.row(c)[choice] for c in choice]).reshape(len(choice), len(choice)) >= CROSSED
    while matrix.any():
        label = int(np.argmax(matrix.sum(axis=1)))
        choice[label] = -1
        matrix[label, :] = matrix[:, label] = False
    if (choice >= 0).all():
        return choice
    pressure = sum((clashes.row(c) for c in choice if c >= 0), np.zeros(len(pool.owner), np.float32))
    for label in np.nonzero(choice < 0)[0]:
        own = np.nonzero((pool.owner == label) & (pressure < CROSSED))[0]
        if len(own):
            choice[label] = own[np.argmin(pool.cost[own] + pressure[own])]
            pressure += clashes.row(int(choice[label]))
    return choice
