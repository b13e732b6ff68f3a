"""Everything around the plot: title, axes, legend, key and footnotes, stacked from top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .geometry import Box, PlacedText
from .marks import Style
from .palette import FAINT, INK, SOFT
from .plot import Category, Texts
from .scales import Scale
from .text_width import LEADING, text_width, wrap

LEFT, RIGHT = 56.0, 32.0
TICK, AXIS, LEGEND, NOTE, KEY = 12.0, 14.0, 14.0, 12.0, 11.0
TITLE, SUBTITLE = 24.0, 15.0
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


def head(texts: Texts, side: float) -> tuple[list[PlacedText], float]:
    """Title and subtitle, and the y at which the plot begins (the y axis title stands right above it)."""
    stack = Stack(22.0, LEFT, side)
    stack.paragraph("title", texts.title, TITLE, INK, bold=True)
    stack.paragraph("subtitle", texts.subtitle, SUBTITLE, SOFT)
    stack.y += 14 if texts.title or texts.subtitle else 0
    lines = wrap(texts.y_axis, side - 30, AXIS)
    text = PlacedText("y-axis", tuple(lines), LEFT + 18, stack.y + 1.16 * AXIS, AXIS, "start", SOFT)
    return [*stack.texts, text], text.box.y1 + 8


def ticks(plot: Box, x: Scale, y: Scale) -> list[PlacedText]:
    """Tick numbers below and to the left of the plot."""
    across = [PlacedText("tick", (str(t),), x.px(t), plot.y1 + 19, TICK, "middle", FAINT) for t in x.ticks()]
    up = [PlacedText("tick", (str(t),), plot.x0 - 9, y.px(t) + 4.2, TICK, "end", FAINT) for t in y.ticks()]
    return across + up


def x_title(texts: Texts, plot: Box) -> PlacedText:
    """The title of the x axis, at its right end under the numbers."""
    lines = tuple(wrap(texts.x_axis, plot.width - 30, AXIS))
    return PlacedText("x-axis", lines, plot.x1 - 18, plot.y1 + 44, AXIS, "end", SOFT)


@dataclass(frozen=True)
class LegendMark:
    """A mark of the legend, centre in px."""

    style: Style
    x: float
    y: float


def legend(
    categories: Sequence[Category], style_of: dict[str, Style], top: float, left: float, width: float
) -> tuple[list[LegendMark], list[PlacedText], float]:
    """Marks with the names of the categories, in one line where they fit, and the y below them."""
    marks, texts = [], []
    x, y = left, top + 1.16 * LEGEND
    for category in categories:
        needed = 2 * LEGEND_R + 8 + text_width(category.label, LEGEND)
        if x > left and x + needed > left + width:
            x, y = left, y + 1.6 * LEGEND
        marks.append(LegendMark(style_of[category.code], x + LEGEND_R + 1, y - 0.36 * LEGEND))
        texts.append(PlacedText("legend", (category.label,), x + 2 * LEGEND_R + 9, y, LEGEND, "start", INK))
        x += needed + 26
    return marks, texts, (y + 0.5 * LEGEND if categories else top)


def key(entries: Sequence[tuple[int, str]], top: float, left: float, width: float) -> tuple[list[PlacedText], float]:
    """Numbers and names of the points that carry only a number, in columns read downwards, and the y below."""
    if not entries:
        return [], top
    digits = text_width("0" * max(len(str(number)) for number, _ in entries), KEY)
    widest = digits + 6 + max(text_width(label, KEY) for _, label in entries)
    columns = max(1, int((width + 24) // (widest + 24)))
    rows = -(-len(entries) // columns)
    step, line = (width + 24) / columns, 1.5 * KEY
    texts = []
    for i, (number, label) in enumerate(entries):
        x, y = left + (i // rows) * step, top + 1.16 * KEY + (i % rows) * line
        texts.append(PlacedText("key-number", (str(number),), x + digits, y, KEY, "end", FAINT))
        texts.append(PlacedText("key", (label,), x + digits + 6, y, KEY, "start", INK))
    return texts, top + rows * line + 8
