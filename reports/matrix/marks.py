"""Marks of the categories: one shape and one colour each, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from .plot import Box, PlottedCategory, Point, Scale, TierRule


@dataclass(frozen=True)
class Style:
    """Shape and colour of one category."""

    shape: str
    colour: str


# One for each place of a category, from the first on. All have 3 : 1 on every tint, differ in lightness for grey print
# and in shape for everybody; the first four keep apart under the three kinds of colour blindness. No other thing in the
# picture has one of these colours.
STYLES = (
    Style("circle", "#16815a"),
    Style("square", "#1a58a8"),
    Style("diamond", "#cc6a0a"),
    Style("triangle", "#5b1a5e"),
    Style("wedge", "#871b3a"),
    Style("pentagon", "#746400"),
    Style("hexagon", "#0b3033"),
    Style("plus", "#101f3d"),
)

# Corners on a circle of radius 1; the factors give the shapes the same visual weight. A mark reaches REACH * r.
_POLYGONS = {
    "triangle": (3, 1.27, -pi / 2),
    "wedge": (3, 1.27, pi / 2),
    "square": (4, 1.26, pi / 4),
    "diamond": (4, 1.3, 0.0),
    "pentagon": (5, 1.15, -pi / 2),
    "hexagon": (6, 1.1, 0.0),
}
REACH = 1.3


@dataclass(frozen=True)
class PlacedMark:
    """The mark of a point: centre and radius in px, and the place of the scores (`true_x`, `true_y`)."""

    point: Point
    style: Style
    x: float
    y: float
    r: float
    true_x: float
    true_y: float

    @property
    def box(self) -> Box:
        reach = REACH * self.r
        return Box(self.x - reach, self.y - reach, self.x + reach, self.y + reach)


def styles(categories: Sequence[PlottedCategory], points: Sequence[Point]) -> dict[str, Style]:
    """A style for every category that is named or used: by its place, else by the order in which it comes."""
    places = {each.code: each.place or number for number, each in enumerate(categories, start=1)}
    for point in points:
        places.setdefault(point.category, len(places) + 1)
    return {code: STYLES[(place - 1) % len(STYLES)] for code, place in places.items()}


def shape_corners(shape: str, r: float) -> list[tuple[float, float]]:
    """Corners of a shape around (0, 0) in px; [] for a circle."""
    if shape == "circle":
        return []
    if shape == "plus":
        a, b = 1.2 * r, 0.45 * r
        return [
            (-b, -a),
            (b, -a),
            (b, -b),
            (a, -b),
            (a, b),
            (b, b),
            (b, a),
            (-b, a),
            (-b, b),
            (-a, b),
            (-a, -b),
            (-b, -b),
        ]
    count, factor, turn = _POLYGONS[shape]
    drop = {"triangle": 0.18, "wedge": -0.18}.get(shape, 0.0) * r  # the middle of the box, not of gravity
    angles = [turn + 2 * pi * i / count for i in range(count)]
    return [(factor * r * cos(a), factor * r * sin(a) + drop) for a in angles]


def place_marks(
    points: Sequence[Point], rule: TierRule, style_of: dict[str, Style], x: Scale, y: Scale, r: float
) -> list[PlacedMark]:
    """Marks at their scores; marks that would hide one another are set side by side along the cut line."""
    true = [(x.px(p.x), y.px(p.y)) for p in points]
    moved = list(true)
    for group in coincident(true, 0.6 * r):
        ux, uy = _along_cut(rule, x, y, true[group[0]])
        step = min(1.15 * r, 4.5 * r / (len(group) - 1))
        for k, i in enumerate(group):
            shift = (k - (len(group) - 1) / 2) * step
            cx, cy = true[group[0]]
            moved[i] = (cx + ux * shift, cy + uy * shift)
    return [
        PlacedMark(p, style_of[p.category], mx, my, r, tx, ty)
        for p, (mx, my), (tx, ty) in zip(points, moved, true, strict=True)
    ]


def coincident(places: list[tuple[float, float]], near: float) -> list[list[int]]:
    """Groups of two or more places within `near` px of their first."""
    groups: list[list[int]] = []
    for i, (px, py) in enumerate(places):
        for group in groups:
            qx, qy = places[group[0]]
            if hypot(px - qx, py - qy) < near:
                group.append(i)
                break
        else:
            groups.append([i])
    return [g for g in groups if len(g) > 1]


def _along_cut(rule: TierRule, x: Scale, y: Scale, place: tuple[float, float]) -> tuple[float, float]:
    """The direction in px in which the tier does not change, so that a shift never shows another tier."""
    if rule.kind == "either":
        far_x = abs(x.px(rule.business) - place[0]) if rule.business is not None else float("inf")
        far_y = abs(y.px(rule.society) - place[1]) if rule.society is not None else float("inf")
        return (0.0, 1.0) if far_x < far_y else (1.0, 0.0)
    dx = rule.lam * abs((x.end - x.start) / (x.high - x.low))
    dy = (1 - rule.lam) * abs((y.end - y.start) / (y.high - y.low))
    return dx / hypot(dx, dy), dy / hypot(dx, dy)


PAPER = "#ffffff"
INK = "#1d2327"
SOFT = "#4b545b"  # labels below high, captions, axis words
FAINT = "#5a636a"  # tick numbers, footnotes
LEADER = "#7d868c"
GRID = "#ffffff"
FRAME = "#aab2b6"
CUT = "#6f797f"

# From most to least material; the tint of a zone says nothing that its caption does not say.
TINTS = {
    "high": "#e0ebe9",
    "medium": "#eff5f3",
    "low": "#f9fafa",
    "double": "#e0ebe9",
    "impact": "#eff5f3",
    "financial": "#eff5f3",
    "neither": "#f9fafa",
}
# On paper they have to keep apart in grey: at least five steps of lightness (L*) from one to the next.
PRINT_TINTS = {
    **{"high": "#d3dedb", "medium": "#e8efed", "low": "#ffffff", "double": "#d3dedb"},
    **{"impact": "#e8efed", "financial": "#e8efed", "neither": "#ffffff"},
}
STRONG = {"high", "double"}
