"""Parts: responses dealt by id or by cluster into 40, with counts and sums of their ratings (scoring.md, Parts)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .cube import PARTS

BLOCK_CELLS = 1 << 21  # rating bytes worked on at a time


@dataclass(frozen=True)
class Dealing:
    """part uint8[R] of each response; clustered bool[G]; one_cluster: indexes of groups with fewer than 2 clusters,
    dealt by id although clusters are declared.
    """

    part: np.ndarray
    clustered: np.ndarray
    one_cluster: tuple[int, ...]


def deal_by_id(group: np.ndarray, groups: int) -> Dealing:
    """Deal the valid responses of one survey, in id order: `group` int[R] of 0..groups − 1."""
    part = _numbered(group, groups) % PARTS
    return Dealing(part.astype(np.uint8), np.zeros(groups, dtype=bool), ())


def deal_by_cluster(group: np.ndarray, groups: int, keys: Sequence[str | None], ids: Sequence[object]) -> Dealing:
    """The same with a declared cluster: `keys` give it per response as text, None or "" where there is none.

    A response without a key is a cluster of its own, its key the text of its id. A group without valid responses is
    dealt by id and not named: it has no variance to understate.
    """
    by_id = deal_by_id(group, groups)
    part, clustered, single = by_id.part.copy(), np.zeros(groups, dtype=bool), []
    named = [(key, False) if key else (str(pk), True) for key, pk in zip(keys, ids, strict=True)]
    for g in np.unique(group).tolist():
        rows = np.flatnonzero(group == g).tolist()
        clusters = {each: n for n, each in enumerate(sorted({named[row] for row in rows}))}
        if len(clusters) < 2:
            single.append(g)
            continue
        clustered[g] = True
        part[rows] = [clusters[named[row]] % PARTS for row in rows]
    return Dealing(part, clustered, tuple(single))


def _numbered(group: np.ndarray, groups: int) -> np.ndarray:
    """Number 0, 1, … of each response within its group."""
    number = np.empty(len(group), dtype=np.int64)
    for g in range(groups):
        rows = np.flatnonzero(group == g)
        number[rows] = np.arange(len(rows))
    return number


class PartsBuilder:
    """Adds up parts[40, G, I, 2, (count, sum)] of one survey, chunk after chunk in any order."""

    def __init__(self, groups: int, issues: int, k: int, columns: Sequence[tuple[int, int]]) -> None:
        """`columns` gives (issue index, dimension index) of each item."""
        self._k = k
        self._issues, self._dimensions = np.array(columns, dtype=np.intp).reshape(-1, 2).T
        self._shape = (groups, issues)
        self._tally = np.zeros((groups * PARTS, len(columns), 2), dtype=np.int64)

    def add(self, group: np.ndarray, part: np.ndarray, ratings: np.ndarray) -> None:
        """Count valid responses: `group` int[R], `part` uint8[R], `ratings` uint8[R, items]. ValueError on a shape."""
        if ratings.shape != (len(group), self._tally.shape[1]) or len(part) != len(group):
            raise ValueError(f"needs a group, a part and {self._tally.shape[1]} rating bytes per response")
        step = max(1, BLOCK_CELLS // max(1, ratings.shape[1]))
        for start in range(0, len(group), step):
            rows = slice(start, start + step)
            self._add_block(group[rows].astype(np.intp) * PARTS + part[rows], ratings[rows])

    def parts(self) -> np.ndarray:
        """int64[40, G, I, 2, 2] of all responses added so far."""
        groups, issues = self._shape
        result = np.zeros((PARTS, groups, issues, 2, 2), dtype=np.int64)
        by_part = self._tally.reshape(groups, PARTS, -1, 2).swapaxes(0, 1)
        result[:, :, self._issues, self._dimensions] = by_part
        return result

    def _add_block(self, place: np.ndarray, ratings: np.ndarray) -> None:
        """Rows of one place (group and part) are brought together and added up in one pass."""
        if not len(place):
            return
        order = np.argsort(place, kind="stable")
        found = place[order]
        starts = np.flatnonzero(np.concatenate([[True], found[1:] != found[:-1]]))
        values = ratings[order]
        values = values * (values <= self._k)
        self._tally[found[starts], :, 0] += np.add.reduceat(values > 0, starts, axis=0, dtype=np.int64)
        self._tally[found[starts], :, 1] += np.add.reduceat(values, starts, axis=0, dtype=np.int64)
