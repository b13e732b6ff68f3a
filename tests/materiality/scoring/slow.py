"""The definitions of scoring.md once more, response by response in plain Python, to check the fast code against."""

import math
from collections.abc import Iterable
from statistics import covariance, fmean, variance

from materiality.scoring.method import Method

from .responses import Answers

DIMENSIONS = ("society", "business")


def rated(answers: Answers, group: str, issue: str, dimension: int, without: int | None = None) -> list[int]:
    """Ratings 1..K of a group, leaving out every 40th response from number `without` on."""
    cells = answers.cells(group, issue, dimension)
    kept = (cell for n, cell in enumerate(cells) if without is None or n % 40 != without)
    return [cell for cell in kept if cell is not None and 1 <= cell <= answers.k]


def weight(answers: Answers, method: Method, group: str, dimension: int) -> float:
    named = method.weights.get(group, {}).get(DIMENSIONS[dimension], 1)
    if method.weighting == "by_response":
        return named * sum(answers.groups[g] == group for g in answers.group_index)
    return named


def counting(answers: Answers, method: Method, issue: str, dimension: int) -> dict[str, float]:
    """Weights of the groups that count for the issue and dimension."""
    weights = {group: weight(answers, method, group, dimension) for group in answers.groups}
    return {
        group: w
        for group, w in weights.items()
        if w > 0 and len(rated(answers, group, issue, dimension)) >= method.min_n
    }


def score(answers: Answers, method: Method, issue: str, dimension: int, without: int | None = None) -> float | None:
    weights = counting(answers, method, issue, dimension)
    if not weights:
        return None
    total = 0.0
    for group, w in weights.items():
        values = rated(answers, group, issue, dimension, without) or rated(answers, group, issue, dimension)
        total += w * 100 * (fmean(values) - 1) / (answers.k - 1)
    return total / sum(weights.values())


def variance_and_freedom(answers: Answers, method: Method, issue: str, dimension: int) -> tuple[float, float]:
    weights = counting(answers, method, issue, dimension)
    terms = []
    for group, w in weights.items():
        values = rated(answers, group, issue, dimension)
        share = w / sum(weights.values())
        terms.append((share**2 * (100 / (answers.k - 1)) ** 2 * variance(values) / len(values), len(values)))
    total, spread = sum(term for term, _ in terms), sum(term**2 / (n - 1) for term, n in terms)
    return total, total**2 / spread if spread else math.inf


def mean_covariance(answers: Answers, method: Method, issue: str) -> float:
    first, second = (counting(answers, method, issue, dimension) for dimension in (0, 1))
    total = 0.0
    for group in first.keys() & second.keys():
        society, business = (rated(answers, group, issue, dimension) for dimension in (0, 1))
        pairs = [
            (a, b)
            for a, b in zip(answers.cells(group, issue, 0), answers.cells(group, issue, 1), strict=True)
            if 1 <= a <= answers.k and 1 <= b <= answers.k
        ]
        c = covariance(*zip(*pairs, strict=True)) if len(pairs) > 1 else 0.0
        size = len(society) * len(business)
        limit = math.sqrt(variance(society) * variance(business) / size)
        k = min(limit, max(-limit, c * len(pairs) / size))
        share = first[group] / sum(first.values()) * second[group] / sum(second.values())
        total += share * (100 / (answers.k - 1)) ** 2 * k
    return total


def priority(scores: Iterable[float | None], lam: float) -> float | None:
    """P before rounding, None where a dimension of some weight is missing."""
    parts = [(share, value) for share, value in zip((lam, 1 - lam), scores, strict=True) if share > 0]
    if any(value is None for _, value in parts):
        return None
    return sum(share * value for share, value in parts)


def share_tier(value: float, values: list[float], top: int, bottom: int) -> str:
    """Tier by shares: where the block of equal values lies among the positions of the descending order."""
    first, last = sum(other > value for other in values), sum(other >= value for other in values)
    boundary = len(values) - bottom
    over_top, over_bottom = first < top < last, first < boundary < last
    if over_top and over_bottom:
        return "medium"
    if over_top or last <= top:
        return "high"
    return "low" if first >= boundary and not over_bottom else "medium"
