"""Shapes, colours and places of the marks."""

import itertools

import pytest

from reports.matrix import marks as palette
from reports.matrix.marks import STYLES, place_marks, shape_corners, styles
from reports.matrix.plot import PlottedCategory, Point, Scale, TierRule

X, Y = Scale(50, 100, 0, 1000), Scale(50, 100, 1000, 0)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def point(code: str, x: float, y: float) -> Point:
    return Point(code, code, "society", x, y, "high")


def place(points: list[Point], rule: TierRule):
    return place_marks(points, rule, styles([], points), X, Y, 6.0)


@pytest.mark.parametrize("ground", [*sorted(set(palette.TINTS.values())), palette.PAPER])
def test_contrast_holds_on_every_ground(ground):
    assert (
        min(contrast(style.colour, ground) for style in styles([PlottedCategory(c, c) for c in "abcd"], []).values())
        >= 3
    )
    assert min(contrast(style.colour, ground) for style in STYLES) >= 3
    assert min(contrast(ink, ground) for ink in (palette.INK, palette.SOFT, palette.FAINT)) >= 4.5


def test_category_colours_differ_in_grey():
    greys = sorted(116 * luminance(style.colour) ** (1 / 3) - 16 for style in STYLES)
    assert all(b - a > 4 for a, b in itertools.pairwise(greys))


def test_styles_are_one_per_category():
    found = styles([PlottedCategory(c, c) for c in ("society", "own", "other")], [point("P", 1, 1)])
    assert list(found) == ["society", "own", "other"]
    assert len({s.shape for s in found.values()}) == len({s.colour for s in found.values()}) == 3


@pytest.mark.parametrize("shape", ["square", "diamond", "triangle", "wedge", "pentagon", "hexagon", "plus"])
def test_outline_stays_within_the_box_of_a_mark(shape):
    corners = shape_corners(shape, 1.0)
    assert max(abs(v) for corner in corners for v in corner) <= 1.3


def test_marks_apart_stand_at_their_scores():
    (a, b) = place([point("A", 60, 70), point("B", 61, 70)], TierRule(high=70, low=60))
    assert [(m.x, m.y) for m in (a, b)] == [(200, 600), (220, 600)]


@pytest.mark.parametrize("lam", [0.0, 0.3, 0.5, 1.0])
def test_marks_of_one_place_are_set_apart_at_equal_priority(lam):
    marks = place([point("A", 70, 70), point("B", 70, 70), point("C", 70, 70)], TierRule(lam=lam, high=70, low=60))
    assert len({(m.x, m.y) for m in marks}) == 3
    priorities = [lam * (50 + (1000 - m.y) / 20) + (1 - lam) * (50 + m.x / 20) for m in marks]
    assert priorities == pytest.approx([70, 70, 70])
