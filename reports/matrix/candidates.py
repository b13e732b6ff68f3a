"""All the places that a label might take, and how good each is on its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .geometry import Box
from .obstacles import Raster
from .templates import GAP, Template, template

_FEWEST, _MOST = 14, 110  # places per label that the search looks at
_NUMBERS = 16  # and at most so many for its number alone
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


def build_pool(places: np.ndarray, reach: float, sizes: np.ndarray, extra: np.ndarray, around: Surroundings) -> Pool:
    """The pool for N labels.

    places: N × 2 centres of the marks, px. sizes: N × S × 2 widths and heights, px, NaN where a label has no such
    shape; the last shape is the number. extra: cost of each shape (S).
    """
    t = template(reach)
    n, s = sizes.shape[:2]
    w, h = sizes[:, :, 0, None], sizes[:, :, 1, None]
    ax, ay = places[:, 0, None, None], places[:, 1, None, None]
    ex, ey = ax + t.dx, ay + t.dy
    x0, y0 = ex - t.fx * w, ey - t.fy * h
    x1, y1 = x0 + w, y0 + h
    cost = _own_cost(t, extra, (x0, y0, x1, y1), (ax, ay), reach, around)
    cost[:, -1, np.hypot(t.dx, t.dy) > reach + _NUMBER_REACH] = np.inf
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
