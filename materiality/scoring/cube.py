"""The cube: additive sufficient statistics of ratings per group and issue (scoring.md, Sufficient statistics)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from . import counting, cube_bytes
from .codes import PARTS, SCALE_MAX, SCALE_MIN, SKIPPED

ARRAYS = ("counts", "absent", "valid", "parts")
BLOCK_CELLS = 1 << 21  # rating bytes worked on at a time: bounds the memory of a count


@dataclass(frozen=True, eq=False)
class Cube:
    """Counts of valid responses.

    counts: int64[G, I, K+1, K+1], joint histogram of (society, business), 0 = absent.
    absent: int64[G, I, 2, 3], by dimension and ABSENT_KINDS.
    valid:  int64[G], valid responses.
    parts:  int64[40, G, I, 2, 2], (count, sum) of ratings by part; None where it was left out.
    An issue that was not in the questionnaire has zeros everywhere.
    """

    groups: tuple[str, ...]
    issues: tuple[str, ...]
    k: int
    counts: np.ndarray
    absent: np.ndarray
    valid: np.ndarray
    parts: np.ndarray | None

    def __post_init__(self) -> None:
        if not SCALE_MIN <= self.k <= SCALE_MAX:
            raise ValueError(f"K must be {SCALE_MIN}..{SCALE_MAX}, not {self.k}")
        for name, labels in (("group", self.groups), ("issue", self.issues)):
            if len(set(labels)) != len(labels):
                raise ValueError(f"a {name} code stands twice")
        for name, shape in _shapes(len(self.groups), len(self.issues), self.k).items():
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, not {shape}")

    @classmethod
    def empty(cls, groups: Sequence[str], issues: Sequence[str], k: int, *, parts: bool = True) -> Self:
        """The cube of no response at all."""
        arrays = {name: np.zeros(shape, np.int64) for name, shape in _shapes(len(groups), len(issues), k).items()}
        if not parts:
            arrays["parts"] = None
        return cls(tuple(groups), tuple(issues), k, **arrays)

    def __add__(self, other: "Cube") -> "Cube":
        """Cube of the union of two disjoint sets of responses. ValueError unless groups, issues and K are equal."""
        if not isinstance(other, Cube):
            return NotImplemented
        if (self.groups, self.issues, self.k) != (other.groups, other.issues, other.k):
            raise ValueError("cubes add only where groups, issues and K are equal; align them first")
        whole = self.parts is not None and other.parts is not None
        return Cube(
            self.groups,
            self.issues,
            self.k,
            self.counts + other.counts,
            self.absent + other.absent,
            self.valid + other.valid,
            self.parts + other.parts if whole else None,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cube):
            return NotImplemented
        if (self.groups, self.issues, self.k) != (other.groups, other.issues, other.k):
            return False
        return all(_same(getattr(self, name), getattr(other, name)) for name in ARRAYS)

    def aligned(self, groups: Sequence[str], issues: Sequence[str]) -> "Cube":
        """The same counts under a superset of codes in the order given; what is new has zeros.

        ValueError where a group or an issue of this cube is missing from the superset.
        """
        result = Cube.empty(groups, issues, self.k, parts=self.parts is not None)
        g, i = _positions(self.groups, result.groups), _positions(self.issues, result.issues)
        result.counts[np.ix_(g, i)] = self.counts
        result.absent[np.ix_(g, i)] = self.absent
        result.valid[g] = self.valid
        if self.parts is not None:
            result.parts[np.ix_(np.arange(PARTS), g, i)] = self.parts
        return result

    def without_parts(self) -> "Cube":
        """The cube as it may leave the installation: a part can be one person."""
        return replace(self, parts=None)

    def to_bytes(self) -> bytes:
        """Compact bytes; equal cubes give equal bytes. Parts are inside unless left out (`without_parts`)."""
        arrays = {name: getattr(self, name) for name in ARRAYS if getattr(self, name) is not None}
        return cube_bytes.pack({"groups": self.groups, "issues": self.issues, "k": self.k}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Inverse of `to_bytes`. ValueError where `data` is not a cube."""
        labels, arrays = cube_bytes.unpack(data)
        if set(labels) != {"groups", "issues", "k"} or set(arrays) | {"parts"} != set(ARRAYS):
            raise ValueError("damaged bytes of a cube")
        arrays.setdefault("parts", None)
        return cls(tuple(labels["groups"]), tuple(labels["issues"]), labels["k"], **arrays)


