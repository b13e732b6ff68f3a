"""The placed matrix written as one SVG: presentation attributes only, no style, no script, no outside reference."""

from collections.abc import Collection, Sequence

from .elements import attribute, escaped, group, line, number, shape, text_element
from .frame import LEGEND_R
from .layout import Layout, layout_matrix
from .palette import CUT, FRAME, GRID, PAPER, SOFT, TINTS
from .plot import Category, Point, Rule, Texts
from .svg_points import points as point_groups


def draw_matrix(
    points: Sequence[Point],
    rule: Rule,
    categories: Sequence[Category],
    texts: Texts,
    *,
    size: float = 1000.0,
    show_labels: bool = True,
    show_intervals: bool = False,
    label_codes: Collection[str] | None = None,
    interactive: bool = False,
) -> str:
    """The materiality matrix as SVG text; the same input gives the same text.

    `size` is the side of the square plot in px; `label_codes` limits the labels to these points (None: all).
    `interactive` makes every point a focusable element with its figures as accessible name.
    Raises ValueError for an unknown kind of rule and for a size below 480 px.
    """
    options = {"size": size, "show_labels": show_labels, "show_intervals": show_intervals, "label_codes": label_codes}
    layout = layout_matrix(points, rule, categories, texts, **options)
    return write_svg(layout, categories, texts, interactive=interactive)


def write_svg(layout: Layout, categories: Sequence[Category], texts: Texts, *, interactive: bool = False) -> str:
    """SVG text of a layout."""
    names = {c.code: c.label for c in categories}
    parts = [
        _open(layout, texts, interactive),
        f"<title>{escaped(texts.title or texts.y_axis)}</title>",
        f"<desc>{escaped(texts.description)}</desc>" if texts.description else "",
        f'<rect width="{number(layout.width)}" height="{number(layout.height)}" fill="{PAPER}"/>',
        *_ground(layout),
        *_axes(layout),
        group("captions", [text_element(t) for t in layout.captions]),
        group("words", [text_element(t) for t in layout.texts]),
        group("legend", [shape(m.style, LEGEND_R, m.x, m.y) for m in layout.legend_marks]),
        group("points", point_groups(layout, texts, names, interactive)),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _open(layout: Layout, texts: Texts, interactive: bool) -> str:
    w, h = number(layout.width), number(layout.height)
    x, y, plot = layout.x_scale, layout.y_scale, layout.plot
    data = (
        f' data-plot="{number(plot.x0)} {number(plot.y0)} {number(plot.width)}"'
        f' data-x="{number(x.low)} {number(x.high)}" data-y="{number(y.low)} {number(y.high)}"'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="matrix" role="{"group" if interactive else "img"}"'
        f" aria-label={attribute(texts.title or texts.y_axis)} xml:lang={attribute(texts.lang)}"
        f' lang={attribute(texts.lang)} width="{w}" height="{h}" viewBox="0 0 {w} {h}"'
        f" font-family={attribute(texts.font)}{data if interactive else ''}>"
    )


def _ground(layout: Layout) -> list[str]:
    """Zones, grid, cut lines."""
    zones = [
        f'<polygon class="matrix-zone" data-tier={attribute(tier)} fill="{TINTS.get(tier, "#f9fafa")}" points="'
        + " ".join(f"{number(x)},{number(y)}" for x, y in corners)
        + '"/>'
        for tier, corners in layout.zones
    ]
    p, xs, ys = layout.plot, layout.x_scale, layout.y_scale
    grid = [line((xs.px(t), p.y0), (xs.px(t), p.y1), GRID, 1) for t in xs.ticks()]
    grid += [line((p.x0, ys.px(t)), (p.x1, ys.px(t)), GRID, 1) for t in ys.ticks()]
    cuts = [line(start, end, CUT, 0.9, ' stroke-dasharray="5 3"') for _, parts in layout.cuts for start, end in parts]
    return [group("zones", zones), group("grid", grid), group("cuts", cuts)]


def _axes(layout: Layout) -> list[str]:
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
    return [group("axes", parts)]


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
