"""The whole picture as placed things, which drawing and tests share."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, isfinite, pi, sin, sqrt

import numpy as np

from .labels import PlacedLabel, Surroundings, place_labels
from .marks import FAINT, INK, SOFT, STRONG, PlacedMark, Style, place_marks, styles
from .plot import (
    ASCENT,
    LEADING,
    SCREEN,
    Box,
    Cut,
    Line,
    Place,
    PlacedText,
    PlottedCategory,
    Point,
    Scale,
    Texts,
    TierRule,
    TypeSizes,
    cuts,
    domain,
    text_size,
    text_width,
    wrap,
    zones,
)
from .space import Raster, pieces

LEGEND_R = 6.0


@dataclass
class Stack:
    """Texts placed so far and where the next line goes."""

    y: float
    left: float
    width: float
    texts: list[PlacedText] = field(default_factory=list)

    def paragraph(self, kind: str, words: str, size: float, ink: str, *, bold: bool = False) -> None:
        """Add wrapped lines at the left edge."""
        if not words:
            return
        lines = tuple(wrap(words, self.width, size, bold=bold))
        text = PlacedText(kind, lines, self.left, self.y + 1.16 * size, size, "start", ink, bold)
        self.texts.append(text)
        self.y += len(lines) * LEADING * size + 0.35 * size


def head(texts: Texts, side: float, sizes: TypeSizes = SCREEN) -> tuple[list[PlacedText], float]:
    """Title and subtitle, and the y at which the plot begins (the y axis title stands right above it)."""
    stack = Stack(22.0 if sizes == SCREEN else 6.0, sizes.left, side)
    stack.paragraph("title", texts.title, sizes.title, INK, bold=True)
    stack.paragraph("subtitle", texts.subtitle, sizes.subtitle, SOFT)
    stack.y += sizes.axis if texts.title or texts.subtitle else 0
    lines = wrap(texts.y_axis, side - 30, sizes.axis)
    text = PlacedText("y-axis", tuple(lines), sizes.left + 18, stack.y + 1.16 * sizes.axis, sizes.axis, "start", SOFT)
    return [*stack.texts, text], text.box.y1 + 8


def ticks(plot: Box, x: Scale, y: Scale, size: float = SCREEN.tick) -> list[PlacedText]:
    """Tick numbers below and to the left of the plot."""
    across = [PlacedText("tick", (str(t),), x.px(t), plot.y1 + 7 + size, size, "middle", FAINT) for t in x.ticks()]
    up = [PlacedText("tick", (str(t),), plot.x0 - 9, y.px(t) + 0.35 * size, size, "end", FAINT) for t in y.ticks()]
    return across + up


def x_title(texts: Texts, plot: Box, sizes: TypeSizes = SCREEN) -> PlacedText:
    """The title of the x axis, at its right end under the numbers."""
    lines = tuple(wrap(texts.x_axis, plot.width - 30, sizes.axis))
    y = plot.y1 + 18 + sizes.tick + sizes.axis
    return PlacedText("x-axis", lines, plot.x1 - 18, y, sizes.axis, "end", SOFT)


@dataclass(frozen=True)
class LegendMark:
    """A mark of the legend, centre in px."""

    style: Style
    x: float
    y: float


def legend(
    categories: Sequence[PlottedCategory],
    style_of: dict[str, Style],
    top: float,
    left: float,
    width: float,
    size: float = SCREEN.legend,
) -> tuple[list[LegendMark], list[PlacedText], float]:
    """Marks with the names of the categories, in one line where they fit, and the y below them."""
    marks, texts = [], []
    x, y = left, top + 1.16 * size
    for category in categories:
        needed = 2 * LEGEND_R + 8 + text_width(category.label, size)
        if x > left and x + needed > left + width:
            x, y = left, y + 1.6 * size
        marks.append(LegendMark(style_of[category.code], x + LEGEND_R + 1, y - 0.36 * size))
        texts.append(PlacedText("legend", (category.label,), x + 2 * LEGEND_R + 9, y, size, "start", INK))
        x += needed + 26
    return marks, texts, (y + 0.5 * size if categories else top)


def key(
    entries: Sequence[tuple[int, str]], top: float, left: float, width: float, size: float = SCREEN.key
) -> tuple[list[PlacedText], float]:
    """Numbers and names of the points that carry only a number, in columns read downwards, and the y below."""
    if not entries:
        return [], top
    digits = text_width("0" * max(len(str(number)) for number, _ in entries), size) + 6
    widest = digits + max(text_width(label, size) for _, label in entries)
    columns = max(1, int((width + GUTTER) // (widest + GUTTER)))
    if columns == 1 and len(entries) > LONG_KEY:  # rather two columns of wrapped names than one down the page
        columns = 2
    step, line = (width + GUTTER) / columns, 1.5 * size
    wrapped = [(number, wrap(label, step - GUTTER - digits, size)) for number, label in entries]
    rows = -(-sum(len(lines) for _, lines in wrapped) // columns)
    texts, column, y, lowest = [], 0, 0.0, 0.0
    for number, lines in wrapped:
        if y >= rows * line - 1e-6 and column + 1 < columns:
            column, y = column + 1, 0.0
        x, base = left + column * step + digits, top + 1.16 * size + y
        texts.append(PlacedText("key-number", (str(number),), x - 6, base, size, "end", FAINT))
        texts.append(PlacedText("key", tuple(lines), x, base, size, "start", INK))
        y += line + (len(lines) - 1) * LEADING * size
        lowest = max(lowest, y)
    return texts, top + lowest + 8


GUTTER, LONG_KEY = 24.0, 20
_BREAK = 26.0  # px of each axis at the origin that the cut sign takes


class Scene:
    """The inside of the plot before the labels."""

    def __init__(
        self,
        plot: Box,
        x: Scale,
        y: Scale,
        rule: TierRule,
        marks: Sequence[PlacedMark],
        sizes: TypeSizes = SCREEN,
    ):
        self.sizes = sizes
        self.plot, self.x, self.y, self.rule = plot, x, y, rule
        shown = (x.low, x.high, y.low, y.high)
        self.marks = marks
        self.zones = [(z.tier, [(x.px(a), y.px(b)) for a, b in z.polygon]) for z in zones(rule, shown)]
        self.lines = [(c.value, self._line(c)) for c in cuts(rule, shown)]
        self.cut_names = [c.name for c in cuts(rule, shown)]
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
        values = [
            place_cut_value(f"{value:.1f}", *line, self.plot, taken, self.sizes.value) for value, line in self.lines
        ]
        placed = [v for v in values if v is not None]
        placed += place_captions(self.zones, texts.captions, self.plot, taken, self.sizes.caption)
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


@dataclass(frozen=True)
class MatrixLayout:
    """Placed things, in px on a canvas of `width` × `height`; `zones` are (tier, corners)."""

    width: float
    height: float
    plot: Box
    x_scale: Scale
    y_scale: Scale
    zones: list[tuple[str, list[tuple[float, float]]]]
    cuts: list[tuple[float, list[Line]]]  # the value and the pieces of its line between the labels
    marks: list[PlacedMark]
    labels: list[PlacedLabel]
    intervals: list[tuple[str, list[Place]]]  # code of the point, corners of its ellipse
    captions: list[PlacedText]  # inside the plot: zones, cut points, the note of an empty plot
    texts: list[PlacedText]  # around the plot
    legend_marks: list[LegendMark]
    label_size: float
    cut_names: list[str]
    grey: list[list[Place]]  # corners of where a tier is uncertain
    moves: list[tuple[str, Line]]  # code of the point, from its earlier place to this one
    lam: float  # of the priority


def layout_matrix(
    points: Sequence[Point],
    rule: TierRule,
    categories: Sequence[PlottedCategory],
    texts: Texts,
    *,
    size: float = 1000.0,
    show_labels: bool = True,
    show_intervals: bool = False,
    label_codes: Collection[str] | None = None,
    grey: Sequence[TierRule] = (),
    beside: Sequence[Point] = (),
    sizes: TypeSizes = SCREEN,
) -> MatrixLayout:
    """Place marks, labels and words; `size` is the side of the square plot in px. `grey` are rules by priority whose
    middle zones are where tiers are uncertain. `beside` are points of another matrix: the axes reach as far as theirs,
    so that the same place is the same score in both. Points without both scores are left out. `label_codes` limits the
    labels to these points (None: all). ValueError for an unknown kind of rule and for a size below that of `sizes`.
    """
    if size < sizes.least_side:
        raise ValueError(f"the side of the plot must be at least {sizes.least_side:.0f} px: {size}")
    drawn = [p for p in points if _is_scored(p)]
    texts_above, top = head(texts, size, sizes)
    plot = Box(sizes.left, top, sizes.left + size, top + size)
    x, y = _scales([*drawn, *filter(_is_scored, beside)], plot)
    style_of = styles(categories, drawn)
    marks = place_marks(drawn, rule, style_of, x, y, _radius(len(drawn), size))
    scene = Scene(plot, x, y, rule, marks, sizes)
    captions = scene.captions(texts, [bar for _, bar in _intervals(drawn, x, y)] if show_intervals else [])
    wanted = [m for m in marks if show_labels and (label_codes is None or m.point.code in label_codes)]
    numbers = numbers_of(wanted)
    labels, label_size = place_labels(wanted, numbers, scene.surroundings(), _ink, sizes)
    keyed = _keyed(wanted, numbers, labels)
    below = _Below(plot, size, texts, categories, style_of, keyed, _notes(texts, scene, wanted, labels), sizes)
    lines = [(value, pieces(line, [label.text for label in labels])) for value, line in scene.lines]
    around = [*texts_above, *ticks(plot, x, y, sizes.tick), *below.texts]
    inside = (scene.zones, lines, marks, labels, _ellipses(drawn, x, y) if show_intervals else [], captions)
    more = (scene.cut_names, _bands(grey, x, y), _moves(marks, x, y), rule.lam)
    width = plot.x1 + sizes.right
    return MatrixLayout(width, below.bottom, plot, x, y, *inside, around, below.legend_marks, label_size, *more)


def _notes(texts: Texts, scene: Scene, wanted: Sequence[PlacedMark], labels: Sequence[PlacedLabel]) -> list[str]:
    return [
        texts.axis_cut if scene.x.is_cut or scene.y.is_cut else "",
        texts.side_by_side if _is_moved(scene.marks) else "",
        texts.unlabelled if len(labels) < len(wanted) else "",
    ]


def _scales(points: Sequence[Point], plot: Box) -> tuple[Scale, Scale]:
    x, y = domain([p.x for p in points]), domain([p.y for p in points])
    return Scale(*x, plot.x0, plot.x1), Scale(*y, plot.y1, plot.y0)


def _bands(grey: Sequence[TierRule], x: Scale, y: Scale) -> list[list[Place]]:
    """The middle zone of each rule."""
    shown = (x.low, x.high, y.low, y.high)
    bands = [zone.polygon for rule in grey for zone in zones(rule, shown) if zone.tier == "medium"]
    return [[(x.px(a), y.px(b)) for a, b in band] for band in bands]


def _is_scored(point: Point) -> bool:
    return point.x is not None and point.y is not None and isfinite(point.x) and isfinite(point.y)


def _radius(count: int, size: float) -> float:
    """Marks are a little larger where there are few."""
    radius = 7.0 if count <= 30 else 6.0 if count <= 60 else 5.2
    return radius * min(1.0, max(0.75 if size >= NARROW else 0.55, size / 1000))


def _is_moved(marks: Sequence[PlacedMark]) -> bool:
    return any(abs(m.x - m.true_x) + abs(m.y - m.true_y) > 0.5 for m in marks)


def _ink(mark: PlacedMark) -> str:
    return INK if mark.point.tier in STRONG else SOFT


def numbers_of(marks: Sequence[PlacedMark]) -> list[int]:
    """The number that can stand for a name: the rank where every point has its own, else counted by place."""
    ranks = [m.point.rank for m in marks]
    if None not in ranks and len(set(ranks)) == len(ranks):
        return ranks
    order = sorted(range(len(marks)), key=lambda i: (-marks[i].point.y - marks[i].point.x, marks[i].point.code))
    numbers = [0] * len(marks)
    for number, i in enumerate(order, start=1):
        numbers[i] = number
    return numbers


def _keyed(marks: Sequence[PlacedMark], numbers: Sequence[int], labels: Sequence[PlacedLabel]) -> list[tuple[int, str]]:
    named = {label.code for label in labels if label.number is None}
    return sorted((n, m.point.label) for m, n in zip(marks, numbers, strict=True) if m.point.code not in named)


def _intervals(points: Sequence[Point], x: Scale, y: Scale) -> list[tuple[str, Line]]:
    """Bars of the 95 % intervals, cut at the edges of the plot."""
    bars = []
    for p in points:
        cx, cy = x.px(p.x), y.px(p.y)
        if p.x_low is not None and p.x_high is not None:
            bars.append((p.code, ((x.px(max(p.x_low, x.low)), cy), (x.px(min(p.x_high, x.high)), cy))))
        if p.y_low is not None and p.y_high is not None:
            bars.append((p.code, ((cx, y.px(max(p.y_low, y.low))), (cx, y.px(min(p.y_high, y.high))))))
    return bars


CORNERS = 36


def _ellipses(points: Sequence[Point], x: Scale, y: Scale) -> list[tuple[str, list[Place]]]:
    """As wide and as high as the two 95% intervals, slanting with the correlation of their errors."""
    found = []
    for p in points:
        width, height = _reach(p.x, p.x_low, p.x_high), _reach(p.y, p.y_low, p.y_high)
        if not (width or height):
            continue
        rho = p.rho or 0.0
        rest, corners = sqrt(max(0.0, 1 - rho**2)), []
        for n in range(CORNERS):
            a, b = cos(2 * pi * n / CORNERS), sin(2 * pi * n / CORNERS)
            across = min(max(p.x + width * a, x.low), x.high)
            up = min(max(p.y + height * (rho * a + rest * b), y.low), y.high)
            corners.append((x.px(across), y.px(up)))
        found.append((p.code, corners))
    return found


def _reach(score: float, low: float | None, high: float | None) -> float:
    """Half of an interval before it was clipped to 0–100."""
    return 0.0 if low is None or high is None else max(high - score, score - low)


def _moves(marks: Sequence[PlacedMark], x: Scale, y: Scale) -> list[tuple[str, Line]]:
    """Cut at the edges of the plot; none where the mark has hardly moved."""
    found = []
    for mark in marks:
        p = mark.point
        if p.x_from is None or p.y_from is None:
            continue
        start = x.px(min(max(p.x_from, x.low), x.high)), y.px(min(max(p.y_from, y.low), y.high))
        if hypot(start[0] - mark.x, start[1] - mark.y) > 2 * mark.r:
            found.append((p.code, (start, (mark.x, mark.y))))
    return found


NARROW, EDGE = 300.0, 8.0


class _Below:
    """What stands under the plot."""

    def __init__(self, plot, size, texts: Texts, categories, style_of, keyed, notes: list[str], sizes: TypeSizes):
        title = x_title(texts, plot, sizes)
        top = title.box.y1 + sizes.legend
        self.legend_marks, words, y = legend(categories, style_of, top, plot.x0, size, sizes.legend)
        narrow = size < NARROW  # then the key takes the margin too
        left, width = (EDGE, size + sizes.left + sizes.right - 2 * EDGE) if narrow else (plot.x0, size)
        entries, y = key(keyed, y + 10, left, width, sizes.key)
        stack = Stack(y + 4, plot.x0, size)
        for note in [*texts.footnotes, *notes]:
            stack.paragraph("footnote", note, sizes.note, FAINT)
        self.texts = [title, *words, *entries, *stack.texts]
        self.bottom = stack.y + 14


_STEP = 8.0  # px between places that are tried

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
    zones: Sequence[tuple[str, list[Place]]],
    words: dict[str, str],
    plot: Box,
    taken: Raster,
    size: float = SCREEN.caption,
) -> list[PlacedText]:
    """A caption in each zone (tier, corners in px) that has words and room; each is added to `taken`."""
    placed = []
    for tier, polygon in zones:
        if not words.get(tier):
            continue
        text = _caption(tier, polygon, words[tier], plot, taken, size)
        if text is not None:
            placed.append(text)
            taken.add_box(text.box)
    return placed


def _caption(tier: str, polygon: list[Place], word: str, plot: Box, taken: Raster, size: float) -> PlacedText | None:
    width, height = text_size((word,), size, bold=True)
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
    left, baseline = float(x0[best]), float(y0[best]) + ASCENT * size
    return PlacedText("caption", (word,), left, baseline, size, ink=SOFT, bold=True)


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


def place_cut_value(word: str, start: Place, end: Place, plot: Box, taken: Raster, size: float) -> PlacedText | None:
    """The cut point beside its line, as near to an end as it hits nothing; added to `taken`."""
    width, height = text_size((word,), size)
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
    text = PlacedText("cut", (word,), float(x0[best]), float(y0[best]) + ASCENT * size, size, ink=FAINT)
    taken.add_box(text.box)
    return text
