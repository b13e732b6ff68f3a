"""Cut lines that leave room for the words they would run through."""

from collections.abc import Sequence

import numpy as np

from .plot import Box, Line, PlacedText

_AIR = 2.5  # px between a word and the line


def pieces(line: Line, texts: Sequence[PlacedText]) -> list[Line]:
    """The parts of a line outside the words of `texts`."""
    (ax, ay), (bx, by) = line
    covered = sorted(span for text in texts if (span := _span(line, _ink_box(text))) is not None)
    parts, at = [], 0.0
    for start, end in [*covered, (1.0, 1.0)]:
        if start > at:
            parts.append(tuple((ax + t * (bx - ax), ay + t * (by - ay)) for t in (at, start)))
        at = max(at, end)
    return parts


def _ink_box(text: PlacedText) -> Box:
    """The box of the letters themselves, without the room that a line box has above and below."""
    box = text.box
    return Box(box.x0 - _AIR, box.y0 + 0.24 * text.size, box.x1 + _AIR, box.y1 - 0.05 * text.size)


def _span(line: Line, box: Box) -> tuple[float, float] | None:
    """The share of the line (from, to) that lies in the box, None where it misses it."""
    (ax, ay), (bx, by) = line
    first, last = 0.0, 1.0
    for start, step, low, high in ((ax, bx - ax, box.x0, box.x1), (ay, by - ay, box.y0, box.y1)):
        if abs(step) < 1e-9:
            if not low < start < high:
                return None
            continue
        a, b = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, a), min(last, b)
    return (first, last) if first < last else None


_MARGIN = 12.0  # px around the area that may be asked for too


class Raster:
    """Occupied cells of `cell` px over an area of the canvas."""

    def __init__(self, area: Box, cell: float = 1.0):
        self.area, self.cell = area, cell
        self._x0, self._y0 = area.x0 - _MARGIN, area.y0 - _MARGIN
        rows, columns = (int((length + 2 * _MARGIN) / cell) + 2 for length in (area.height, area.width))
        self.cells = np.zeros((rows, columns), dtype=np.int32)
        self._sums: np.ndarray | None = None

    def _index(self, x, y):
        """Column and row of places within the area and its margin."""
        column = np.asarray((x - self._x0) / self.cell, dtype=np.int32)
        return column, np.asarray((y - self._y0) / self.cell, dtype=np.int32)

    def add_box(self, box: Box) -> None:
        """Occupy every cell that the box touches; what is outside the area is left out."""
        a, r = self.area, _MARGIN
        x0, y0 = self._index(max(box.x0, a.x0 - r), max(box.y0, a.y0 - r))
        x1, y1 = self._index(min(box.x1, a.x1 + r), min(box.y1, a.y1 + r))
        self.cells[y0 : y1 + 1, x0 : x1 + 1] = 1
        self._sums = None

    def add_line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Occupy the cells along a straight line within the area."""
        count = int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / self.cell) + 2
        columns, rows = self._index(np.linspace(start[0], end[0], count), np.linspace(start[1], end[1], count))
        self.cells[rows, columns] = 1
        self._sums = None

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Whether the cells at these places (px, within the area) are occupied: 0 or 1."""
        columns, rows = self._index(x, y)
        return self.cells.ravel()[rows * self.cells.shape[1] + columns]

    def count(self, x0: np.ndarray, y0: np.ndarray, x1: np.ndarray, y1: np.ndarray) -> np.ndarray:
        """The occupied area in px² of the cells that each box touches (arrays of one shape; boxes within the area)."""
        if self._sums is None:
            self._sums = np.zeros((self.cells.shape[0] + 1, self.cells.shape[1] + 1), dtype=np.int32)
            self._sums[1:, 1:] = self.cells.cumsum(axis=1).cumsum(axis=0)
        left, top = self._index(x0, y0)
        right, bottom = self._index(x1, y1)
        width = self._sums.shape[1]
        flat = self._sums.ravel()
        upper, lower = top * width, (bottom + 1) * width + 1
        cells = flat[lower + right] - flat[lower - 1 + left] - flat[upper + 1 + right] + flat[upper + left]
        return cells * self.cell**2
