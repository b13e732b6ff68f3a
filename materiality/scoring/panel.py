"""Blending the scores of respondents with those of an expert panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, variance

import numpy as np

from .cube import DIMENSIONS
from .method import Method
from .scores import Estimates, ratio

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


Panel = Mapping[str, Mapping[str, PanelScore]]  # {issue code: {dimension: PanelScore}}

BLENDED, NO_PANEL, PANEL_ALONE = "blended", "no_panel", "panel_alone"


def blend(found: Estimates, panel: Panel, method: Method) -> tuple[Estimates, np.ndarray]:
    """S', V', ν', C' and deviations, and a mark per issue and dimension (None where the panel plays no part).

    S' = (1 − a) S + a E, V' = (1 − a)² V + a² V_E, C' = (1 − a1)(1 − a2) C. Where an issue has a panel score alone and
    the method takes it, S' is E and the two dimensions are independent.
    """
    scores, variances, experts = _panel_arrays(found.codes, panel)
    given, scored = ~np.isnan(scores), ~np.isnan(found.score)
    share = np.where(given, np.array(method.panel_share), 0.0)
    alone = given & ~scored & method.panel_alone
    share = np.where(alone, 1.0, share)
    own, added = np.where(alone, 0.0, found.var) * (1 - share) ** 2, share**2 * np.where(share > 0, variances, 0.0)
    score = np.where(alone, scores, (1 - share) * found.score + np.where(share > 0, share * scores, 0.0))
    var = own + added
    spread = ratio(own**2, found.freedom, 0.0) + ratio(added**2, experts - 1, 0.0)
    cov = np.where(scored.all(axis=1), (1 - share).prod(axis=1) * found.cov, 0.0)
    deviations = found.deviations
    if deviations is not None:
        deviations = np.where(alone, 0.0, deviations * (1 - share))
    result = replace(
        found,
        score=score,
        var=var,
        freedom=ratio(var**2, spread, np.inf),
        cov=np.where(np.isnan(score).any(axis=1), np.nan, cov),
        panel_var=added,
        deviations=deviations,
    )
    return result, _marks(given, scored, alone, method)


def _panel_arrays(codes: Sequence[str], panel: Panel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E, V_E (NaN where absent or unknown) and number of experts, each [N, 2]. ValueError on a score off 0–100."""
    cells = [[panel.get(code, {}).get(dimension) for dimension in DIMENSIONS] for code in codes]
    if any(cell is not None and not 0 <= cell.score <= 100 for row in cells for cell in row):
        raise ValueError("panel scores are on 0–100")

    def gather(read) -> np.ndarray:
        return np.array([[read(cell) for cell in row] for row in cells], dtype=float).reshape(len(codes), 2)

    return (
        gather(lambda cell: None if cell is None else cell.score),
        gather(lambda cell: None if cell is None else cell.variance),
        gather(lambda cell: 0 if cell is None else cell.experts),
    )


def _marks(given: np.ndarray, scored: np.ndarray, alone: np.ndarray, method: Method) -> np.ndarray:
    wanted = np.array(method.panel_share) > 0
    return np.select([alone, scored & wanted & given, scored & wanted & ~given], [PANEL_ALONE, BLENDED, NO_PANEL], None)
