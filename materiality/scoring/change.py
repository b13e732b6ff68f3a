"""Change between two runs, like with like: both fitted anew over the groups that count in both (scoring.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .cells import cells_of, ratio
from .cube import DIMENSIONS
from .estimates import LEAST_FREEDOM, Estimates, t_quantile
from .method import Method, MethodProblem
from .run import Counts, plain_values, score_cells
from .tiers import levels


@dataclass(frozen=True)
class IssueChange:
    """S_B − S_A of one issue by dimension with its 95 % interval, in points; None where it is not known. The years are
    taken as independent.
    """

    code_a: str
    code_b: str
    change: Mapping[str, float | None]
    low: Mapping[str, float | None]
    high: Mapping[str, float | None]


@dataclass(frozen=True)
class Changes:
    """groups by dimension: those that count in both; without any there is no change on that dimension."""

    groups: Mapping[str, tuple[str, ...]]
    issues: tuple[IssueChange, ...]


@dataclass(frozen=True)
class CountedSide:
    """One side of a comparison: what was counted, the parent of each issue in scope, weights are those of B."""

    counts: Counts
    parents: Mapping[str, str]


def changes(a: CountedSide, b: CountedSide, method: Method, pairs: Iterable[tuple[str, str]]) -> Changes:
    """Changes of the issues joined by `pairs` (code in A, code in B: kept, renamed or moved) under B's `method`."""
    both = _counting(a.counts, method) & _counting(b.counts, method, a.counts.ratings.groups)
    names = a.counts.ratings.groups
    common = {name: tuple(group for g, group in enumerate(names) if both[g, d]) for d, name in enumerate(DIMENSIONS)}
    before, after = (_rows(each, method, common) for each in (a, b))
    issues = [_change(pair, before, after) for pair in pairs if pair[0] in before and pair[1] in after]
    return Changes(common, tuple(issues))


def _counting(counts: Counts, method: Method, groups: tuple[str, ...] | None = None) -> np.ndarray:
    """bool[G, 2]: groups with a cell that counts, in the order of `groups`."""
    found = cells_of(counts.ratings, method).counts.any(axis=1)
    if groups is None:
        return found
    place = {group: g for g, group in enumerate(counts.ratings.groups)}
    nothing = np.zeros(2, dtype=bool)
    return np.array([found[place[group]] if group in place else nothing for group in groups]).reshape(-1, 2)


@dataclass(frozen=True)
class _Row:
    score: np.ndarray
    var: np.ndarray
    spread: np.ndarray


def _rows(edition: CountedSide, method: Method, common: Mapping[str, tuple[str, ...]]) -> dict[str, _Row]:
    """Score, V and Σ V_g²/ν_g by issue code, over the common groups alone."""
    counts, result = edition.counts, {}
    cells = cells_of(counts.ratings, method)
    kept = np.array([[group in common[name] for name in DIMENSIONS] for group in counts.ratings.groups], dtype=bool)
    kept = kept.reshape(-1, 2)
    cells = replace(cells, weight=cells.weight * kept, wanted=cells.wanted & kept, counts=cells.counts & kept[:, None])
    scored = score_cells(cells, counts.deviations(cells), method)
    for level in levels(scored.estimates, edition.parents, counts.ratings.asked.any(axis=(0, 2))):
        found = level.estimates
        spread = _spread(found)
        result.update({code: _Row(found.score[n], found.var[n], spread[n]) for n, code in enumerate(found.codes)})
    return result


def _spread(found: Estimates) -> np.ndarray:
    return np.full(found.score.shape, np.nan) if found.deviations is None else found.freedom_terms[1]


def _change(pair: tuple[str, str], before: Mapping[str, _Row], after: Mapping[str, _Row]) -> IssueChange:
    a, b = before[pair[0]], after[pair[1]]
    moved, var = b.score - a.score, a.var + b.var
    freedom = np.maximum(ratio(var**2, a.spread + b.spread, np.inf), LEAST_FREEDOM)
    half = t_quantile(freedom) * np.sqrt(np.where(var > 0, var, np.nan))
    columns = [dict(zip(DIMENSIONS, plain_values(each), strict=True)) for each in (moved, moved - half, moved + half)]
    return IssueChange(*pair, *columns)


def frozen_cuts_refused(
    method_a: Method, groups_a: Iterable[str], k_a: int, method_b: Method, groups_b: Iterable[str], k_b: int
) -> list[MethodProblem]:
    """Why cuts frozen as numbers in A do not fit B; empty where they do.

    Codes: other_groups (only_a, only_b), other_weights (groups), other_weighting, other_estimator, other_scale (a, b).
    """
    a, b = _wanted(method_a, groups_a), _wanted(method_b, groups_b)
    problems = []
    if a.keys() != b.keys():
        only = {"only_a": sorted(a.keys() - b.keys()), "only_b": sorted(b.keys() - a.keys())}
        problems.append(MethodProblem("groups", "other_groups", only))
    if differing := sorted(group for group in a.keys() & b.keys() if not np.allclose(a[group], b[group])):
        problems.append(MethodProblem("weights", "other_weights", {"groups": differing}))
    pairs = {
        "weighting": ("other_weighting", method_a.weighting, method_b.weighting),
        "estimator": ("other_estimator", method_a.estimator, method_b.estimator),
        "k": ("other_scale", k_a, k_b),
    }
    return problems + [MethodProblem(name, code, {"a": x, "b": y}) for name, (code, x, y) in pairs.items() if x != y]


def _wanted(method: Method, groups: Iterable[str]) -> dict[str, np.ndarray]:
    """Weights of the groups with a weight above 0, relative within each dimension over all of them."""
    names = sorted(groups)
    matrix = method.weight_matrix(names)
    matrix = matrix * ratio(1.0, matrix.sum(axis=0), 0.0)
    return {group: row for group, row in zip(names, matrix, strict=True) if (row > 0).any()}
