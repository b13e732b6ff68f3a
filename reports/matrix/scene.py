"""The inside of the plot before the labels: zones, cut lines, marks, and the words that belong there."""

from collections.abc import Sequence

import numpy as np

from .candidates import Surroundings
from .captions import place_captions, place_cut_value
from .geometry import Box, Line, PlacedText
from .marks import PlacedMark
from .obstacles import Raster
from .palette import FAINT
from .plot import Rule, Texts
from .scales import Scale
from .zones import Cut, cuts, zones

_BREAK = 26.0  # px of each axis at the origin that the cut sign takes


class Scene:
    """The inside of the plot before the labels."""

    def __init__(self, plot: Box, x: Scale, y: Scale, rule: Rule, marks: Sequence[PlacedMark]):
        self.plot, self.x, self.y, self.rule = plot, x, y, rule
        shown = (x.low, x.high, y.low, y.high)
        self.marks = marks
        self.zones = [(z.tier, [(x.px(a), y.px(b)) for a, b in z.polygon]) for z in zones(rule, shown)]
        self.lines = [(c.value, self._line(c)) for c in cuts(rule, shown)]
        self.marked, self.worded, self.lined = Raster(plot), Raster(plot, 2.0), Raster(plot, 3.0)
        for mark in marks:
            self.marked.add_box(mark.box)
        self.boxes: list[Box] = []
        if x.is_cut or y.is_cut:
            self.boxes.append(Box(plot.x0, plot.y1 - _BREAK, plot.x0 + 7, plot.y1))
            self.boxes.append(Box(plot.x0, plot.y1 - 7, plot.x0 + _BREAK, plot.y1))

    def _line(self, cut: Cut) -> Line:
        (ax, ay), (bx, by) = cut.start, cut.end
        return (self.x.px(ax), self.y.px(ay)), (self.x.px(bx), self.y.px(by))

    def captions(self, texts: Texts, bars: Sequence[Line]) -> list[PlacedText]:
        """Place the words inside the plot; lines and bars are noted as better not covered."""
        taken = Raster(self.plot, 2.0)
        for box in [*self.boxes, *(mark.box for mark in self.marks)]:
            taken.add_box(box)
        values = [place_cut_value(f"{value:.1f}", *line, self.plot, taken) for value, line in self.lines]
        placed = [v for v in values if v is not None] + place_captions(self.zones, texts.captions, self.plot, taken)
        if texts.empty and not self.marks:
            cx, cy = (self.plot.x0 + self.plot.x1) / 2, (self.plot.y0 + self.plot.y1) / 2
            placed.append(PlacedText("empty", (texts.empty,), cx, cy, 16, "middle", FAINT))
        self.boxes += [text.box for text in placed]
        for box in self.boxes:
            self.worded.add_box(box)
        for line in [line for _, line in self.lines] + list(bars):
            self.lined.add_line(*line)
        return placed

    def surroundings(self) -> Surroundings:
        inner = Box(self.plot.x0 + 4, self.plot.y0 + 1, self.plot.x1 - 4, self.plot.y1 - 1)
        return Surroundings(inner, self.marked, self.worded, self.lined, self._zone_index, self.boxes)

    def _zone_index(self, px: np.ndarray, py: np.ndarray) -> np.ndarray:
        """A number per place that differs between zones."""
        x = self.x.low + (px - self.x.start) * (self.x.high - self.x.low) / (self.x.end - self.x.start)
        y = self.y.low + (py - self.y.start) * (self.y.high - self.y.low) / (self.y.end - self.y.start)
        if self.rule.kind == "either":
            tests = [(self.rule.society, y), (self.rule.business, x)]
        else:
            priority = self.rule.lam * y + (1 - self.rule.lam) * x
            tests = [(self.rule.low, priority), (self.rule.high, priority)]
        flags = [(values >= cut).astype(int) for cut, values in tests if cut is not None]
        return sum((flag << i for i, flag in enumerate(flags)), np.zeros(np.shape(px), dtype=int))
