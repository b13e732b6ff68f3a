"""Ratings 1–5 of the expert panel from its judgements, and the panel's score (scoring.md, Expert panel)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

PANEL_K = 5


@dataclass(frozen=True)
class PanelScore:
    """E on 0–100, the variance of the panel's mean (None where the panel is one person), number of experts."""

    score: float
    variance: float | None
    experts: int


def panel_score(ratings: Sequence[float]) -> PanelScore:
    """E = 100 (mean − 1) / 4 of the experts' `ratings` 1–5. ValueError without ratings or out of range."""
    if not ratings:
        raise ValueError("a panel needs at least one rating")
    _check(*ratings)
    factor = 100 / (PANEL_K - 1)
    spread = factor**2 * variance(ratings) / len(ratings) if len(ratings) > 1 else None
    return PanelScore(factor * (fmean(ratings) - 1), spread, len(ratings))


def impact_rating(
    scale: float,
    scope: float,
    irremediability: float | None,
    *,
    negative: bool,
    likelihood: float | None = None,
    human_rights: bool = False,
) -> float:
    """Rating 1–5 of one impact; `likelihood` None says that it is actual. Irremediability for negative impacts only."""
    if negative and irremediability is None:
        raise ValueError("a negative impact needs its irremediability")
    criteria = (scale, scope, irremediability) if negative else (scale, scope)
    _check(*criteria)
    severity = max(criteria)
    if likelihood is None or (negative and human_rights):
        return float(severity)
    return _tempered(severity, likelihood)


def business_rating(effect: float, likelihood: float) -> float:
    """Rating 1–5 of one risk or opportunity for the company."""
    _check(effect)
    return _tempered(effect, likelihood)


def _tempered(size: float, likelihood: float) -> float:
    _check(likelihood)
    return 1 + (size - 1) * (likelihood - 1) / 4


def _check(*ratings: float) -> None:
    if not all(1 <= rating <= PANEL_K for rating in ratings):
        raise ValueError(f"panel ratings are 1..{PANEL_K}")
