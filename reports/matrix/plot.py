"""What is drawn: points, categories, zones, scales, and every word of the picture."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, floor

import numpy as np

# Advance widths in 1/1000 em of U+0020..U+007E: the wider of Noto Sans CJK SC and DejaVu Sans, so that either fits.
_ASCII = (
    *(318, 401, 474, 838, 636, 950, 780, 278, 390, 390, 500, 838, 318, 361, 318, 392),
    *(636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531),
    *(1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 535, 656, 557, 863, 748, 787),
    *(633, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 392, 390, 838, 559),
    *(606, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 284, 974, 634, 612),
    *(635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838),
)
_LATIN = 0.84  # accented Latin, Greek, Cyrillic: most are narrower
_EMOJI = 1.4
_BOLD = 1.12
ASCENT = 1.16  # of the line box, in em, as browsers measure Noto Sans CJK: the tallest font of the stack
DESCENT = 0.29
LEADING = 1.2
_NO_START = set("，。、；：？！）》」』】’”…·,.;:?!)]}%")
_JOINTS = ("与", "和", "及", "、")  # better places to break Chinese than inside a word
_NO_END = set("（《「『【‘“([{")


def _char_em(char: str) -> float:
    code = ord(char)
    if 0x20 <= code <= 0x7E:
        return _ASCII[code - 0x20] / 1000
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn"):
        return 0.0
    if 0x1F000 <= code < 0x20000:
        return _EMOJI
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return _LATIN if code < 0x0590 else 1.0


@lru_cache(maxsize=4096)
def em_width(text: str) -> float:
    """Width of one line of `text` in em, at regular weight, not less than what a usual font renders."""
    return sum(map(_char_em, text))


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in px at `size` px."""
    return em_width(text) * size * (_BOLD if bold else 1.0)


