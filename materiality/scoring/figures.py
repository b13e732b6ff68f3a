"""Figures of a run: habits, share of variance, disagreement, halo, warnings (scoring.md)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .cells import FEW_SHARED, Cells, Fit, ratio, shared_issues
from .cube import DIMENSIONS
from .estimates import Estimates, Z
from .tiers import DECIMALS, mix

DOMINANT = 0.5  # share of the variance
HALO = 0.8  # corrected correlation
LEAST_FOR_HALO = 3
PANEL = "panel"


@dataclass(frozen=True)
class Halo:
    """Correlation of the two scores over issues, plain and corrected for noise, and the issues off the diagonal."""

    r: float | None
    r_corrected: float | None
    off_diagonal: tuple[str, ...]


def habits(cells: Cells, fits: tuple[Fit, Fit]) -> dict[str, dict[str, float]]:
    """b of every group in points on 0–100; a dimension in which the group counts nowhere is absent."""
    found = [each.habit.tolist() for each in fits]
    return {
        group: {name: found[d][g] for d, name in enumerate(DIMENSIONS) if not math.isnan(found[d][g])}
        for g, group in enumerate(cells.ratings.groups)
    }


def variance_share(found: Estimates, groups: Sequence[str], lam: float) -> dict[str, float | None]:
    """Share of Σ Var P over the issues with a priority by group, and of the panel where it adds any."""
    if found.deviations is None:
        return dict.fromkeys(groups)
    scored = ~np.isnan(mix(found.score, lam)) & mix_known(found.known, lam)
    squares = (mix(found.deviations[:, scored], lam) ** 2).sum(axis=1)
    own, panel = found.sources.by_group(squares).tolist(), float(found.sources.of_panel(squares).sum())
    total = sum(own) + panel
    result = {group: share / total if total > 0 else None for group, share in zip(groups, own, strict=True)}
    return {**result, PANEL: panel / total} if panel > 0 else result


def mix_known(known: np.ndarray, lam: float) -> np.ndarray:
    """Whether the variance of each priority is known, from `known` bool[N, 2]."""
    return (known | ~np.array([lam > 0, lam < 1])).all(axis=1)


def disagreement(cells: Cells, fits: tuple[Fit, Fit], var: np.ndarray) -> np.ndarray:
    """D float[I, 2] in points on 0–100, NaN where fewer than two groups count; `var` float[G, I, 2] is V_c."""
    habit = np.stack([np.nan_to_num(each.habit) for each in fits], axis=1)
    number = cells.counts.sum(axis=0)
    return spread_beyond_chance(cells.counts, cells.ratings.score - habit[:, None], var, number)


def spread_beyond_chance(counts: np.ndarray, level: np.ndarray, var: np.ndarray, number: np.ndarray) -> np.ndarray:
    """√max(0, variance of `level` − mean of `var`) over the groups that count; arrays [G, ...], number [...]."""
    held = np.where(counts, level, 0.0)
    mean = ratio(held.sum(axis=0), number, 0.0)
    between = ratio(np.where(counts, (held - mean) ** 2, 0.0).sum(axis=0), number - 1, np.nan)
    chance = ratio(np.where(counts, var, 0.0).sum(axis=0), number, 0.0)
    return np.sqrt(np.maximum(0.0, between - chance))


def halo(found: Estimates) -> Halo:
    """How far the two scores go together over the issues scored on both dimensions."""
    both = ~np.isnan(found.score).any(axis=1)
    score, n = found.score[both], int(both.sum())
    if n < LEAST_FOR_HALO:
        return Halo(None, None, ())
    rounded = np.round(score, DECIMALS)
    # The mean of equal scores is not always their value, and would leave a variance of nothing but rounding.
    matrix = np.cov(rounded.T) * np.outer(*[np.ptp(rounded, axis=0) > 0] * 2)
    plain = correlation(matrix[0, 1], matrix[0, 0], matrix[1, 1])
    if found.deviations is None or not found.known[both].all():
        return Halo(plain, None, ())
    moved = found.deviations[:, both]
    moved = moved - moved.mean(axis=1, keepdims=True)
    noise = np.einsum("knd,kne->de", moved, moved) / (n - 1)
    corrected = correlation(*(matrix - noise)[[0, 0, 1], [1, 0, 1]])
    apart = score[:, 0] - score[:, 1]
    spread = np.sqrt(((moved[..., 0] - moved[..., 1]) ** 2).sum(axis=0))
    off = np.round(np.abs(apart - apart.mean()) - Z * spread, DECIMALS) > 0
    codes = [code for code, kept in zip(found.codes, both.tolist(), strict=True) if kept]
    return Halo(plain, corrected, tuple(code for code, away in zip(codes, off.tolist(), strict=True) if away))


def correlation(cov: float, first: float, second: float) -> float | None:
    if first <= 0 or second <= 0:
        return None
    return float(np.clip(cov / math.sqrt(first * second), -1, 1))


def warnings(
    cells: Cells,
    fits: tuple[Fit, Fit],
    shares: Mapping[str, float | None],
    found: Halo,
    one_cluster: Sequence[tuple[str, str]],
) -> list[dict[str, object]]:
    """All warnings of a run, sorted by code, dimension and group; `one_cluster` holds (survey, group)."""
    result = [{"code": "one_cluster", "survey": survey, "group": group} for survey, group in one_cluster]
    for d, dimension in enumerate(DIMENSIONS):
        result += _links(cells, fits[d], cells.counts[:, :, d], dimension)
    for group, share in shares.items():
        if group != PANEL and share is not None and share > DOMINANT:
            result.append({"code": "dominant_group", "group": group, "share": share})
    for g in np.flatnonzero((cells.ratings.valid == 0) & cells.wanted.any(axis=1)).tolist():
        result.append({"code": "no_responses", "group": cells.ratings.groups[g]})
    if found.r_corrected is not None and found.r_corrected > HALO:
        result.append({"code": "halo", "r_corrected": found.r_corrected})
    return sorted(result, key=lambda each: tuple(each.get(key, "") for key in ("code", "dimension", "group", "survey")))


def _links(cells: Cells, fit: Fit, counts: np.ndarray, dimension: str) -> list[dict[str, object]]:
    groups, issues = cells.ratings.groups, cells.ratings.issues
    result = []
    if len(fit.components) > 1:
        named = [
            {"groups": [groups[g] for g in each.groups], "issues": [issues[i] for i in each.issues]}
            for each in fit.components
        ]
        result.append({"code": "not_comparable", "dimension": dimension, "components": named})
    present = counts.any(axis=1)
    if present.sum() > 1:
        shared = shared_issues(counts)
        for g in np.flatnonzero(present & (shared < FEW_SHARED)).tolist():
            where = {"dimension": dimension, "group": groups[g], "shared": int(shared[g])}
            result.append({"code": "thin_link", **where})
    return result
