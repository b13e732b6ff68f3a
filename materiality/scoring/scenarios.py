"""Tiers of all issues under another method, without sampling error: what robustness and movers are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .blending import Panel, blended
from .cells import Ratings, cells_of
from .cube import DIMENSIONS
from .estimates import Estimates
from .levels import levels
from .method import HIGH, LOW
from .parameters import COMPARABLE, PLAIN, Method
from .placing import DECIMALS, Cuts, Placing, place
from .run import score_cells

Tiers = Mapping[str, str]  # tier by issue code
Leveled = tuple[Estimates, ...]


@dataclass(frozen=True)
class Basis:
    """What every scenario of a run starts from: its ratings, its method, the tree of issues and the panel."""

    ratings: Ratings
    method: Method
    parents: Mapping[str, str]
    panel: Panel

    def scores(self, method: Method | None = None, ratings: Ratings | None = None) -> Leveled:
        """Scores by level under another method or other ratings, without deviations."""
        method, ratings = method or self.method, ratings or self.ratings
        scored = score_cells(cells_of(ratings, method), None, method)
        found = scored.estimates
        if self.panel:
            found, _plain, _marks = blended(found, scored.scores.plain, self.panel, method)
        return tuple(each.estimates for each in levels(found, self.parents, ratings.asked.any(axis=(0, 2))))

    def tiers(self, method: Method | None = None, ratings: Ratings | None = None) -> Tiers:
        return tiers_at(self.scores(method, ratings), method or self.method)


def tiers_at(leveled: Leveled, method: Method) -> Tiers:
    """Tiers by the rule of `method`, each level among itself."""
    return {
        code: tier
        for found in leveled
        for code, tier in zip(found.codes, place(found.score, method).tiers.tolist(), strict=True)
    }


def weights_changed(method: Method, groups: tuple[str, ...], group: str, factor: float) -> Method | None:
    """The method with both weights of a group times `factor`; None where a dimension would have no weight left."""
    old = dict(zip(DIMENSIONS, method.weight_matrix([group])[0].tolist(), strict=True))
    weights = {**method.weights, group: {name: factor * value for name, value in old.items()}}
    changed = replace(method, weights=weights)
    return changed if (changed.weight_matrix(groups) > 0).any(axis=0).all() else None


def other_estimator(method: Method) -> Method:
    return replace(method, estimator=PLAIN if method.estimator == COMPARABLE else COMPARABLE)


def fixed(method: Method, cuts: Cuts, placing: Placing) -> Method:
    """The method with `cuts` as numbers; one that separates nothing lies beyond all issues, as `placing` has it."""
    if method.rule == "either":
        ends = np.where(placing.reached.any(axis=0), -np.inf, np.inf).tolist()
        first, second = _or((cuts.society, cuts.business), ends)
        return replace(method, thresholds="absolute", threshold_society=first, threshold_business=second)
    ends = np.inf if (placing.tiers == LOW).any() else -np.inf, -np.inf if (placing.tiers == HIGH).any() else np.inf
    low, high = _or((cuts.low, cuts.high), ends)
    return replace(method, cuts="absolute", cut_low=low, cut_high=high)


def _or(values: tuple[float | None, ...], otherwise: Sequence[float]) -> list[float]:
    return [end if value is None else value for value, end in zip(values, otherwise, strict=True)]


def named_cuts(cuts: Cuts) -> Iterator[tuple[str, float]]:
    for name in ("low", "high", *DIMENSIONS):
        if (value := getattr(cuts, name)) is not None:
            yield name, value


def with_cut(cuts: Cuts, name: str, value: float) -> Cuts | None:
    """The cuts with one of them elsewhere; None where it would leave the scale or low would lie above high."""
    changed = replace(cuts, **{name: round(value, DECIMALS)})
    if not 0 <= value <= 100 or (None not in (changed.low, changed.high) and changed.low > changed.high):
        return None
    return changed
