"""Scores of respondents blended with those of an expert panel (scoring.md, Expert panel)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from .cube import DIMENSIONS
from .estimates import Estimates, Sources
from .panel import PanelScore
from .parameters import Method

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
    if found.deviations is not None:
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
