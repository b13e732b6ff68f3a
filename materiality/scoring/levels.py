"""Issues by level: parents as means of their children, from the lowest level up (scoring.md, Primary issues)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .estimates import Estimates


@dataclass(frozen=True)
class Level:
    """Issues that are compared with one another, in code order.

    number: 1 = top, None for the issues without children. derived bool[N]: the scores are means of the children's;
    mean float[N, 2]: these means, NaN where there is none.
    """

    number: int | None
    estimates: Estimates
    derived: np.ndarray
    mean: np.ndarray


def levels(found: Estimates, parents: Mapping[str, str], asked: np.ndarray) -> tuple[Level, ...]:
    """The issues without children, then the levels of parents from the lowest up.

    `parents` gives the parent of every issue in scope that has one. `asked` bool[N] says which issues of `found` were
    in a questionnaire: such a parent keeps its own scores. ValueError where parents run in a circle.
    """
    depth = _depths(set(found.codes) | set(parents), parents)
    above = sorted(set(parents.values()), key=lambda code: (-depth[code], code))
    table = _Table.of(found, parents, dict(zip(found.codes, asked.tolist(), strict=True)), above)
    leaves = [code for code in sorted(depth) if code not in set(above)]
    result = [table.level(None, leaves)]
    for number in sorted({depth[code] for code in above}, reverse=True):
        result.append(table.level(number, [code for code in above if depth[code] == number]))
    return tuple(result)


@dataclass(frozen=True)
class _Table:
    """All issues as rows: those of the cube, and parents filled in from the lowest level up."""

    rows: Estimates
    derived: np.ndarray
    mean: np.ndarray

    @classmethod
    def of(cls, found: Estimates, parents: Mapping[str, str], asked: Mapping[str, bool], above: list[str]) -> "_Table":
        codes = tuple(sorted(set(found.codes) | set(parents) | set(above)))
        place = {code: at for at, code in enumerate(codes)}
        score, deviations, nu, known = _spread(found, [place[code] for code in found.codes], len(codes))
        rows = Estimates(codes, score, deviations, nu, known, found.sources)
        table = cls(rows, np.zeros(len(codes), dtype=bool), np.full((len(codes), 2), np.nan))
        for parent in above:
            below = [place[code] for code in parents if parents[code] == parent]
            table.fill(place[parent], below, own=asked.get(parent, False))
        return table

    def fill(self, at: int, below: list[int], *, own: bool) -> None:
        """Put the mean of the rows `below`, given if half of them are scored, into row `at`; beside its own scores."""
        rows = self.rows
        scored = ~np.isnan(rows.score[below])
        number = np.maximum(scored.sum(axis=0), 1)
        enough = scored.any(axis=0) & (2 * scored.sum(axis=0) >= len(below))
        self.mean[at] = np.where(enough, np.where(scored, rows.score[below], 0.0).sum(axis=0) / number, np.nan)
        if own:
            return
        self.derived[at], rows.score[at] = True, self.mean[at]
        rows.nu[:, at] = np.maximum(rows.sources.held - 1, 1)[:, None]
        rows.known[at] = (rows.known[below] | ~scored).all(axis=0)
        if rows.deviations is not None:
            moved = (rows.deviations[:, below] * scored).sum(axis=1) / number
            rows.deviations[:, at] = np.where(enough, moved, 0.0)

    def level(self, number: int | None, codes: list[str]) -> Level:
        place = {code: at for at, code in enumerate(self.rows.codes)}
        at = [place[code] for code in codes]
        return Level(number, self.rows.pick(at), self.derived[at], self.mean[at])


def _spread(found: Estimates, at: list[int], rows: int) -> tuple[np.ndarray, np.ndarray | None, np.ndarray, np.ndarray]:
    """Score, deviations, ν_g and known of `found` as rows `at` of a longer table."""
    score, known = np.full((rows, 2), np.nan), np.ones((rows, 2), dtype=bool)
    nu = np.ones((len(found.nu), rows, 2))
    score[at], known[at], nu[:, at] = found.score, found.known, found.nu
    if found.deviations is None:
        return score, None, nu, known
    deviations = np.zeros((len(found.deviations), rows, 2))
    deviations[:, at] = found.deviations
    return score, deviations, nu, known


def _depths(codes: set[str], parents: Mapping[str, str]) -> dict[str, int]:
    """Level of each issue, 1 = top."""
    result = {}
    for code in codes | set(parents.values()):
        chain = [code]
        while chain[-1] in parents:
            if parents[chain[-1]] in chain:
                raise ValueError(f"{code} stands above itself")
            chain.append(parents[chain[-1]])
        result[code] = len(chain)
    return result
