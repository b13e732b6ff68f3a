"""Points and words for the tests of the matrix: the default library with scores drawn from a seed."""

import csv
from pathlib import Path

import numpy as np

from reports.matrix import PlottedCategory, Point, Texts, TierRule

_LIBRARY = Path(__file__).resolve().parents[3] / "fixtures" / "issue_library.csv"

CATEGORIES = {
    "zh": [
        PlottedCategory("environment", "环境"),
        PlottedCategory("society", "社会"),
        PlottedCategory("economy", "经济"),
        PlottedCategory("technology", "技术"),
    ],
    "en": [PlottedCategory(c, c.title()) for c in ("environment", "society", "economy", "technology")],
}
TEXTS = {
    "zh": Texts(
        title="2026 年度实质性议题矩阵",
        subtitle="93 个二级议题",
        x_axis="对公司运营的影响",
        y_axis="对社会的影响",
        tiers={"high": "高度重要", "medium": "中度重要", "low": "低度重要"},
        captions={
            "high": "高度重要",
            "medium": "中度重要",
            "low": "低度重要",
            "double": "双重重要",
            "neither": "均不重要",
        },
        footnotes=("基于 12,893 份有效答卷、6 类利益相关方；95% 区间仅反映抽样误差。",),
        axis_cut="坐标轴未从 0 开始。",
        side_by_side="重合的点并排画出。",
        empty="还没有得分",
        lang="zh-Hans",
        point="{label}：社会 {y}，运营 {x}，n = {n}",
    ),
    "en": Texts(
        title="Materiality matrix 2026",
        subtitle="93 secondary issues",
        x_axis="Impact on the company's operations",
        y_axis="Impact on society",
        tiers={"high": "High", "medium": "Medium", "low": "Low"},
        captions={"high": "High", "medium": "Medium", "low": "Low", "double": "Double", "neither": "Neither"},
        footnotes=("Based on 12,893 valid responses of 6 groups; intervals: 95% sampling error only.",),
        axis_cut="Axes do not start at 0.",
        side_by_side="Marks of the same place stand side by side.",
        unlabelled="Marks without a number are in the list.",
        empty="No scores yet",
        point="{label}: society {y}, operations {x}, n = {n}",
    ),
}


def library() -> list[dict[str, str]]:
    with _LIBRARY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def spread(n: int, seed: int) -> np.ndarray:
    """Scores of n issues (n × 2) on 55–90, correlated 0.5 between the axes."""
    z = np.random.default_rng(seed).standard_normal((n, 2))
    z[:, 1] = 0.5 * z[:, 0] + 0.75**0.5 * z[:, 1]
    return np.clip(72.5 + 7.5 * z, 55, 90)


def crowded(n: int, seed: int) -> np.ndarray:
    """Scores on 60–85 with twelve that are nearly the same."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(60, 85, (n, 2))
    scores[:12] = scores[0] + 0.15 * rng.standard_normal((12, 2))
    return scores


def clump(n: int, seed: int) -> np.ndarray:
    """Nearly all scores in one small heap, the axes stretched by four far away."""
    scores = 72 + 2.2 * np.random.default_rng(seed).standard_normal((n, 2))
    scores[:4] = [(40, 45), (95, 90), (50, 80), (88, 50)]
    return scores


def sample(scores: np.ndarray, language: str) -> tuple[list[Point], TierRule]:
    """Points of the library with these scores (x, y), and a rule that cuts at the 30 % and 70 % quantiles."""
    priority = scores.mean(axis=1)
    low, high = (float(np.quantile(priority, q)) for q in (0.3, 0.7))
    ranks = np.argsort(np.argsort(-priority, kind="stable"), kind="stable") + 1
    points = []
    for issue, (x, y), p, rank in zip(library(), scores.tolist(), priority.tolist(), ranks.tolist(), strict=False):
        tier = "high" if p >= high else "low" if p < low else "medium"
        ends = {"x_low": x - 1.5, "x_high": x + 1.5, "y_low": y - 1.2, "y_high": y + 1.2}
        name = issue[f"name_{language}"]
        points.append(Point(issue["code"], name, issue["category"], x, y, tier, 900, **ends, priority=p, rank=rank))
    return points, TierRule("priority", lam=0.5, low=low, high=high)
