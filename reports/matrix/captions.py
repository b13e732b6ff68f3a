"""Words inside the plot that belong to the zones: captions and the values of cut lines."""

from collections.abc import Sequence

import numpy as np

from .marks import FAINT, SOFT
from .plot import ASCENT, Box, Place, PlacedText, text_size
from .space import Raster

_CAPTION, _VALUE = 14.0, 11.0
_STEP = 8.0

# The corner of the plot (0 or 1 along x, y upwards) that a caption would like to be in.
_HOME = {
    "high": ((1, 1),),
    "medium": ((0, 1), (1, 0)),
    "low": ((0, 0),),
    "double": ((1, 1),),
    "impact": ((0, 1),),
    "financial": ((1, 0),),
    "neither": ((0, 0),),
}


def place_captions(
    zones: Sequence[tuple[str, list[Place]]], words: dict[str, str], plot: Box, taken: Raster
) -> list[PlacedText]:
    """A caption in each zone (tier, corners in px) that has words and room; each is added to `taken`."""
    placed = []
    for tier, polygon in zones:
        if not words.get(tier):
            continue
        text = _caption(tier, polygon, words[tier], plot, taken)
        if text is not None:
            placed.append(text)
            taken.add_box(text.box)
    return placed


def _caption(tier: str, polygon: list[Place], word: str, plot: Box, taken: Raster) -> PlacedText | None:
    width, height = text_size((word,), _CAPTION, bold=True)
    x0, y0 = (
        a.ravel()
        for a in np.meshgrid(_steps(plot.x0 + 14, plot.x1 - 14 - width), _steps(plot.y0 + 8, plot.y1 - 8 - height))
    )
    x1, y1 = x0 + width, y0 + height
    free = taken.count(x0 - 5, y0, x1 + 5, y1) == 0
    inside = free & _all_inside(polygon, x0 - 4, y0 - 1, x1 + 4, y1 + 1)
    if not inside.any():
        return None
    cost = np.full(len(x0), np.inf)
    for rank, (cx, cy) in enumerate(_HOME.get(tier, ((0, 1),))):
        dx = (plot.x1 - x1) if cx else (x0 - plot.x0)
        dy = (y0 - plot.y0) if cy else (plot.y1 - y1)
        cost = np.minimum(cost, np.hypot(1.6 * dx, dy) + 150 * rank)
    best = int(np.argmin(np.where(inside, cost, np.inf)))
    return PlacedText(
        "caption", (word,), float(x0[best]), float(y0[best]) + ASCENT * _CAPTION, _CAPTION, ink=SOFT, bold=True
    )


def _steps(start: float, end: float) -> np.ndarray:
    """Places from `start` to `end`, both included."""
    return np.linspace(start, end, max(2, int((end - start) / _STEP))) if end > start else np.array([])


def _all_inside(polygon: list[Place], x0, y0, x1, y1) -> np.ndarray:
    """Whether all four corners of each box lie in a convex polygon."""
    turn = np.sign(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True)))
    inside = np.ones(len(x0), dtype=bool)
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
            inside &= turn * ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) >= 0
    return inside


def place_cut_value(word: str, start: Place, end: Place, plot: Box, taken: Raster) -> PlacedText | None:
    """The cut point beside its line, as near to an end as it hits nothing; added to `taken`."""
    width, height = text_size((word,), _VALUE)
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    if not length:
        return None
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    reach = abs(uy) * width / 2 + abs(ux) * height * 0.4 + 2
    along = np.arange(0, length, 3.0)
    x, y, cost = [], [], []
    for side in (1, -1):
        nx, ny = side * -uy, side * ux
        x.append(start[0] + ux * along + nx * reach)
        y.append(start[1] + uy * along + ny * reach)
        cost.append(np.minimum(along + 40, length - along) + (ny > 0) * 5)
    cx, cy, cost = (np.concatenate(a) for a in (x, y, cost))
    x0, y0, x1, y1 = cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2
    free = (x0 > plot.x0 + 3) & (x1 < plot.x1 - 3) & (y0 > plot.y0 + 1) & (y1 < plot.y1 - 1)
    free[free] = taken.count(x0[free] - 3, y0[free], x1[free] + 3, y1[free]) == 0
    if not free.any():
        return None
    best = int(np.argmin(np.where(free, cost, np.inf)))
    text = PlacedText("cut", (word,), float(x0[best]), float(y0[best]) + ASCENT * _VALUE, _VALUE, ink=FAINT)
    taken.add_box(text.box)
    return text
