"""The matrix as a chart of an office program draws it: on which side of its mark each label stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .labels import build_pool, named_by, renumbered, solve, without_clashes
from .layout import Scene, numbers_of
from .marks import REACH, PlacedMark, Style, coincident
from .plot import Box, Point, Scale, Template, TierRule, text_size

_COST = np.array([0.0, 45.0], dtype=np.float32)  # of a name, of a number alone
_PAD = 3.0  # px between a mark and its label in the programs that there are


@dataclass(frozen=True)
class NativeLabel:
    """`text` beside the mark of a point on `side`: r, l, t or b; c: there is room for none, so its number stands in a
    larger mark; "": another mark in the same place bears the label of both.
    """

    code: str
    number: int
    text: str
    side: str

    @property
    def is_number(self) -> bool:
        return self.text.replace("/", "").isdigit()


def native_labels(
    points: Sequence[Point], rule: TierRule, width: float, height: float, size: float, r: float, shown: Sequence[float]
) -> list[NativeLabel]:
    """Labels of `size` in a plot of `width` × `height`, marks of radius `r`, all in one unit; `shown`: ends of x and y.

    No label lies on another or on a mark. Where a name has no room its number stands; marks in one place share a label.
    """
    plot = Box(0.0, 0.0, width, height)
    x, y = Scale(shown[0], shown[1], 0.0, width), Scale(shown[2], shown[3], height, 0.0)
    style = Style("circle", "#000000")
    places = [(x.px(p.x), y.px(p.y)) for p in points]
    marks = [PlacedMark(p, style, *at, r, *at) for p, at in zip(points, places, strict=True)]
    numbers = numbers_of(marks)
    together = {group[0]: group for group in coincident(places, r)}
    covered = {i for group in together.values() for i in group[1:]}
    heads = [i for i in range(len(marks)) if i not in covered]
    names = {i: " / ".join(named_by(marks[at]) for at in together.get(i, [i])) for i in heads}
    short = {i: "/".join(str(numbers[at]) for at in together.get(i, [i])) for i in heads}
    scene = Scene(plot, x, y, rule, marks)
    for _value, line in scene.lines:
        scene.lined.add_line(*line)
    found = _placed([marks[i] for i in heads], [(names[i], short[i]) for i in heads], scene, size)
    labels = {i: label if label[1] else (short[i], "c") for i, label in zip(heads, found, strict=True)}
    nothing = ("", "")
    return [NativeLabel(mark.point.code, numbers[i], *labels.get(i, nothing)) for i, mark in enumerate(marks)]


def _placed(
    marks: Sequence[PlacedMark], words: Sequence[tuple[str, str]], scene: Scene, size: float
) -> list[tuple[str, str]]:
    """Text and side of each label."""
    found = [("", "")] * len(marks)
    if not marks:
        return found
    sizes = np.array([[text_size((text,), size) for text in pair] for pair in words], np.float32)
    places = np.array([(m.x, m.y) for m in marks], np.float32)
    pool = build_pool(places, REACH * marks[0].r, sizes, _COST, scene.surroundings(), _sides)
    placeable = np.unique(pool.owner)
    if not len(placeable):
        return found
    pool = renumbered(pool, placeable)
    for i, choice in zip(placeable, without_clashes(pool, solve(pool)), strict=True):
        if choice >= 0:
            box = Box(*(float(getattr(pool, name)[choice]) for name in ("x0", "y0", "x1", "y1")))
            found[int(i)] = words[int(i)][int(pool.shape[choice])], _side(box, marks[int(i)])
    return found


def _sides(r: float) -> Template:
    """Right, left, above and below: what an office program has."""
    near = r + _PAD
    rows = (
        (near, 0, 0, 0.5, 0, 0.0),
        (-near, 0, 1, 0.5, 0, 0.6),
        (0, -near, 0.5, 1, 0, 0.9),
        (0, near, 0.5, 0, 0, 1.1),
    )
    columns = np.array(rows, dtype=np.float32).T
    return Template(columns[0], columns[1], columns[2], columns[3], columns[4] > 0, columns[5])


def _side(box: Box, mark: PlacedMark) -> str:
    if box.x0 > mark.x:
        return "r"
    if box.x1 < mark.x:
        return "l"
    return "t" if box.y1 < mark.y else "b"
