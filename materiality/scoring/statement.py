"""Figures from which a run states its cuts in words: values, counts, and how near the nearest issues are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .codes import DIMENSIONS
from .method import Method
from .scores import Estimates
from .tier_names import UNSCORED
from .tiers import DECIMALS, Cuts, share_counts


@dataclass(frozen=True)
class Neighbour:
    """The issue nearest to a cut on one side (first by code among equals), its value and its distance, 0–100."""

    code: str
    value: float
    distance: float


@dataclass(frozen=True)
class CutLine:
    """One cut point or threshold: `name` low, high, society or business; value None where it separates nothing."""

    name: str
    value: float | None
    above: Neighbour | None
    below: Neighbour | None


@dataclass(frozen=True)
class Statement:
    """`issues` in all, `scored` of them have a tier, number per tier, the cuts.

    top and bottom: how many issues the two shares came to; None for other rules.
    """

    issues: int
    scored: int
    tiers: dict[str, int]
    lines: tuple[CutLine, ...]
    top: int | None
    bottom: int | None


def state(found: Estimates, priorities: np.ndarray, tiers: Sequence[str], cuts: Cuts, method: Method) -> Statement:
    """The statement on issues in code order with their `priorities` [N] and tiers."""
    if method.rule == "either":
        values = np.round(found.score, DECIMALS)
        lines = [_line(name, method.thresholds[d], found.codes, values[:, d]) for d, name in enumerate(DIMENSIONS)]
    else:
        lines = [_line(name, getattr(cuts, name), found.codes, priorities) for name in ("low", "high")]
    counts = (None, None)
    if method.rule == "priority" and method.cuts == "shares":
        counts = share_counts(int((~np.isnan(priorities)).sum()), method.q_high, method.q_low)
    number = Counter(tiers)
    return Statement(len(tiers), len(tiers) - number[UNSCORED], dict(number), tuple(lines), *counts)


def _line(name: str, cut: float | None, codes: Sequence[str], values: np.ndarray) -> CutLine:
    if cut is None:
        return CutLine(name, None, None, None)
    above = _nearest(codes, values, np.where(values >= cut, values - cut, np.nan))
    return CutLine(name, float(cut), above, _nearest(codes, values, np.where(values < cut, cut - values, np.nan)))


def _nearest(codes: Sequence[str], values: np.ndarray, distances: np.ndarray) -> Neighbour | None:
    if np.isnan(distances).all():
        return None
    at = int(np.nanargmin(distances))
    return Neighbour(codes[at], float(values[at]), float(distances[at]))
