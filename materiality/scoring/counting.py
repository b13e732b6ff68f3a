"""Tallies of rating bytes: which columns belong together, joint histograms, counts and sums by part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .codes import DONT_KNOW, NOT_ASKED, PARTS, SKIPPED

# Adding 2 to a byte wraps don't-know (254) to 0 and not-asked (255) to 1, skipped becomes 2 and the ratings 3..K+2:
# one addition maps all bytes to a dense range, and whatever lies above K+2 is no code at all.
SHIFT = np.uint8(2)
DENSE_ABSENT = [(code + 2) % 256 for code in (NOT_ASKED, SKIPPED, DONT_KNOW)]  # in the order of ABSENT_KINDS
FIRST_RATING = 3
CHECK_ROWS = 1 << 12


@dataclass(frozen=True)
class Layout:
    """Item columns of a questionnaire: `issues` int[m] held by it, and for each its society and business column.

    An issue asked on one dimension only points to the spare column `width` on the other; `asked` bool[m, 2] says so.
    """

    width: int
    issues: np.ndarray
    society: np.ndarray | slice
    business: np.ndarray | slice
    asked: np.ndarray

    @classmethod
    def of(cls, columns: Sequence[tuple[int, int]], issues: int) -> "Layout":
        """Layout of `columns`, (issue index, dimension index) per item. ValueError on a pair out of range or twice."""
        place = np.full((issues, 2), -1, dtype=np.intp)
        for column, (issue, dimension) in enumerate(columns):
            if not (0 <= issue < issues and dimension in (0, 1)):
                raise ValueError(f"item {column} has no such issue or dimension: {issue}, {dimension}")
            if place[issue, dimension] >= 0:
                raise ValueError(f"items {place[issue, dimension]} and {column} are the same issue and dimension")
            place[issue, dimension] = column
        held = np.flatnonzero((place >= 0).any(axis=1))
        asked = place[held] >= 0
        picks = np.where(asked, place[held], len(columns))
        return cls(len(columns), held, _as_slice(picks[:, 0]), _as_slice(picks[:, 1]), asked)


def check_ratings(ratings: np.ndarray, k: int) -> None:
    """ValueError naming the first byte of `ratings` (uint8[R, n]) that is neither 1..k nor an absent code."""
    for start in range(0, len(ratings), CHECK_ROWS):
        bad = (ratings[start : start + CHECK_ROWS] + SHIFT) > k + 2
        if bad.any():
            row, column = (int(at) for at in np.unravel_index(int(np.argmax(bad)), bad.shape))
            value = ratings[start + row, column]
            raise ValueError(f"response {start + row}, item {column}: {value} is neither 1..{k} nor absent")


def joint_histogram(rows: np.ndarray, layout: Layout, k: int) -> np.ndarray:
    """Count pairs of dense codes: `rows` uint8[R, width + 1] of valid bytes -> int64[m, k+3, k+3]."""
    dense = rows + SHIFT
    base = k + 3
    pairs = dense[:, layout.society] * np.uint8(base)  # below 13 · 13, so a byte holds it
    pairs += dense[:, layout.business]
    issues = pairs.shape[1]
    index = np.add(pairs, np.arange(issues, dtype=np.intp) * base**2)
    counted = np.bincount(index.ravel(), minlength=issues * base**2)
    return counted.reshape(issues, base, base).astype(np.int64, copy=False)


def part_tally(rows: np.ndarray, k: int) -> np.ndarray:
    """Count and sum ratings by part, row r being in part r mod 40: uint8[40 · m, n] -> int64[40, n, 2]."""
    width = rows.shape[1]
    values = (rows * (rows <= k)).reshape(-1, PARTS * width)
    counts = (values > 0).sum(axis=0, dtype=np.uint32)
    sums = values.sum(axis=0, dtype=np.uint32)
    return np.stack([counts, sums], axis=-1).reshape(PARTS, width, 2).astype(np.int64)


def fold(joint: np.ndarray) -> np.ndarray:
    """Dense pair counts [..., k+3, k+3] -> [..., k+1, k+1] with 0 for every kind of absence."""
    rows = np.concatenate([joint[..., :FIRST_RATING, :].sum(axis=-2, keepdims=True), joint[..., FIRST_RATING:, :]], -2)
    return np.concatenate([rows[..., :FIRST_RATING].sum(axis=-1, keepdims=True), rows[..., FIRST_RATING:]], -1)


def absences(joint: np.ndarray) -> np.ndarray:
    """Dense pair counts [..., k+3, k+3] -> counts [..., dimension, ABSENT_KINDS]."""
    return np.stack([joint.sum(axis=-1)[..., DENSE_ABSENT], joint.sum(axis=-2)[..., DENSE_ABSENT]], axis=-2)


def _as_slice(picks: np.ndarray) -> np.ndarray | slice:
    """An even progression of columns as a slice, which numpy reads without copying."""
    if len(picks) == 0:
        return picks
    step = int(picks[1] - picks[0]) if len(picks) > 1 else 1
    if step > 0 and np.array_equal(picks, picks[0] + step * np.arange(len(picks))):
        return slice(int(picks[0]), int(picks[-1]) + 1, step)
    return picks
