"""The zones of the tiers, cut out of the plot by the rule itself (`scoring.md`)."""

from collections.abc import Callable
from dataclasses import dataclass

from .plot import Rule

Corner = tuple[float, float]
Range = tuple[float, float, float, float]  # x low, x high, y low, y high, in scores


@dataclass(frozen=True)
class Zone:
    """The part of the plot where the rule gives `tier`; corners (x, y) in scores."""

    tier: str
    polygon: tuple[Corner, ...]


@dataclass(frozen=True)
class Cut:
    """A line on which the rule changes its answer, from end to end in scores, with its cut point."""

    value: float
    start: Corner
    end: Corner


def _clip(polygon: list[Corner], f: Callable[[float, float], float]) -> list[Corner]:
    """The part of a convex polygon where the linear f(x, y) >= 0."""
    kept: list[Corner] = []
    for i, (x, y) in enumerate(polygon):
        px, py = polygon[i - 1]
        here, before = f(x, y), f(px, py)
        if (here >= 0) != (before >= 0):
            t = before / (before - here)
            kept.append((px + t * (x - px), py + t * (y - py)))
        if here >= 0:
            kept.append((x, y))
    return kept


def _area(polygon: list[Corner]) -> float:
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(a * d - c * b for (a, b), (c, d) in pairs)) / 2


def _conditions(rule: Rule) -> list[tuple[str, list[Callable[[float, float], float]]]]:
    """Per tier the linear functions that are all >= 0 in its zone."""
    if rule.kind == "either":
        return _either_conditions(rule)
    if rule.kind != "priority":
        raise ValueError(f"unknown kind of rule: {rule.kind}")
    high = rule.high if rule.high is not None else float("inf")
    low = rule.low if rule.low is not None else float("-inf")

    def above(cut: float) -> Callable[[float, float], float]:
        return lambda x, y: rule.lam * y + (1 - rule.lam) * x - cut

    def below(cut: float) -> Callable[[float, float], float]:
        return lambda x, y: cut - rule.lam * y - (1 - rule.lam) * x

    return [("high", [above(high)]), ("medium", [above(low), below(high)]), ("low", [below(low)])]


def _either_conditions(rule: Rule) -> list[tuple[str, list[Callable[[float, float], float]]]]:
    def side(over: bool, threshold: float | None, axis: int) -> Callable[[float, float], float]:
        cut = float("inf") if threshold is None else threshold
        sign = 1 if over else -1
        return lambda x, y: sign * ((x, y)[axis] - cut)

    tiers = {"double": (True, True), "impact": (True, False), "financial": (False, True), "neither": (False, False)}
    return [(t, [side(s, rule.society, 1), side(b, rule.business, 0)]) for t, (s, b) in tiers.items()]


def zones(rule: Rule, shown: Range) -> list[Zone]:
    """The zones of the rule within the part of the plane that is shown; empty ones are left out.

    Raises ValueError for an unknown kind of rule.
    """
    x0, x1, y0, y1 = shown
    found = []
    for tier, conditions in _conditions(rule):
        polygon = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        for f in conditions:
            if polygon and _always(f, polygon):
                continue
            polygon = _clip(polygon, f)
        if len(polygon) >= 3 and _area(polygon) > 1e-9:
            found.append(Zone(tier, tuple(polygon)))
    return found


def _always(f: Callable[[float, float], float], polygon: list[Corner]) -> bool:
    return all(f(x, y) >= 0 for x, y in polygon)


def cuts(rule: Rule, shown: Range) -> list[Cut]:
    """The lines of the rule's cut points that cross the part shown."""
    if rule.kind == "either":
        wanted = [(rule.society, 1.0), (rule.business, 0.0)]
    else:
        wanted = [(rule.high, rule.lam), (rule.low, rule.lam)]
        wanted = wanted[:1] if rule.high == rule.low else wanted
    lines = [_cut(value, weight, shown) for value, weight in wanted if value is not None]
    return [line for line in lines if line is not None]


def _cut(value: float, lam: float, shown: Range) -> Cut | None:
    """The line lam * y + (1 - lam) * x = value within the part shown."""
    x0, x1, y0, y1 = shown
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    ends: list[Corner] = []
    for i, (x, y) in enumerate(corners):
        px, py = corners[i - 1]
        here, before = (lam * b + (1 - lam) * a - value for a, b in ((x, y), (px, py)))
        if (here >= 0) != (before >= 0):
            t = before / (before - here)
            ends.append((px + t * (x - px), py + t * (y - py)))
    if len(ends) != 2:
        return None
    start, end = sorted(ends, key=lambda p: (p[0], -p[1]))
    return Cut(value, start, end)
