"""Blending the scores of respondents with those of an expert panel."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from .codes import DIMENSIONS
from .method import Method
from .panel_ratings import PanelScore
from .scores import Estimates, ratio

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
