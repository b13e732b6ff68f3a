"""Drawing the matrix of 93 labelled points, beside the same points drawn without labels."""

import csv

import numpy as np

from reports.matrix import PlottedCategory, Point, Texts, TierRule, draw_matrix
from tests.bench.measuring import table, timed
from tests.repository.tree import ROOT

TIERS = {"high": "high", "medium": "medium", "low": "low"}
CATEGORIES = [PlottedCategory(code, code) for code in ("environment", "society", "economy", "technology")]


def main() -> None:
    """Print the table: medians over several sets of points."""
    rows = []
    for language in ("zh", "en"):
        for name, spread in (("spread", 9.0), ("dense", 4.0)):
            sets = [points(language, spread, seed) for seed in range(7)]
            labelled = [timed(lambda chosen=chosen: draw(chosen), 3) for chosen in sets]
            bare = [timed(lambda chosen=chosen: draw(chosen, show_labels=False), 3) for chosen in sets]
            rows.append(
                [f"93 points, {language}, {name}", float(np.median(labelled)), max(labelled), float(np.median(bare))]
            )
    table(["what", "median s", "slowest set s", "baseline: no labels s"], rows)


def points(language: str, spread: float, seed: int) -> list[Point]:
    """The 93 issues at correlated places."""
    with (ROOT / "fixtures" / "issue_library.csv").open(encoding="utf-8") as stream:
        issues = list(csv.DictReader(stream))
    places = np.random.default_rng(seed).multivariate_normal(
        [68, 68], spread**2 * np.array([[1, 0.5], [0.5, 1]]), len(issues)
    )
    return [
        Point(
            code=row["code"], label=row[f"name_{language}"], category=row["category"], x=x, y=y,
            tier="high" if x + y > 140 else "medium", n=9000, x_low=x - 1, x_high=x + 1, y_low=y - 1, y_high=y + 1,
            priority=(x + y) / 2, rank=rank,
        )
        for rank, (row, (x, y)) in enumerate(zip(issues, places.clip(5, 98).tolist(), strict=True), start=1)
    ]  # fmt: skip


def draw(chosen: list[Point], **options: bool) -> str:
    """One matrix."""
    texts = Texts(
        title="Matrix", subtitle="", description="", x_axis="business", y_axis="society", tiers=TIERS, captions=TIERS,
        footnotes=(), axis_cut="cut", side_by_side="", empty="", point="{label}", absent="–", lang="en",
        font="sans-serif",
    )  # fmt: skip
    return draw_matrix(chosen, TierRule(kind="priority", lam=0.5, low=63.0, high=70.0), CATEGORIES, texts, **options)