class CubeBuilder:
    """Counts responses of one survey into a cube, chunk after chunk in the order of their ids."""

    def __init__(
        self, groups: Sequence[str], issues: Sequence[str], k: int, columns: Sequence[tuple[int, int]]
    ) -> None:
        """`columns` gives (issue index, dimension index) of each item. ValueError where a pair is unknown or double."""
        self._empty = Cube.empty(groups, issues, k)
        self._layout = counting.Layout.of(columns, len(issues))
        held = len(self._layout.issues)
        self._joint = np.zeros((len(groups), held, k + 3, k + 3), np.int64)
        self._tally = np.zeros((len(groups), PARTS, self._layout.width + 1, 2), np.int64)
        self._dealt = np.zeros(len(groups), np.int64)

    def add(self, group_index: np.ndarray, ratings: np.ndarray) -> None:
        """Count valid responses: `group_index` int[R] of 0..G-1, `ratings` uint8[R, items].

        Parts go on from the chunk before. ValueError on a wrong shape, group or rating byte; then nothing is counted.
        """
        group_index, ratings = np.asarray(group_index), np.asarray(ratings)
        self._check(group_index, ratings)
        step = max(1, BLOCK_CELLS // max(1, self._layout.width))
        for start in range(0, len(ratings), step):
            block, groups = ratings[start : start + step], group_index[start : start + step]
            for group in np.unique(groups):
                self._add_group(int(group), block[groups == group])

    def cube(self) -> Cube:
        """The cube of all responses added so far."""
        cube, layout = Cube.empty(self._empty.groups, self._empty.issues, self._empty.k), self._layout
        cube.counts[:, layout.issues] = counting.fold(self._joint)
        cube.absent[:, layout.issues] = counting.absences(self._joint) * layout.asked[:, :, None]
        cube.valid[:] = self._dealt
        by_part = self._tally.swapaxes(0, 1)  # the spare column holds no rating, so it gives zeros
        for dimension, picks in enumerate((layout.society, layout.business)):
            cube.parts[:, :, layout.issues, dimension] = by_part[:, :, picks]
        return cube

    def _check(self, group_index: np.ndarray, ratings: np.ndarray) -> None:
        rows, width = len(group_index), self._layout.width
        if ratings.dtype != np.uint8 or ratings.shape != (rows, width) or group_index.shape != (rows,):
            raise ValueError(f"needs one group index and {width} rating bytes per response")
        if rows and not 0 <= group_index.min() <= group_index.max() < len(self._dealt):
            raise ValueError("a group index is out of range")
        counting.check_ratings(ratings, self._empty.k)

    def _add_group(self, group: int, rows: np.ndarray) -> None:
        """Rows of one group, moved down by the parts already dealt so that row r stands in part r mod 40."""
        skip = int(self._dealt[group] % PARTS)
        padded = np.full((-(-(skip + len(rows)) // PARTS) * PARTS, self._layout.width + 1), SKIPPED, np.uint8)
        padded[skip : skip + len(rows), :-1] = rows
        self._joint[group] += counting.joint_histogram(padded[skip : skip + len(rows)], self._layout, self._empty.k)
        self._tally[group] += counting.part_tally(padded, self._empty.k)
        self._dealt[group] += len(rows)


def _shapes(groups: int, issues: int, k: int) -> dict[str, tuple[int, ...]]:
    return {
        "counts": (groups, issues, k + 1, k + 1),
        "absent": (groups, issues, 2, 3),
        "valid": (groups,),
        "parts": (PARTS, groups, issues, 2, 2),
    }


def _positions(codes: Sequence[str], superset: Sequence[str]) -> np.ndarray:
    place = {code: n for n, code in enumerate(superset)}
    missing = [code for code in codes if code not in place]
    if missing:
        raise ValueError(f"not in the superset: {', '.join(missing)}")
    return np.array([place[code] for code in codes], dtype=np.intp)


def _same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
