"""The placed matrix written as one SVG: presentation attributes only, no style, no script, no outside reference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import dist
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .labels import PlacedLabel
from .layout import LEGEND_R, MatrixLayout, layout_matrix
from .marks import CUT, FRAME, GRID, INK, LEADER, PAPER, PRINT_TINTS, SOFT, TINTS, PlacedMark, Style, shape_corners
from .plot import (
    LEADING,
    PHONE,
    POINTS_PER_PX,
    PRINT,
    SCREEN,
    Place,
    PlacedText,
    PlottedCategory,
    Point,
    Texts,
    TierRule,
    TypeSizes,
)

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Finish:
    """How a picture is finished. `width_mm`: of the whole, for print (None: in px, for pages). `grey`: without colour.
    `stroked`: bold letters are drawn with a hairline around them, for who has the font in one weight only. `phone`: a
    page is 360 px wide.
    """

    width_mm: float | None = None
    grey: bool = False
    stroked: bool = False
    phone: bool = False

    @property
    def sizes(self) -> TypeSizes:
        if self.phone:
            return PHONE
        return SCREEN if self.width_mm is None else PRINT

    @property
    def tints(self) -> Mapping[str, str]:
        return TINTS if self.width_mm is None else PRINT_TINTS

    @property
    def side(self) -> float:
        """Side of the plot in px at which type of 9 px comes out at 6.5 points."""
        return self.width_mm / MM_PER_POINT / POINTS_PER_PX - self.sizes.left - self.sizes.right


MM_PER_POINT = 25.4 / 72
ON_PAGE = Finish()
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")


def greyed(svg: str) -> str:
    """The picture with each colour as the grey that is as light (Rec. 709)."""

    def grey(found: re.Match) -> str:
        parts = [int(found[0][at : at + 2], 16) for at in (1, 3, 5)]
        light = round(sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)))
        return f"#{light:02x}{light:02x}{light:02x}"

    return _COLOUR.sub(grey, svg)


def number(value: float) -> str:
    """A number to 1/100 px without needless digits."""
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def escaped(words: str) -> str:
    """Words as XML text; characters that XML cannot hold are left out."""
    return escape(_NOT_XML.sub("", words))


def attribute(words: str) -> str:
    """Words as a quoted attribute value."""
    return quoteattr(_NOT_XML.sub("", words))


def element_group(name: str, parts: Sequence[str]) -> str:
    """A group of elements; nothing where there are none."""
    return f'<g class="matrix-{name}">' + "\n".join(parts) + "</g>" if parts else ""


def line(start: Place, end: Place, colour: str, width: float, more: str = "") -> str:
    """A straight line; `more` holds further attributes."""
    (x1, y1), (x2, y2) = start, end
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{more}/>'


def text_element(text: PlacedText) -> str:
    """A placed text, each line at its own baseline."""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = ' font-weight="600"' if text.bold else ""
    at = f'x="{number(text.x)}" y="{number(text.y)}" font-size="{number(text.size)}"'
    head = f'<text class="matrix-{text.kind}" {at} fill="{text.ink}"'
    if len(text.lines) == 1:
        return f"{head}{anchor}{weight}>{escaped(text.lines[0])}</text>"
    spans = [
        f'<tspan x="{number(text.x)}" y="{number(text.y + i * LEADING * text.size)}">{escaped(words)}</tspan>'
        for i, words in enumerate(text.lines)
    ]
    return f"{head}{anchor}{weight}>{''.join(spans)}</text>"


def shape(style: Style, r: float, x: float, y: float) -> str:
    """The mark of a category around (x, y), with a white hairline so that overlapping marks stay apart."""
    paint = f'fill="{style.colour}" stroke="{PAPER}" stroke-width="1" transform="translate({number(x)} {number(y)})"'
    corners = shape_corners(style.shape, r)
    if not corners:
        return f'<circle class="matrix-mark" r="{number(r)}" {paint}/>'
    path = "M" + "L".join(f"{number(a)} {number(b)}" for a, b in corners) + "Z"
    return f'<path class="matrix-mark" d="{path}" {paint} stroke-linejoin="round"/>'


def drawn_points(layout: MatrixLayout, texts: Texts, names: dict[str, str], interactive: bool) -> list[str]:
    """One group per point, long leaders first so that they pass under the marks of the others."""
    labels = {label.code: label for label in layout.labels}
    order = sorted(layout.marks, key=lambda m: (-_leader_length(labels.get(m.point.code)), m.point.code))
    groups = []
    for mark in order:
        parts = [
            f'<path class="matrix-interval" d="{_path(corners)}" fill="{mark.style.colour}" fill-opacity="0.08"'
            f' stroke="{mark.style.colour}" stroke-width="0.7" stroke-opacity="0.55"/>'
            for code, corners in layout.intervals
            if code == mark.point.code
        ]
        parts += [_arrow_from(start, mark) for code, (start, _end) in layout.moves if code == mark.point.code]
        label = labels.get(mark.point.code)
        if label and label.leader:
            parts.append(line(*label.leader, LEADER, 0.7, ' class="matrix-leader"'))
        parts.append(shape(mark.style, mark.r, mark.x, mark.y))
        if mark.point.proposed:
            parts.append(f'<circle class="matrix-decided" {_ring(mark, 1.6)} stroke="{INK}" stroke-width="1.2"/>')
        elif layout.grey and is_uncertain(mark.point):
            parts.append(f'<circle class="matrix-unsure" {_ring(mark, 1.9)} stroke="{SOFT}" stroke-dasharray="2 2"/>')
        if label:
            parts.append(text_element(label.text))
        groups.append(_point_open(mark, texts, names, interactive) + "".join(parts) + "</g>")
    return groups


def _ring(mark: PlacedMark, size: float) -> str:
    """Attributes of a circle around a mark, `size` times as wide."""
    return f'cx="{number(mark.x)}" cy="{number(mark.y)}" r="{number(size * mark.r)}" fill="none"'


UNCERTAIN = 0.8


def is_uncertain(point: Point) -> bool:
    """Whether the tier of the issue is less than 80 % certain."""
    return point.certainty is not None and point.certainty < UNCERTAIN


def _path(corners: Sequence[Place]) -> str:
    return "M" + "L".join(f"{number(a)} {number(b)}" for a, b in corners) + "Z"


def _arrow_from(start: Place, mark: PlacedMark) -> str:
    """From the earlier place to the edge of the mark, with a small head."""
    length = dist(start, (mark.x, mark.y))
    ux, uy = (mark.x - start[0]) / length, (mark.y - start[1]) / length
    tip = mark.x - 1.2 * mark.r * ux, mark.y - 1.2 * mark.r * uy
    wings = [(tip[0] - 5 * ux + side * 2.5 * uy, tip[1] - 5 * uy - side * 2.5 * ux) for side in (1, -1)]
    head = f"M{number(wings[0][0])} {number(wings[0][1])}L{number(tip[0])} {number(tip[1])}"
    head += f"L{number(wings[1][0])} {number(wings[1][1])}"
    stem = f"M{number(start[0])} {number(start[1])}L{number(tip[0])} {number(tip[1])}"
    return (
        f'<path class="matrix-move" d="{stem}{head}" fill="none" stroke="{mark.style.colour}" stroke-opacity="0.75"/>'
    )


def _leader_length(label: PlacedLabel | None) -> float:
    return dist(*label.leader) if label and label.leader else 0.0


def _point_open(mark: PlacedMark, texts: Texts, names: dict[str, str], interactive: bool) -> str:
    p = mark.point
    data = f"data-code={attribute(p.code)} data-category={attribute(p.category)} data-tier={attribute(p.tier)}"
    name = point_name(p, texts, names)
    scores = f' data-at="{number(p.x)} {number(p.y)}"'
    focus = f' tabindex="0" role="img" aria-label={attribute(name)}{scores}' if interactive else ""
    title = f"<title>{escaped(name)}</title>" if interactive else ""
    return f'<g class="point" {data}{focus}>{title}'


def point_name(point: Point, texts: Texts, names: dict[str, str]) -> str:
    """The accessible name of a point: its label and figures, scores to one decimal."""
    scores = ("x", "y", "x_low", "x_high", "y_low", "y_high", "priority")
    values = {s: getattr(point, s) for s in scores}
    figures = {s: texts.absent if v is None else f"{v:.1f}" for s, v in values.items()}
    counts = {s: texts.absent if getattr(point, s) is None else str(getattr(point, s)) for s in ("n", "rank")}
    words = {
        "code": point.code,
        "label": point.label,
        "category": names.get(point.category, point.category),
        "tier": _tier(point, texts),
    }
    return texts.point.format(**words, **figures, **counts)


def _tier(point: Point, texts: Texts) -> str:
    tier, proposed = (texts.tiers.get(each, each) for each in (point.tier, point.proposed))
    return texts.decided.format(tier=tier, proposed=proposed) if point.proposed else tier


def draw_matrix(
    points: Sequence[Point],
    rule: TierRule,
    categories: Sequence[PlottedCategory],
    texts: Texts,
    *,
    size: float = 1000.0,
    interactive: bool = False,
    finish: Finish = ON_PAGE,
    **options: Any,
) -> str:
    """The materiality matrix as SVG text; the same input gives the same text. `options` are those of `layout_matrix`.

    `interactive` makes every point a focusable element with its figures as accessible name. `finish` with a width in
    mm takes the size from it. Raises ValueError for an unknown kind of rule and for a size in which ticks and words do
    not fit.
    """
    size = size if finish.width_mm is None else finish.side
    layout = layout_matrix(points, rule, categories, texts, size=size, sizes=finish.sizes, **options)
    return write_svg(layout, categories, texts, interactive=interactive, finish=finish)


def write_svg(
    layout: MatrixLayout,
    categories: Sequence[PlottedCategory],
    texts: Texts,
    *,
    interactive: bool = False,
    finish: Finish = ON_PAGE,
) -> str:
    names = {c.code: c.label for c in categories}
    parts = [
        _open(layout, texts, interactive, finish),
        f"<title>{escaped(texts.title or texts.y_axis)}</title>",
        f"<desc>{escaped(texts.description)}</desc>" if texts.description else "",
        f'<rect width="{number(layout.width)}" height="{number(layout.height)}" fill="{PAPER}"/>',
        *_ground(layout, texts, interactive, finish.tints),
        *_axes(layout),
        element_group("captions", [text_element(t) for t in layout.captions]),
        element_group("words", [text_element(t) for t in layout.texts]),
        element_group("legend", [shape(m.style, LEGEND_R, m.x, m.y) for m in layout.legend_marks]),
        element_group("points", drawn_points(layout, texts, names, interactive)),
        "</svg>",
    ]
    svg = "\n".join(part for part in parts if part) + "\n"
    if finish.stroked:
        svg = _BOLD.sub(r' fill="\1"\2 stroke="\1" stroke-width="0.35"', svg)
    return greyed(svg) if finish.grey else svg


_BOLD = re.compile(r' fill="(#[0-9a-f]{6})"((?: text-anchor="\w+")?) font-weight="600"')


def _open(layout: MatrixLayout, texts: Texts, interactive: bool, finish: Finish) -> str:
    w, h = number(layout.width), number(layout.height)
    wide, high = w, h
    if finish.width_mm is not None:
        wide = f"{number(finish.width_mm)}mm"
        high = f"{number(finish.width_mm * layout.height / layout.width)}mm"
    x, y, plot = layout.x_scale, layout.y_scale, layout.plot
    data = (
        f' data-plot="{number(plot.x0)} {number(plot.y0)} {number(plot.width)}"'
        f' data-x="{number(x.low)} {number(x.high)}" data-y="{number(y.low)} {number(y.high)}"'
    )
    if interactive:
        data += f' data-lam="{number(layout.lam)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="matrix" role="{"group" if interactive else "img"}"'
        f" aria-label={attribute(texts.title or texts.y_axis)} xml:lang={attribute(texts.lang)}"
        f' lang={attribute(texts.lang)} width="{wide}" height="{high}" viewBox="0 0 {w} {h}"'
        f" font-family={attribute(texts.font)}{data if interactive else ''}>"
    )


def _ground(layout: MatrixLayout, texts: Texts, interactive: bool, tints: Mapping[str, str]) -> list[str]:
    """Zones, grid, where tiers are uncertain, cut lines."""
    zones = [
        f'<polygon class="matrix-zone" data-tier={attribute(tier)} fill="{tints.get(tier, "#f9fafa")}" points="'
        + " ".join(f"{number(x)},{number(y)}" for x, y in corners)
        + '"/>'
        for tier, corners in layout.zones
    ]
    p, xs, ys = layout.plot, layout.x_scale, layout.y_scale
    grid = [line((xs.px(t), p.y0), (xs.px(t), p.y1), GRID, 1) for t in xs.ticks()]
    grid += [line((p.x0, ys.px(t)), (p.x1, ys.px(t)), GRID, 1) for t in ys.ticks()]
    grey = [f'<path d="{_path(corners)}" fill="{CUT}" fill-opacity="0.12"/>' for corners in layout.grey]
    cuts = [_cut_line(layout, at, texts, interactive) for at in range(len(layout.cuts))]
    return [
        element_group("zones", zones),
        element_group("grid", grid),
        element_group("grey", grey),
        element_group("cuts", cuts),
    ]


def _cut_line(layout: MatrixLayout, at: int, texts: Texts, interactive: bool) -> str:
    """The pieces of a cut; on a page a slider that can be dragged, with a broad line to take hold of."""
    (value, parts), name = layout.cuts[at], layout.cut_names[at]
    drawn = "".join(line(start, end, CUT, 0.9, ' stroke-dasharray="5 3"') for start, end in parts)
    if not interactive or not parts:
        return drawn
    hold = line(parts[0][0], parts[-1][1], "transparent", 12)
    words = attribute(texts.cuts.get(name, name))
    slider = f'tabindex="0" role="slider" aria-label={words} aria-valuemin="0" aria-valuemax="100"'
    return f'<g class="cut" data-cut="{name}" {slider} aria-valuenow="{number(value)}">{hold}{drawn}</g>'


def _axes(layout: MatrixLayout) -> list[str]:
    """The two axes with their arrows and, where they do not start at 0, the sign of the cut."""
    p = layout.plot
    parts = [line((p.x0, p.y1), (p.x1, p.y1), FRAME, 1), line((p.x0, p.y0), (p.x0, p.y1), FRAME, 1)]
    titles = {t.kind: t for t in layout.texts if t.kind in ("x-axis", "y-axis")}
    parts.append(_arrow(p.x0 + 6, titles["y-axis"].y - 4.5, up=True))
    parts.append(_arrow(p.x1 - 7, titles["x-axis"].y - 4.5, up=False))
    if layout.x_scale.is_cut:
        parts += _break(p.x0 + 15, p.y1, along_x=True)
    if layout.y_scale.is_cut:
        parts += _break(p.x0, p.y1 - 15, along_x=False)
    return [element_group("axes", parts)]


def _arrow(x: float, y: float, *, up: bool) -> str:
    d = (
        f"M{number(x)} {number(y + 5)}v-10m-3.5 3.5l3.5-3.5l3.5 3.5"
        if up
        else f"M{number(x - 6)} {number(y)}h12m-3.5-3.5l3.5 3.5l-3.5 3.5"
    )
    return f'<path d="{d}" fill="none" stroke="{SOFT}" stroke-width="1.2"/>'


def _break(x: float, y: float, *, along_x: bool) -> list[str]:
    """Two slanting strokes across an axis, the axis left out between them."""
    a, b = ((3, 0), (2.5, 6)) if along_x else ((0, 3), (6, -2.5))
    (gx, gy), (sx, sy) = a, b
    strokes = [line((x - gx, y - gy), (x + gx, y + gy), PAPER, 2.4)]
    for side in (-1, 1):
        cx, cy = x + side * gx, y + side * gy
        strokes.append(line((cx - sx, cy + sy), (cx + sx, cy - sy), CUT, 1))
    return strokes
