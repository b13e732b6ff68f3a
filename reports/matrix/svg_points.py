"""The points of the picture: one group each with leader, mark, label and accessible name."""

from math import dist

from .elements import attribute, escaped, line, shape, text_element
from .labels import PlacedLabel
from .layout import Layout
from .marks import PlacedMark
from .palette import LEADER
from .plot import Point, Texts


def points(layout: Layout, texts: Texts, names: dict[str, str], interactive: bool) -> list[str]:
    """One group per point, long leaders first so that they pass under the marks of the others."""
    labels = {label.code: label for label in layout.labels}
    order = sorted(layout.marks, key=lambda m: (-_leader_length(labels.get(m.point.code)), m.point.code))
    groups = []
    for mark in order:
        parts = [
            line(*bar, mark.style.colour, 0.8, ' class="matrix-interval" opacity="0.5"')
            for code, bar in layout.intervals
            if code == mark.point.code
        ]
        label = labels.get(mark.point.code)
        if label and label.leader:
            parts.append(line(*label.leader, LEADER, 0.7, ' class="matrix-leader"'))
        parts.append(shape(mark.style, mark.r, mark.x, mark.y))
        if label:
            parts.append(text_element(label.text))
        groups.append(_point_open(mark, texts, names, interactive) + "".join(parts) + "</g>")
    return groups


def _leader_length(label: PlacedLabel | None) -> float:
    return dist(*label.leader) if label and label.leader else 0.0


def _point_open(mark: PlacedMark, texts: Texts, names: dict[str, str], interactive: bool) -> str:
    p = mark.point
    data = f"data-code={attribute(p.code)} data-category={attribute(p.category)} data-tier={attribute(p.tier)}"
    name = point_name(p, texts, names)
    focus = f' tabindex="0" role="img" aria-label={attribute(name)}' if interactive else ""
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
        "tier": texts.tiers.get(point.tier, point.tier),
    }
    return texts.point.format(**words, **figures, **counts)
