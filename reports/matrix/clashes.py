"""What two places cost each other: labels on one another, leaders through labels, leaders across leaders."""

import numpy as np

from .candidates import Pool

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
