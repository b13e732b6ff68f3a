"""Placement of the labels: wording, size, candidates, clashes and the search for the best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import dist, inf

import numpy as np

from .marks import REACH, PlacedMark
from .plot import (
    ASCENT,
    GAP,
    SCREEN,
    Box,
    Line,
    PlacedText,
    Template,
    TypeSizes,
    em_width,
    halves,
    label_places,
    text_size,
)
from .space import Raster

_FEWEST, _MOST = 14, 110  # places per label that the search looks at
_NUMBERS = 16  # and at most so many for its number alone
# So many marks have a label each, wherever it stands; of more, so many stand further from theirs than a number may.
_ALL_LED, _MOST_LED = 120, 48
_NUMBER_REACH = 30.0  # px: a number further from its mark says no more than a name there


@dataclass(frozen=True)
class Pool:
    """Candidate places of all labels, sorted by owner; boxes and leaders in px, float32 arrays of one length.

    `first[i]` is where the places of label i begin; `number` marks the places that show the number only, `shape`
    which wording (index into the label's shapes) is meant; `fx` is the text's alignment.
    """

    owner: np.ndarray
    first: np.ndarray
    shape: np.ndarray
    number: np.ndarray
    fx: np.ndarray
    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray
    led: np.ndarray
    sx: np.ndarray
    sy: np.ndarray
    ex: np.ndarray
    ey: np.ndarray
    cost: np.ndarray


@dataclass(frozen=True)
class Surroundings:
    """What is there before the labels."""

    bounds: Box
    marks: Raster  # no label may cover these
    texts: Raster  # nor these; and no leader may cross them
    lines: Raster  # better not covered: cut lines, interval bars
    zone: Callable[[np.ndarray, np.ndarray], np.ndarray]  # the zone of places, to keep a label in that of its mark
    boxes: Sequence[Box] = ()  # of the texts


def build_pool(
    places: np.ndarray,
    reach: float,
    sizes: np.ndarray,
    extra: np.ndarray,
    around: Surroundings,
    offered=label_places,
    furthest: float = inf,
) -> Pool:
    """The pool for N labels.

    places: N × 2 centres of the marks, px. sizes: N × S × 2 widths and heights, px, NaN where a label has no such
    shape; the last shape is the number. extra: cost of each shape (S). furthest: px from a mark to a place, at most.
    """
    t = offered(reach)
    n, s = sizes.shape[:2]
    w, h = sizes[:, :, 0, None], sizes[:, :, 1, None]
    ax, ay = places[:, 0, None, None], places[:, 1, None, None]
    ex, ey = ax + t.dx, ay + t.dy
    x0, y0 = ex - t.fx * w, ey - t.fy * h
    x1, y1 = x0 + w, y0 + h
    cost = _own_cost(t, extra, (x0, y0, x1, y1), (ax, ay), reach, around)
    away = np.hypot(t.dx, t.dy) - reach
    cost[:, -1, away > _NUMBER_REACH] = cost[:, :, away > furthest] = np.inf
    flat = cost.reshape(n, s, -1)
    owner, shape, place = _chosen(flat, _wanted(places, sizes))
    pick = (owner, shape, place)
    anchors = places[owner]
    leaders = _leaders(anchors, np.stack([t.dx[place], t.dy[place]], axis=1), reach)
    boxes = [np.ascontiguousarray(a[pick], dtype=np.float32) for a in (x0, y0, x1, y1)]
    first = np.searchsorted(owner, np.arange(n))
    return Pool(owner, first, shape, shape == s - 1, t.fx[place], *boxes, t.led[place], *leaders, flat[pick])


def _leaders(anchors: np.ndarray, steps: np.ndarray, reach: float) -> list[np.ndarray]:
    """Start and end (sx, sy, ex, ey) of the leaders from the edges of the marks to just before the texts."""
    length = np.hypot(*steps.T) + 1e-6
    unit = (steps.T / length).T
    start = anchors + reach * unit
    end = anchors + np.maximum(length - GAP, reach)[:, None] * unit
    return [np.ascontiguousarray(a, dtype=np.float32) for a in (*start.T, *end.T)]


def _own_cost(t: Template, extra, boxes, anchors, reach, around) -> np.ndarray:
    """Cost of every place (N × S × T), infinite where it cannot be used."""
    x0, y0, x1, y1 = boxes
    ax, ay = anchors
    cost = np.broadcast_to(t.cost + extra[:, None], x0.shape).astype(np.float32)
    b = around.bounds
    with np.errstate(invalid="ignore"):
        fits = (x0 >= b.x0) & (y0 >= b.y0) & (x1 <= b.x1) & (y1 <= b.y1)
    index = np.nonzero(fits)
    bx = [a[index] for a in (x0, y0, x1, y1)]
    blocked = around.marks.count(*bx) + around.texts.count(*bx) > 0
    cost[~fits] = np.inf
    cost[tuple(i[blocked] for i in index)] = np.inf
    index = tuple(i[~blocked] for i in index)
    bx = [a[~blocked] for a in bx]
    cost[index] += _surroundings_cost(t, index, bx, ax, ay, reach, around)
    return cost


def _surroundings_cost(t: Template, index, boxes, ax, ay, reach, around) -> np.ndarray:
    """What the neighbourhood adds to the cost of places that are free: foreign marks, lines, another zone."""
    x0, y0, x1, y1 = boxes
    owner, _, place = index
    mx, my = ax[owner, 0, 0], ay[owner, 0, 0]
    led = t.led[place]
    area = (2 * reach) ** 2
    pad = 5.0
    near = around.marks.count(x0 - pad, y0 - pad, x1 + pad, y1 + pad) / area
    cost = near * np.where(led, 1.0, 2.2)
    cost += 0.012 * np.minimum(around.lines.count(x0, y0, x1, y1), 150)
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    cost += 1.2 * (around.zone(*middle) != around.zone(mx, my))
    where = np.nonzero(led)[0]
    cost[where] += _leader_cost(t, place[where], mx[where], my[where], reach, around)
    return cost.astype(np.float32)


def _leader_cost(t: Template, place, mx, my, reach, around) -> np.ndarray:
    """Cost of marks under the leader; infinite where it would cross a caption."""
    share = np.linspace(0.0, 1.0, 14, dtype=np.float32)[:, None]
    length = np.hypot(t.dx[place], t.dy[place])
    from_share = np.minimum((1.5 * reach + 1) / length, 1.0)
    along = from_share + share * (1 - from_share)
    xs, ys = mx + along * t.dx[place], my + along * t.dy[place]
    over_marks = around.marks.at(xs, ys).sum(axis=0)
    over_texts = around.texts.at(xs, ys).any(axis=0)
    return np.where(over_texts, np.inf, 2.5 * np.minimum(over_marks, 3))


def _chosen(cost: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indexes (owner, shape, place) of the places kept, sorted by owner: the best ones and a spread of the rest."""
    n, s, places = cost.shape
    words = _kept(cost[:, : s - 1].reshape(n, -1), wanted, 0)
    alone = _kept(cost[:, s - 1], np.minimum(wanted, _NUMBERS), (s - 1) * places)
    owner, index = (np.concatenate(pair) for pair in zip(words, alone, strict=True))
    by_owner = np.argsort(owner, kind="stable")
    return owner[by_owner], index[by_owner] // places, index[by_owner] % places


def _kept(cost: np.ndarray, wanted: np.ndarray, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Owner and index of up to `wanted` usable places per row of `cost`."""
    order = np.argsort(cost, axis=1, kind="stable")
    ranks = _spread_ranks(np.isfinite(cost).sum(axis=1), wanted)
    rows, columns = np.nonzero(ranks >= 0)
    return rows, order[rows, ranks[rows, columns]] + offset


def _spread_ranks(usable: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Per label the ranks to keep, -1 for none: the first half of `wanted`, then evenly through the others."""
    wanted = np.minimum(wanted, usable)[:, None]
    best = (wanted + 1) // 2
    k = np.arange(int(wanted.max(initial=0)))
    phase = (np.arange(len(usable))[:, None] * 0.37) % 1.0  # labels of one place get different far places
    steps = (k - best + phase) / np.maximum(wanted - best, 1)
    ranks = np.where(k < best, k, best + (steps * (usable[:, None] - best)).astype(int))
    return np.where(k < wanted, ranks, -1)


def _wanted(places: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """How many places each label is offered: the more, the more neighbours it has."""
    width = sizes[:, 0, 0]
    across = np.abs(places[:, None, 0] - places[None, :, 0]) < (width[:, None] + width) / 2 + 40
    beside = np.abs(places[:, None, 1] - places[None, :, 1]) < 40
    return np.clip(_FEWEST + 6 * ((across & beside).sum(axis=1) - 1), _FEWEST, _MOST)


OVERLAP = 1000.0  # two labels on one another
CROSSED = 250.0  # a leader through a label
KNOT = 30.0  # two leaders across each other
_AIR = 2.0  # px between the ends of neighbouring labels


class Clashes:
    """Rows of the clash matrix between places, computed when first asked for."""

    def __init__(self, pool: Pool):
        self.pool = pool
        self._rows: dict[int, np.ndarray] = {}
        self._led = np.nonzero(pool.led)[0]
        led = self._led
        self._sx, self._sy, self._ex, self._ey = (a[led] for a in (pool.sx, pool.sy, pool.ex, pool.ey))
        self._dx, self._dy = self._ex - self._sx, self._ey - self._sy
        self._left, self._right = np.minimum(self._sx, self._ex), np.maximum(self._sx, self._ex)
        self._top, self._bottom = np.minimum(self._sy, self._ey), np.maximum(self._sy, self._ey)
        self._turn = self._dx * self._sy - self._dy * self._sx

    def row(self, c: int) -> np.ndarray:
        """Clash of place `c` with every place of the pool (0 with places of its own label)."""
        if c not in self._rows:
            self._rows[c] = self._computed(c)
        return self._rows[c]

    def _computed(self, c: int) -> np.ndarray:
        p = self.pool
        row = OVERLAP * self._boxes_meet(c).astype(np.float32)
        led = CROSSED * self._leaders_through_box(c).astype(np.float32)
        if p.led[c]:
            row += CROSSED * self._boxes_on_leader(c)
            led += KNOT * self._leaders_cross(c)
        row[self._led] += led
        row[p.owner == p.owner[c]] = 0
        return row

    def _boxes_meet(self, c: int) -> np.ndarray:
        p = self.pool
        across = (p.x0 < p.x1[c] + _AIR) & (p.x1 > p.x0[c] - _AIR)
        return across & (p.y0 < p.y1[c]) & (p.y1 > p.y0[c])

    def _leaders_through_box(self, c: int) -> np.ndarray:
        p = self.pool
        x0, y0, x1, y1 = p.x0[c], p.y0[c], p.x1[c], p.y1[c]
        near = (self._left < x1) & (self._right > x0) & (self._top < y1) & (self._bottom > y0)
        offset = self._dx * ((y0 + y1) / 2) - self._dy * ((x0 + x1) / 2) - self._turn
        return near & (np.abs(offset) < np.abs(self._dx) * ((y1 - y0) / 2) + np.abs(self._dy) * ((x1 - x0) / 2))

    def _boxes_on_leader(self, c: int) -> np.ndarray:
        p = self.pool
        sx, sy, ex, ey = p.sx[c], p.sy[c], p.ex[c], p.ey[c]
        dx, dy = ex - sx, ey - sy
        near = (p.x0 < max(sx, ex)) & (p.x1 > min(sx, ex)) & (p.y0 < max(sy, ey)) & (p.y1 > min(sy, ey))
        offset = dx * ((p.y0 + p.y1) / 2 - sy) - dy * ((p.x0 + p.x1) / 2 - sx)
        return near & (np.abs(offset) < abs(dx) * (p.y1 - p.y0) / 2 + abs(dy) * (p.x1 - p.x0) / 2)

    def _leaders_cross(self, c: int) -> np.ndarray:
        p = self.pool
        sx, sy, ex, ey = p.sx[c], p.sy[c], p.ex[c], p.ey[c]
        dx, dy = ex - sx, ey - sy
        start = dx * (self._sy - sy) - dy * (self._sx - sx)
        end = dx * (self._ey - sy) - dy * (self._ex - sx)
        mine = self._dx * sy - self._dy * sx - self._turn
        yours = self._dx * ey - self._dy * ex - self._turn
        return (start * end < 0) & (mine * yours < 0)


_ATTEMPTS = 10  # of one label to get a better place
_DISREGARD = 0.012  # of the others when it does


class _Placed:
    """A place for every label (-1: none yet) and what the places taken cost all others."""

    def __init__(self, pool: Pool):
        self.pool = pool
        self.clashes = Clashes(pool)
        self.ends = np.append(pool.first[1:], len(pool.owner))
        self.choice = np.full(len(pool.first), -1)
        self.pressure = np.zeros(len(pool.owner), dtype=np.float32)
        self.energy = 0.0

    def take(self, label: int, place: int) -> None:
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
    placed = _Placed(pool)
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


def _worst(placed: _Placed, tried: dict[int, int]) -> int | None:
    """The label that is worst off against its best place, the often tried ones counting less."""
    pool = placed.pool
    now = pool.cost[placed.choice] + placed.pressure[placed.choice]
    loss = now - np.minimum.reduceat(pool.cost, pool.first)
    for label, times in tried.items():
        loss[label] = loss[label] * 0.7**times if times < _ATTEMPTS else 0
    label = int(np.argmax(loss))
    return label if loss[label] > 0.5 else None


def _evict(placed: _Placed, label: int, moves: int, attempt: int) -> int:
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


_STEP = 6.0  # px between the spots tried
_NEAREST = 1500  # of the free spots that are compared
_SAMPLES = 24  # of a leader
_TEXT_CROSSED, _LEADER_COVERED = 2000.0, 500.0


class SpareSpots:
    """Free spots among the marks, texts and labels that are there; spots given out are taken from then on."""

    def __init__(self, around: Surroundings, boxes: Sequence[Box], leaders: Sequence[Line]):
        self.around = around
        self.texts = Raster(around.bounds, 2.0)
        self.leaders = Raster(around.bounds, 2.0)
        for box in [*around.boxes, *boxes]:
            self.texts.add_box(box)
        for leader in leaders:
            self.leaders.add_line(*leader)

    def take(
        self, x: float, y: float, reach: float, width: float, height: float, furthest: float
    ) -> tuple[Box, Line] | None:
        b = self.around.bounds
        columns = np.arange(b.x0, b.x1 - width, _STEP)
        rows = np.arange(b.y0, b.y1 - height, _STEP)
        x0, y0 = (a.ravel() for a in np.meshgrid(columns, rows))
        free = self._covered((self.around.marks, self.texts), x0, y0, width, height) == 0
        if not free.any():
            return None
        x0, y0 = x0[free], y0[free]
        near = np.argsort(np.hypot(x0 + width / 2 - x, y0 + height / 2 - y), kind="stable")[:_NEAREST]
        x0, y0 = x0[near], y0[near]
        ex = np.clip(x, x0, x0 + width)
        ey = np.where(np.abs(ex - x) > 1, y0 + height / 2, np.clip(y, y0, y0 + height))
        cost = np.hypot(ex - x, ey - y) + _LEADER_COVERED * (self._covered((self.leaders,), x0, y0, width, height) > 0)
        cost += _TEXT_CROSSED * self._crossed(x, y, ex, ey)
        best = int(np.argmin(cost))
        if np.hypot(ex[best] - x, ey[best] - y) > reach + furthest:
            return None
        box = Box(float(x0[best]), float(y0[best]), float(x0[best] + width), float(y0[best] + height))
        leader = _leader(x, y, float(ex[best]), float(ey[best]), reach)
        self.texts.add_box(box)
        self.leaders.add_line(*leader)
        return box, leader

    def _covered(self, rasters: Sequence[Raster], x0, y0, width: float, height: float) -> np.ndarray:
        return sum(raster.count(x0 - 2, y0, x0 + width + 2, y0 + height) for raster in rasters)

    def _crossed(self, x: float, y: float, ex, ey) -> np.ndarray:
        """How many samples of each leader lie on texts."""
        share = np.linspace(0.02, 0.98, _SAMPLES)[:, None]
        return self.texts.at(x + share * (ex - x), y + share * (ey - y)).sum(axis=0)


def _leader(x: float, y: float, ex: float, ey: float, reach: float) -> Line:
    length = max(float(np.hypot(ex - x, ey - y)), 1e-6)
    ux, uy = (ex - x) / length, (ey - y) / length
    start, end = min(reach, length), max(length - GAP, min(reach, length))
    return (x + ux * start, y + uy * start), (x + ux * end, y + uy * end)


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


def label_size(marks: Sequence[PlacedMark], bounds: Box, sizes: TypeSizes = SCREEN) -> float:
    """The type size in px at which the labels should have room around their marks."""
    em2 = sum((em_width(named_by(m)) + 1.0) * (ASCENT + 0.3) for m in marks)
    if not em2:
        return sizes.largest
    edges = [[bounds.x0, bounds.x1], [bounds.y0, bounds.y1]]
    grid, _, _ = np.histogram2d([m.x for m in marks], [m.y for m in marks], 6, edges)
    around = np.pad(grid, 1)
    smooth = grid + 0.5 * (around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:])
    share = smooth / max(smooth.sum(), 1.0)
    used = 1.0 / max(float((share**2).sum()), 1e-9) / share.size
    size = (_SHARE * used * bounds.width * bounds.height / em2) ** 0.5
    return _rounded(size, sizes)


def _rounded(size: float, sizes: TypeSizes) -> float:
    return float(np.clip(np.floor(size * 4) / 4, sizes.smallest, sizes.largest))


def place_labels(
    marks: Sequence[PlacedMark], numbers: Sequence[int], around: Surroundings, ink: Ink, sizes: TypeSizes = SCREEN
) -> tuple[list[PlacedLabel], float]:
    """A label for every mark, in their order, and the type size in px.

    No label overlaps a label, a mark or a text of `around`. Where the surroundings of a mark are too full its number
    (`numbers`) stands there instead of its name; where the whole plot is full, or so many leaders would lead far away
    that nobody could follow them, a mark stays without.
    """
    if not marks:
        return [], sizes.largest
    size = label_size(marks, around.bounds, sizes)
    best: tuple[int, list[PlacedLabel], float] | None = None
    for _ in range(_TRIES):
        labels = _placed(marks, numbers, around, ink, size)
        unnamed = len(marks) - sum(label.number is None for label in labels)
        if best is None or unnamed < best[0]:
            best = unnamed, labels, size
        if not unnamed or size <= sizes.smallest or unnamed > len(marks) / 4:
            break
        size = _rounded(size * _SHRINK, sizes)
    far = sum(label.leader is not None and dist(*label.leader) > _NUMBER_REACH for label in best[1])
    if len(marks) > _ALL_LED and far > _MOST_LED:
        return _placed(marks, numbers, around, ink, best[2], _NUMBER_REACH), best[2]
    return best[1], best[2]


def _placed(marks, numbers, around: Surroundings, ink: Ink, size: float, furthest: float = inf) -> list[PlacedLabel]:
    shapes = [_shapes(named_by(m), number) for m, number in zip(marks, numbers, strict=True)]
    sizes = np.array([[text_size(s, size) if s else (np.nan, np.nan) for s in row] for row in shapes], np.float32)
    places = np.array([(m.x, m.y) for m in marks], np.float32)
    pool = build_pool(places, REACH * marks[0].r, sizes, _EXTRA, around, furthest=furthest)
    placeable = np.unique(pool.owner)
    labels: dict[int, PlacedLabel] = {}
    if len(placeable):
        pool = renumbered(pool, placeable)
        choice = without_clashes(pool, solve(pool))
        for i, c in zip(placeable, choice, strict=True):
            if c >= 0:
                labels[int(i)] = _label(pool, int(c), marks[i], numbers[i], shapes[i], size, ink)
    labels |= _spare_numbers(marks, numbers, around, labels, size, ink, furthest)
    return [labels[i] for i in sorted(labels)]


def named_by(mark: PlacedMark) -> str:
    return mark.point.label.strip() or mark.point.code


def _shapes(label: str, number: int) -> list[tuple[str, ...] | None]:
    """The wordings of a label: one line, two lines, the number."""
    two = halves(label) if em_width(label) > _TWO_LINES_FROM else None
    return [(label,), two, (str(number),)]


def renumbered(pool: Pool, placeable: np.ndarray) -> Pool:
    """The pool with owners counted among the labels that have a place at all."""
    owner = np.searchsorted(placeable, pool.owner)
    return replace(pool, owner=owner, first=np.searchsorted(owner, np.arange(len(placeable))))


def _spare_numbers(marks, numbers, around, labels: dict[int, PlacedLabel], size: float, ink: Ink, furthest: float):
    """Numbers with leaders for the marks that have no label yet, by their index."""
    missing = [i for i in range(len(marks)) if i not in labels]
    if not missing:
        return {}
    placed = list(labels.values())
    spots = SpareSpots(around, [label.text.box for label in placed], [lb.leader for lb in placed if lb.leader])
    found = {}
    for i in missing:
        mark = marks[i]
        spot = spots.take(mark.x, mark.y, REACH * mark.r, *text_size((str(numbers[i]),), size), furthest)
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
