"""Boxes and pieces of text, placed in px on the canvas (origin top left, y downwards)."""

from dataclasses import dataclass

from .text_width import ASCENT, DESCENT, LEADING, text_width

Place = tuple[float, float]
Line = tuple[Place, Place]


@dataclass(frozen=True)
class Box:
    """A rectangle with x0 <= x1 and y0 <= y1, in px."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def overlaps(self, other: "Box", slack: float = 1e-6) -> bool:
        """Whether the insides meet by more than `slack` px."""
        return (
            self.x0 < other.x1 - slack
            and other.x0 < self.x1 - slack
            and self.y0 < other.y1 - slack
            and other.y0 < self.y1 - slack
        )

    def holds(self, other: "Box", slack: float = 1e-6) -> bool:
        """Whether `other` lies inside."""
        return (
            self.x0 - slack <= other.x0
            and other.x1 <= self.x1 + slack
            and self.y0 - slack <= other.y0
            and other.y1 <= self.y1 + slack
        )


@dataclass(frozen=True)
class PlacedText:
    """Lines of text: `x` is the start, middle or end of each line by `anchor`; `y` the first baseline."""

    kind: str  # "title", "tick", "caption", "label" …
    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    anchor: str = "start"  # "start" | "middle" | "end"
    ink: str = "#1d2327"
    bold: bool = False

    @property
    def box(self) -> Box:
        """The line boxes together, as wide and high as a browser may measure them."""
        width = max(text_width(line, self.size, bold=self.bold) for line in self.lines)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        last = self.y + (len(self.lines) - 1) * LEADING * self.size
        return Box(left, self.y - ASCENT * self.size, left + width, last + DESCENT * self.size)


def text_size(lines: tuple[str, ...], size: float, *, bold: bool = False) -> tuple[float, float]:
    """Width and height in px of the box that `lines` need."""
    box = PlacedText("", lines, 0, 0, size, bold=bold).box
    return box.width, box.height