def _is_cjk(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before text[at]."""
    before, after = text[at - 1], text[at]
    if before == " ":
        return after != " "
    if after in _NO_START or before in _NO_END or after == " ":
        return False
    if before in "–—/" and not after.isdigit():
        return True
    return _is_cjk(before) or _is_cjk(after)


@lru_cache(maxsize=4096)
def halves(text: str) -> tuple[str, str] | None:
    """The two most even lines of `text`, rather after a Chinese "and"; None where it cannot be broken."""
    pairs = [(text[:at].rstrip(), text[at:]) for at in range(1, len(text)) if _may_break(text, at)]

    def unevenness(pair: tuple[str, str]) -> float:
        return max(map(em_width, pair)) - (1.5 if pair[0].endswith(_JOINTS) else 0.0)

    return min((p for p in pairs if all(p)), key=unevenness, default=None)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of `text` no wider than `width` px; a word that is wider stands alone on its line."""
    lines: list[str] = []
    start = last = 0
    for at in range(1, len(text) + 1):
        if text_width(text[start:at].rstrip(), size, bold=bold) > width and last > start:
            lines.append(text[start:last].strip())
            start = last
        if at < len(text) and _may_break(text, at):
            last = at
    return [*lines, text[start:].strip()]


@dataclass(frozen=True)
class TypeSizes:
    """Sizes in px of everything that is written, and the least side of the plot in which ticks and words fit."""

    title: float = 24.0
    subtitle: float = 15.0
    axis: float = 14.0
    tick: float = 12.0
    legend: float = 14.0
    note: float = 12.0
    key: float = 11.0
    caption: float = 14.0
    value: float = 11.0
    largest: float = 14.0  # of labels
    smallest: float = 9.0
    least_side: float = 480.0
    left: float = 56.0  # of the plot
    right: float = 32.0


SCREEN = TypeSizes()
# On paper 9 px are 6.5 points, the smallest type that print bears.
PRINT = TypeSizes(15.0, 10.5, 10.5, 9.0, 10.5, 9.0, 9.0, 10.5, 9.0, 11.0, 9.0, 130.0, 38.0, 14.0)
# Within the width of a phone, so that nobody has to shift the picture to see its other half.
PHONE = TypeSizes(13.0, 11.0, 11.0, 9.0, 11.0, 10.0, 11.0, 11.0, 9.0, 10.0, 9.0, 200.0, 26.0, 4.0)
POINTS_PER_PX = 6.5 / 9.0


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


@dataclass(frozen=True)
class Point:
    """One issue. Scores, ends of intervals and priority are on 0–100; None where there is none.

    rho: correlation of the errors of the two scores. certainty: of the tier, 0–1. x_from, y_from: the scores of an
    earlier run. proposed: the tier by the rule where `tier` was decided otherwise.
    """

    code: str
    label: str
    category: str
    x: float | None  # impact on the company's business
    y: float | None  # impact on society
    tier: str
    n: int | None = None
    x_low: float | None = None
    x_high: float | None = None
    y_low: float | None = None
    y_high: float | None = None
    priority: float | None = None
    rank: int | None = None
    rho: float | None = None
    certainty: float | None = None
    x_from: float | None = None
    y_from: float | None = None
    proposed: str = ""


@dataclass(frozen=True)
class PlottedCategory:
    """A category with its name in the language of the picture; `place` (from 1) says which mark it has."""

    code: str
    label: str
    place: int = 0


@dataclass(frozen=True)
class TierRule:
    """The tier rule of the run (`scoring.md`, *From scores to tiers*).

    kind "priority": lam in 0..1 and the cut points low <= high on priority, None for a cut that separates nothing.
    kind "either": thresholds for society and business, None for one that cannot be reached.
    """

    kind: str = "priority"
    lam: float = 0.5
    low: float | None = None
    high: float | None = None
    society: float | None = None
    business: float | None = None


@dataclass(frozen=True)
class Texts:
    """Every word that is drawn, already in the language of the picture; "" or () leaves a thing out.

    `point` is a str.format pattern for the accessible name of a point, with the fields code, label, category, tier,
    x, y, x_low, x_high, y_low, y_high, priority, n, rank; `absent` stands for a figure that there is not. `decided` is
    a pattern of a tier that was decided otherwise, with the fields tier and proposed.
    """

    x_axis: str
    y_axis: str
    title: str = ""
    subtitle: str = ""
    description: str = ""
    tiers: dict[str, str] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    cuts: dict[str, str] = field(default_factory=dict)
    footnotes: tuple[str, ...] = ()
    axis_cut: str = ""
    side_by_side: str = ""  # said where marks of the same place were set side by side
    unlabelled: str = ""  # said where marks have neither name nor number
    empty: str = ""
    point: str = "{label}: {x}, {y}"
    decided: str = "{tier} ({proposed})"
    absent: str = "–"
    lang: str = "en"
    font: str = "'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', system-ui, sans-serif"


_STEPS = (1, 2, 5, 10, 20)
_LEAST_SPAN = 8.0
_PAD = 0.05


@dataclass(frozen=True)
class Scale:
    """A linear axis: scores `low`..`high` lie at px `start`..`end` (for y, `end` is above: smaller)."""

    low: float
    high: float
    start: float
    end: float

    def px(self, score: float) -> float:
        """The place of a score (a number or a numpy array)."""
        return self.start + (score - self.low) * (self.end - self.start) / (self.high - self.low)

    @property
    def is_cut(self) -> bool:
        """Whether the axis starts above 0."""
        return self.low > 0

    def ticks(self) -> list[int]:
        """Round scores inside the axis and within 0–100, about 5 to 9 of them."""
        span = self.high - self.low
        step = next((s for s in _STEPS if span / s <= 9), _STEPS[-1])
        return list(range(max(0, ceil(self.low / step) * step), min(100, floor(self.high)) + 1, step))


def domain(scores: Sequence[float]) -> tuple[float, float]:
    """The part of 0–100 that an axis shows: the data and a little room; 0–100 where there are no data.

    The ends pass 0 or 100 by the room alone, so that a mark at an end is whole.
    """
    if not scores:
        return 0.0, 100.0
    low, high = min(scores), max(scores)
    spare = max(0.0, _LEAST_SPAN - (high - low)) / 2
    room = _PAD * (high - low + 2 * spare)
    bottom, top = low - spare - room, high + spare + room
    if bottom < 0.15 * (top - bottom):  # so near to 0 that the cut would save nothing
        bottom = min(0.0, low - room)
    return max(bottom, -room), min(top, 100 + room)


GAP = 1.5  # px between a mark and its leader, a leader and its text
_DISTANCES = (6, 12, 19, 27, 37, 50, 66, 86, 112, 146, 190, 250)  # px from the mark to the text
_ANGLES = 20


@dataclass(frozen=True)
class Template:
    """Places relative to a mark: the attachment point, and which part of the box lies on it (arrays of one length)."""

    dx: np.ndarray
    dy: np.ndarray
    fx: np.ndarray  # share of the box's width left of the attachment point
    fy: np.ndarray  # share of its height above
    led: np.ndarray  # whether a leader is drawn
    cost: np.ndarray


def label_places(r: float) -> Template:
    """The places around a mark that reaches `r` px: touching ones first, then rings with leaders."""
    rows = [*_touching(r), *_rings(r)]
    columns = np.array(rows, dtype=np.float32).T
    return Template(columns[0], columns[1], columns[2], columns[3], columns[4] > 0, columns[5])


def _touching(r: float) -> list[tuple[float, ...]]:
    near, above, rows = r + 2.0, r + 1.05, []
    for fy, cost in ((0.5, 0.0), (0.35, 0.35), (0.65, 0.35), (0.2, 0.8), (0.8, 0.8)):
        rows += [(near, 0, 0, fy, 0, cost), (-near, 0, 1, fy, 0, cost + 0.6)]
    for fx, cost in ((0.5, 0.9), (0.35, 1.1), (0.65, 1.1), (0.2, 1.3), (0.8, 1.3)):
        rows += [(0, -above, fx, 1, 0, cost), (0, above, fx, 0, 0, cost + 0.2)]
    slant = 0.6 * r
    for sx, fx in ((1, 0), (-1, 1)):
        rows += [(sx * slant, -above, fx, 1, 0, 1.0), (sx * slant, above, fx, 0, 0, 1.2)]
    return rows


def _rings(r: float) -> list[tuple[float, ...]]:
    rows: list[tuple[float, ...]] = []
    for d in _DISTANCES:
        for angle in 2 * np.pi * (np.arange(_ANGLES) + 0.5 * (d % 2)) / _ANGLES:
            ux, uy = np.cos(angle), np.sin(angle)
            place = ((r + d) * ux, (r + d) * uy)
            cost = 2.6 + 0.055 * d + 3.0 * (d / 100) ** 2
            if abs(ux) > 0.5:
                rows.append((*place, float(ux < 0), 0.5, 1, cost))
            else:
                fxs = (0.5,) if abs(ux) < 0.2 else (0.5, 0.12 if ux > 0 else 0.88)
                rows += [(*place, fx, float(uy < 0), 1, cost + 0.2) for fx in fxs]
    return rows


Corner = tuple[float, float]
Range = tuple[float, float, float, float]  # x low, x high, y low, y high, in scores


@dataclass(frozen=True)
class Zone:
    """The part of the plot where the rule gives `tier`; corners (x, y) in scores."""

    tier: str
    polygon: tuple[Corner, ...]


@dataclass(frozen=True)
class Cut:
    """A line on which the rule changes its answer, from end to end in scores, with its cut point; `name` is high, low,
    society or business.
    """

    name: str
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


def _conditions(rule: TierRule) -> list[tuple[str, list[Callable[[float, float], float]]]]:
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


def _either_conditions(rule: TierRule) -> list[tuple[str, list[Callable[[float, float], float]]]]:
    def side(over: bool, threshold: float | None, axis: int) -> Callable[[float, float], float]:
        cut = float("inf") if threshold is None else threshold
        sign = 1 if over else -1
        return lambda x, y: sign * ((x, y)[axis] - cut)

    tiers = {"double": (True, True), "impact": (True, False), "financial": (False, True), "neither": (False, False)}
    return [(t, [side(s, rule.society, 1), side(b, rule.business, 0)]) for t, (s, b) in tiers.items()]


def zones(rule: TierRule, shown: Range) -> list[Zone]:
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


def cuts(rule: TierRule, shown: Range) -> list[Cut]:
    """The lines of the rule's cut points that cross the part shown."""
    if rule.kind == "either":
        wanted = [("society", rule.society, 1.0), ("business", rule.business, 0.0)]
    else:
        wanted = [("high", rule.high, rule.lam), ("low", rule.low, rule.lam)]
        wanted = wanted[:1] if rule.high == rule.low else wanted
    lines = [_cut(name, value, weight, shown) for name, value, weight in wanted if value is not None]
    return [line for line in lines if line is not None]


def _cut(name: str, value: float, lam: float, shown: Range) -> Cut | None:
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
    return Cut(name, value, start, end)
