"""What is drawn: points, categories, the tier rule, and every word of the picture."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Point:
    """One issue. Scores, ends of intervals and priority are on 0–100; None where there is none."""

    code: str
    label: str
    category: str
    x: float | None  # impact on the company's operations
    y: float | None  # impact on society
    tier: str
    n: int | None = None
    x_low: float | None = None
    x_high: float | None = None
    y_low: float | None = None
    y_high: float | None = None
    priority: float | None = None
    rank: int | None = None


@dataclass(frozen=True)
class Category:
    """A category with its name in the language of the picture."""

    code: str
    label: str


@dataclass(frozen=True)
class Rule:
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
    x, y, x_low, x_high, y_low, y_high, priority, n, rank; `absent` stands for a figure that there is not.
    """

    x_axis: str
    y_axis: str
    title: str = ""
    subtitle: str = ""
    description: str = ""
    tiers: dict[str, str] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    footnotes: tuple[str, ...] = ()
    axis_cut: str = ""
    side_by_side: str = ""  # said where marks of the same place were set side by side
    empty: str = ""
    point: str = "{label}: {x}, {y}"
    absent: str = "–"
    lang: str = "en"
    font: str = "'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', system-ui, sans-serif"
