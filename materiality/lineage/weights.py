"""How much each issue of an edition owes to the issues of an earlier one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Descent:
    """One line of descent by codes: `kind` as in `Lineage.Kind`; an added issue has no source, a retired no target."""

    kind: str
    source: str | None
    target: str | None


@dataclass(frozen=True, eq=False)
class Weights:
    """`matrix[target, source]`, float, of the issues of one edition over those of an earlier one.

    A row's sum is the part of the issue that has ancestors: 1, 0 for an added issue, less than 1 only where an added
    issue was later merged with an older one. `linked`, bool of the same shape, also holds ancestors of weight 0.
    """

    targets: tuple[str, ...]
    sources: tuple[str, ...]
    matrix: np.ndarray
    linked: np.ndarray

    def of(self, target: str) -> dict[str, float]:
        """Ancestors of an issue with weights that sum to 1 over them; empty where it has none or is not there."""
        return self._row(self.targets.index(target)) if target in self.targets else {}

    def share(self, target: str) -> float:
        """The part 0–1 of an issue that has ancestors."""
        return float(self.matrix[self.targets.index(target)].sum()) if target in self.targets else 0.0

    def links(self) -> dict[str, dict[str, float]]:
        """Every issue's ancestors, also those of weight 0; issues without any are left out."""
        found = {}
        for place, target in enumerate(self.targets):
            ancestors = [self.sources[at] for at in np.flatnonzero(self.linked[place])]
            if ancestors:
                weights = self._row(place)
                found[target] = {code: weights.get(code, 0.0) for code in ancestors}
        return found

    def _row(self, place: int) -> dict[str, float]:
        row = self.matrix[place]
        total = float(row.sum())
        return {self.sources[at]: float(row[at]) / total for at in np.flatnonzero(row)} if total else {}


def step_weights(rows: Iterable[Descent], ratings: Mapping[str, int]) -> Weights:
    """Weights of one step between neighbouring editions.

    An issue with one ancestor owes it everything, be it kept, renamed, moved or a child of a split; one with several
    owes each by its number of ratings, all alike where the number of one is unknown or all are 0. `ratings`: source
    code → number of ratings, without those that are unknown. ValueError for a row with neither end.
    """
    rows = list(rows)
    if any(row.source is None and row.target is None for row in rows):
        raise ValueError("a line of descent needs a source or a target")
    targets = tuple(sorted({row.target for row in rows if row.target is not None}))
    sources = tuple(sorted({row.source for row in rows if row.source is not None}))
    places = {code: place for place, code in enumerate(sources)}
    matrix, linked = _empty(targets, sources)
    for place, ancestors in enumerate(_ancestors(rows, targets)):
        columns = [places[source] for source in ancestors]
        matrix[place, columns] = _by_ratings(ancestors, ratings)
        linked[place, columns] = True
    return Weights(targets, sources, matrix, linked)


def compose(later: Weights, earlier: Weights) -> Weights:
    """The two steps as one: the matrix product. An issue that the earlier step does not know has no ancestors in it."""
    rows = {code: place for place, code in enumerate(earlier.targets)}
    matrix, linked = _empty(later.sources, earlier.sources)
    for place, code in enumerate(later.sources):
        if code in rows:
            matrix[place], linked[place] = earlier.matrix[rows[code]], earlier.linked[rows[code]]
    return Weights(later.targets, earlier.sources, later.matrix @ matrix, later.linked @ linked)


def same(codes: Iterable[str]) -> Weights:
    """An edition as its own ancestor."""
    ordered = tuple(sorted(codes))
    return Weights(ordered, ordered, np.eye(len(ordered)), np.eye(len(ordered), dtype=bool))


def _empty(targets: tuple[str, ...], sources: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    shape = len(targets), len(sources)
    return np.zeros(shape), np.zeros(shape, dtype=bool)


def _ancestors(rows: list[Descent], targets: tuple[str, ...]) -> list[list[str]]:
    found: dict[str, set[str]] = {target: set() for target in targets}
    for row in rows:
        if row.target is not None and row.source is not None:
            found[row.target].add(row.source)
    return [sorted(found[target]) for target in targets]


def _by_ratings(ancestors: list[str], ratings: Mapping[str, int]) -> list[float]:
    numbers = [ratings.get(code) for code in ancestors]
    if any(number is None for number in numbers) or not sum(numbers):
        return [1 / len(ancestors) for _code in ancestors]
    return [number / sum(numbers) for number in numbers]
