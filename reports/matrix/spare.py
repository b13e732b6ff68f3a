"""The last resort: a free spot anywhere in the plot for the number of a mark whose surroundings are full."""

from collections.abc import Sequence

import numpy as np

from .candidates import Surroundings
from .geometry import Box, Line
from .obstacles import Raster
from .templates import GAP

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

    def take(self, x: float, y: float, reach: float, width: float, height: float) -> tuple[Box, Line] | None:
        """The nearest spot (box and leader) for a text of this size belonging to the mark at x, y; None if all is full.

        Spots whose leader crosses a text or that lie on a leader are taken only where there is no other.
        """
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
