"""Placement of the labels: wording, size, and places beside the marks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .candidates import Pool, Surroundings, build_pool
from .geometry import Box, Line, PlacedText, text_size
from .marks import REACH, PlacedMark
from .search import solve, without_clashes
from .spare import SpareSpots
from .text_width import ASCENT, em_width, halves

LARGEST, SMALLEST = 14.0, 9.0  # px
_SHRINK, _TRIES = 0.89, 3
_SHARE = 0.19  # of the crowded part of the plot that labels may fill
_TWO_LINES_FROM = 8.0  # em: shorter labels are not broken
_EXTRA = np.array([0.0, 0.5, 45.0], dtype=np.float32)  # cost of one line, two lines, the number alone

Ink = Callable[[PlacedMark], str]


@dataclass(frozen=True)
class PlacedLabel:
    """The label of a point; `number` where only a number stands here and the name in the key."""

    code: str
    text: PlacedText
    leader: Line | None
    number: int | None = None


def label_size(marks: Sequence[PlacedMark], bounds: Box) -> float:
    """The type size in px at which the labels should have room around their marks."""
    em2 = sum((em_width(_name(m)) + 1.0) * (ASCENT + 0.3) for m in marks)
    if not em2:
        return LARGEST
    edges = [[bounds.x0, bounds.x1], [bounds.y0, bounds.y1]]
    grid, _, _ = np.histogram2d([m.x for m in marks], [m.y for m in marks], 6, edges)
    around = np.pad(grid, 1)
    smooth = grid + 0.5 * (around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:])
    share = smooth / max(smooth.sum(), 1.0)
    used = 1.0 / max(float((share**2).sum()), 1e-9) / share.size
    size = (_SHARE * used * bounds.width * bounds.height / em2) ** 0.5
    return _rounded(size)


def _rounded(size: float) -> float:
    return float(np.clip(np.floor(size * 4) / 4, SMALLEST, LARGEST))


def place_labels(
    marks: Sequence[PlacedMark], numbers: Sequence[int], around: Surroundings, ink: Ink
) -> tuple[list[PlacedLabel], float]:
    """A label for every mark, in their order, and the type size in px.

    No label overlaps a label, a mark or a text of `around`. Where the surroundings of a mark are too full its number
    (`numbers`) stands there instead of its name; where the whole plot is full a mark stays without.
    """
    if not marks:
        return [], LARGEST
    size = label_size(marks, around.bounds)
    best: tuple[int, list[PlacedLabel], float] | None = None
    for _ in range(_TRIES):
        labels = _placed(marks, numbers, around, ink, size)
        unnamed = len(marks) - sum(label.number is None for label in labels)
        if best is None or unnamed < best[0]:
            best = unnamed, labels, size
        if not unnamed or size <= SMALLEST or unnamed > len(marks) / 4:
            break
        size = _rounded(size * _SHRINK)
    return best[1], best[2]


def _placed(marks, numbers, around: Surroundings, ink: Ink, size: float) -> list[PlacedLabel]:
    shapes = [_shapes(_name(m), number) for m, number in zip(marks, numbers, strict=True)]
    sizes = np.array([[text_size(s, size) if s else (np.nan, np.nan) for s in row] for row in shapes], np.float32)
    places = np.array([(m.x, m.y) for m in marks], np.float32)
    pool = build_pool(places, REACH * marks[0].r, sizes, _EXTRA, around)
    placeable = np.unique(pool.owner)
    labels: dict[int, PlacedLabel] = {}
    if len(placeable):
        pool = _renumbered(pool, placeable)
        choice = without_clashes(pool, solve(pool))
        for i, c in zip(placeable, choice, strict=True):
            if c >= 0:
                labels[int(i)] = _label(pool, int(c), marks[i], numbers[i], shapes[i], size, ink)
    labels |= _spare_numbers(marks, numbers, around, labels, size, ink)
    return [labels[i] for i in sorted(labels)]


def _name(mark: PlacedMark) -> str:
    return mark.point.label.strip() or mark.point.code


def _shapes(label: str, number: int) -> list[tuple[str, ...] | None]:
    """The wordings of a label: one line, two lines, the number."""
    two = halves(label) if em_width(label) > _TWO_LINES_FROM else None
    return [(label,), two, (str(number),)]


def _renumbered(pool: Pool, placeable: np.ndarray) -> Pool:
    """The pool with owners counted among the labels that have a place at all."""
    owner = np.searchsorted(placeable, pool.owner)
    return replace(pool, owner=owner, first=np.searchsorted(owner, np.arange(len(placeable))))


def _spare_numbers(marks, numbers, around, labels: dict[int, PlacedLabel], size: float, ink: Ink):
    """Numbers with leaders for the marks that have no label yet, by their index."""
    missing = [i for i in range(len(marks)) if i not in labels]
    if not missing:
        return {}
    placed = list(labels.values())
    spots = SpareSpots(around, [label.text.box for label in placed], [lb.leader for lb in placed if lb.leader])
    found = {}
    for i in missing:
        mark = marks[i]
        spot = spots.take(mark.x, mark.y, REACH * mark.r, *text_size((str(numbers[i]),), size))
        if spot is not None:
            box, leader = spot
            text = PlacedText("label", (str(numbers[i]),), box.x0, box.y0 + ASCENT * size, size, "start", ink(mark))
            found[i] = PlacedLabel(mark.point.code, text, leader, numbers[i])
    return found


def _label(pool: Pool, c: int, mark: PlacedMark, number: int, shapes, size: float, ink: Ink) -> PlacedLabel:
    fx = float(pool.fx[c])
    anchor = "start" if fx < 0.3 else "end" if fx > 0.7 else "middle"
    x0, x1 = float(pool.x0[c]), float(pool.x1[c])
    x = {"start": x0, "middle": (x0 + x1) / 2, "end": x1}[anchor]
    text = PlacedText("label", shapes[pool.shape[c]], x, float(pool.y0[c]) + ASCENT * size, size, anchor, ink(mark))
    leader = None
    if pool.led[c]:
        leader = ((float(pool.sx[c]), float(pool.sy[c])), (float(pool.ex[c]), float(pool.ey[c])))
    return PlacedLabel(mark.point.code, text, leader, number if pool.number[c] else None)
