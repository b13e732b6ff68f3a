"""The cube: additive sufficient statistics of ratings per group and issue (scoring.md, Sufficient statistics)."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

SKIPPED = 0
DONT_KNOW = 254
NOT_ASKED = 255

SOCIETY = "society"
BUSINESS = "business"
DIMENSIONS = (SOCIETY, BUSINESS)

# Order of the last axis of `Cube.absent`.
ABSENT_KINDS = ("not_asked", "skipped", "dont_know")

# Responses of a group are dealt in turn into this many parts (scoring.md, Parts).
PARTS = 40

SCALE_MIN, SCALE_MAX = 2, 10


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


MAGIC = b"yiti-cube-1\n"
WIDTHS = ("<u1", "<u2", "<u4", "<i8")


def pack(labels: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Bytes of JSON-able `labels` and of non-negative integer `arrays`; equal input gives equal bytes."""
    header, bodies = dict(labels), []
    header["arrays"] = []
    for name, array in arrays.items():
        width = _narrowest(array)
        header["arrays"].append([name, width, list(array.shape)])
        bodies.append(np.ascontiguousarray(array, dtype=width).tobytes())
    head = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return MAGIC + struct.pack("<I", len(head)) + head + zlib.compress(b"".join(bodies), 6)


def unpack(data: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Labels and int64 arrays of `pack`. ValueError where `data` is anything else."""
    if not data.startswith(MAGIC):
        raise ValueError("not the bytes of a cube")
    try:
        return _unpacked(data)
    except (struct.error, zlib.error, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError("damaged bytes of a cube") from error


def _unpacked(data: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    start = len(MAGIC) + 4
    (length,) = struct.unpack("<I", data[len(MAGIC) : start])
    labels = json.loads(data[start : start + length])
    body, at, arrays = zlib.decompress(data[start + length :]), 0, {}
    for name, width, shape in labels.pop("arrays"):
        if width not in WIDTHS:
            raise ValueError("damaged bytes of a cube")
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(body, dtype=width, count=count, offset=at)
        at += array.nbytes
        arrays[name] = array.astype(np.int64).reshape(shape)
    if at != len(body):
        raise ValueError("damaged bytes of a cube")
    return labels, arrays


def _narrowest(array: np.ndarray) -> str:
    top = int(array.max(initial=0))
    if int(array.min(initial=0)) < 0:
        raise ValueError("a cube holds no negative counts")
    return next(width for width in WIDTHS if top <= np.iinfo(width).max)


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
                raise ValueError(f"a {name} code appears twice")
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

    def after(self, dealt: np.ndarray) -> "Cube":
        """The same counts as of responses that came after `dealt` int[G] others of their group: parts move on by as
        many, so that chunks which were dealt by id each from the first part add up to the whole.
        """
        if self.parts is None:
            return self
        moved = [np.roll(self.parts[:, g], int(number) % PARTS, axis=0) for g, number in enumerate(dealt)]
        return replace(self, parts=np.stack(moved, axis=1) if moved else self.parts)

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
        return pack({"groups": self.groups, "issues": self.issues, "k": self.k}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Inverse of `to_bytes`. ValueError where `data` is not a cube."""
        labels, arrays = unpack(data)
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
        self._layout = Layout.of(columns, len(issues))
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
        cube.counts[:, layout.issues] = fold(self._joint)
        cube.absent[:, layout.issues] = absences(self._joint) * layout.asked[:, :, None]
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
        check_ratings(ratings, self._empty.k)

    def _add_group(self, group: int, rows: np.ndarray) -> None:
        """Rows of one group, moved down by the parts already dealt so that row r stands in part r mod 40."""
        skip = int(self._dealt[group] % PARTS)
        padded = np.full((-(-(skip + len(rows)) // PARTS) * PARTS, self._layout.width + 1), SKIPPED, np.uint8)
        padded[skip : skip + len(rows), :-1] = rows
        self._joint[group] += joint_histogram(padded[skip : skip + len(rows)], self._layout, self._empty.k)
        self._tally[group] += part_tally(padded, self._empty.k)
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
