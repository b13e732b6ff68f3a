"""The whole picture as placed things, which drawing and tests share."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isfinite

from . import frame
from .gaps import pieces
from .geometry import Box, Line, PlacedText
from .labels import PlacedLabel, place_labels
from .marks import PlacedMark, place_marks, styles
from .palette import FAINT, INK, SOFT, STRONG
from .plot import Category, Point, Rule, Texts
from .scales import Scale, domain
from .scene import Scene

SMALLEST_SIDE = 480


@dataclass(frozen=True)
class Layout:
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
    intervals: list[tuple[str, Line]]  # code of the point, bar
    captions: list[PlacedText]  # inside the plot: zones, cut points, the note of an empty plot
    texts: list[PlacedText]  # around the plot
    legend_marks: list[frame.LegendMark]
    label_size: float


def layout_matrix(
    points: Sequence[Point],
    rule: Rule,
    categories: Sequence[Category],
    texts: Texts,
    *,
    size: float = 1000.0,
    show_labels: bool = True,
    show_intervals: bool = False,
    label_codes: Collection[str] | None = None,
) -> Layout:
    """Place marks, labels and words; `size` is the side of the square plot in px.

    Points without both scores are left out. `label_codes` limits the labels to these points (None: all).
    Raises ValueError for an unknown kind of rule and for a size below 480 px, where ticks and words no longer fit.
    """
    if size < SMALLEST_SIDE:
        raise ValueError(f"the side of the plot must be at least {SMALLEST_SIDE} px: {size}")
    drawn = [p for p in points if _is_scored(p)]
    texts_above, top = frame.head(texts, size)
    plot = Box(frame.LEFT, top, frame.LEFT + size, top + size)
    x = Scale(*domain([p.x for p in drawn]), plot.x0, plot.x1)
    y = Scale(*domain([p.y for p in drawn]), plot.y1, plot.y0)
    style_of = styles(categories, drawn)
    marks = place_marks(drawn, rule, style_of, x, y, _radius(len(drawn), size))
    scene = Scene(plot, x, y, rule, marks)
    bars = _intervals(drawn, x, y) if show_intervals else []
    captions = scene.captions(texts, [bar for _, bar in bars])
    wanted = [m for m in marks if show_labels and (label_codes is None or m.point.code in label_codes)]
    numbers = _numbers(wanted)
    labels, label_size = place_labels(wanted, numbers, scene.surroundings(), _ink)
    keyed = _keyed(wanted, numbers, labels)
    below = _Below(plot, size, texts, categories, style_of, keyed, x.is_cut or y.is_cut, _is_moved(marks))
    return Layout(
        frame.LEFT + size + frame.RIGHT,
        below.bottom,
        plot,
        x,
        y,
        scene.zones,
        [(value, pieces(line, [label.text for label in labels])) for value, line in scene.lines],
        marks,
        labels,
        bars,
        captions,
        [*texts_above, *frame.ticks(plot, x, y), *below.texts],
        below.legend_marks,
        label_size,
    )


def _is_scored(point: Point) -> bool:
    return point.x is not None and point.y is not None and isfinite(point.x) and isfinite(point.y)


def _radius(count: int, size: float) -> float:
    """Marks are a little larger where there are few."""
    return (7.0 if count <= 30 else 6.0 if count <= 60 else 5.2) * min(1.0, max(0.75, size / 1000))


def _is_moved(marks: Sequence[PlacedMark]) -> bool:
    return any(abs(m.x - m.true_x) + abs(m.y - m.true_y) > 0.5 for m in marks)


def _ink(mark: PlacedMark) -> str:
    return INK if mark.point.tier in STRONG else SOFT


def _numbers(marks: Sequence[PlacedMark]) -> list[int]:
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


class _Below:
    """What stands under the plot."""

    def __init__(self, plot, size, texts: Texts, categories, style_of, keyed, is_cut: bool, is_moved: bool):
        title = frame.x_title(texts, plot)
        self.legend_marks, words, y = frame.legend(categories, style_of, title.box.y1 + 14, plot.x0, size)
        entries, y = frame.key(keyed, y + 10, plot.x0, size)
        stack = frame.Stack(y + 4, plot.x0, size)
        notes = [*texts.footnotes, texts.axis_cut if is_cut else "", texts.side_by_side if is_moved else ""]
        for note in notes:
            stack.paragraph("footnote", note, frame.NOTE, FAINT)
        self.texts = [title, *words, *entries, *stack.texts]
        self.bottom = stack.y + 14
