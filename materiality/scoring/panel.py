"""Scores of an expert panel, and of respondents blended with them (scoring.md, Expert panel)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, variance

import numpy as np

from .cube import DIMENSIONS
from .estimates import Estimates, Sources
from .method import Method

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


def blended(
    found: Estimates, plain: np.ndarray, panel: Panel, method: Method
) -> tuple[Estimates, np.ndarray, np.ndarray]:
    """S' and its deviations, p' float[N, 2], and a mark per issue and dimension (None where no panel plays a part).

    ValueError on a panel score off 0–100.
    """
    scores, variances, experts = _panel_arrays(found.codes, panel)
    given, scored = ~np.isnan(scores), ~np.isnan(found.score)
    alone = given & ~scored & method.panel_alone
    share = np.where(given & scored, np.array(method.panel_share), np.where(alone, 1.0, 0.0))
    mixed = np.where(share > 0, share * np.where(given, scores, 0.0), 0.0)
    score = np.where(alone, scores, (1 - share) * found.score + mixed)
    mean = np.where(np.isnan(plain) | alone, plain, (1 - share) * plain + mixed)
    wanted = np.array(method.panel_share) > 0
    marks = np.select(
        [alone, scored & wanted & given, scored & wanted & ~given], [PANEL_ALONE, BLENDED, NO_PANEL], None
    )
    known = np.where(alone, True, found.known) & ~((share > 0) & np.isnan(variances))
    result = replace(found, score=score, known=known)
    if found.deviations is not None and share.any():
        result = _with_panel(result, share, np.sqrt(variances), experts, alone)
    return result, mean, marks


def _with_panel(
    found: Estimates, share: np.ndarray, spread: np.ndarray, experts: np.ndarray, alone: np.ndarray
) -> Estimates:
    """The deviations times (1 − a), and one more of a √V_E for each issue and dimension that has it."""
    size = np.where(share > 0, share * np.nan_to_num(spread), 0.0)
    issue, dimension = np.nonzero(size)
    own = np.zeros((len(issue), *size.shape))
    own[np.arange(len(issue)), issue, dimension] = size[issue, dimension]
    sources = Sources(found.sources.owner, found.sources.held, experts[issue, dimension].astype(int))
    groups = np.where(alone, 0.0, found.deviations * (1 - share))
    return replace(found, deviations=np.concatenate([groups, own]), sources=sources)


def _panel_arrays(codes: Sequence[str], panel: Panel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E, V_E (NaN where absent or unknown) and number of experts, each [N, 2]."""
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
