"""How far tiers hold when the choices of a method are made otherwise: scenarios over the cube."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .cells import Cells, Ratings, cells_of, in_code_order, ratings_of
from .certainty import drawn_to_mean
from .cube import DIMENSIONS, Cube
from .estimates import Estimates
from .method import COMPARABLE, HIGH, LOW, PLAIN, Method
from .panel import Panel, blended
from .run import Counts, score_cells, score_counts
from .tiers import DECIMALS, Cuts, LevelScores, Placing, Tree, levels, mix, place

Tiers = Mapping[str, str]  # tier by issue code
Leveled = Sequence[LevelScores]


@dataclass(frozen=True)
class Basis:
    """What every scenario of a run starts from: its ratings, its method, the tree of issues and the panel; `only` the
    level of this issue is looked at, all of them where it is None.
    """

    ratings: Ratings
    method: Method
    parents: Mapping[str, str]
    panel: Panel
    only: str | None = None

    @cached_property
    def tree(self) -> Tree:
        tree = Tree.of(self.ratings.issues, self.parents, self.ratings.asked.any(axis=(0, 2)))
        return tree if self.only is None else tree.only(self.only)

    @property
    def level_codes(self) -> list[tuple[str, ...]]:
        return [tuple(self.tree.codes[n] for n in at) for _number, at in self.tree.levels]

    def scores(self, method: Method | None = None, ratings: Ratings | None = None) -> Leveled:
        """Scores by level under another method or other ratings."""
        method = method or self.method
        return self._leveled(cells_of(ratings or self.ratings, method), method)

    def scores_of_factors(self, factors: np.ndarray) -> Leveled:
        """Scores [n, I, 2] by level with the weights of the groups times `factors` float[n, G], all above 0."""
        cells = cells_of(self.ratings, self.method)
        return self._leveled(replace(cells, weight=cells.weight * factors[:, :, None]), self.method)

    def tiers(self, method: Method | None = None, ratings: Ratings | None = None) -> Tiers:
        return tiers_at(self.scores(method, ratings), method or self.method)

    def _leveled(self, cells: Cells, method: Method) -> Leveled:
        scored = score_cells(cells, None, method)
        found = scored.estimates
        if self.panel:
            found, _plain, _marks = blended(found, scored.scores.plain, self.panel, method)
        return self.tree.scores(found.score)


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


FACTORS = (0.5, 1.5)
POINTS = (-2.0, 2.0)


@dataclass(frozen=True)
class Scenario:
    """One choice made otherwise. kind: without, weight, cut, rule, estimator, pooled, shrunken or collapsed; what: the
    group (with the factor), cut (with points), rule, estimator or pair of ratings it is about; changed: {code: (tier
    in the run, tier here)}.
    """

    kind: str
    what: tuple[str | float, ...]
    changed: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Robustness:
    """The scenarios, and by issue code the share of them in which its tier holds (None where there is none)."""

    scenarios: tuple[Scenario, ...]
    held: Mapping[str, float | None]


def robustness(
    cube: Cube,
    counts: Counts,
    method: Method,
    parents: Mapping[str, str],
    panel: Panel | None = None,
    without_rule: Mapping[str, Cube] | None = None,
) -> Robustness:
    """All scenarios of a run. `without_rule` holds by screening rule the cube counted as if that rule only marked.

    A scenario that the method does not allow (no weight left, cuts crossed) is left out. Issues and groups as in `run`.
    """
    basis = Basis(counts.ratings, method, parents, panel or {})
    before = basis.tiers()
    found = [
        *_of_groups(basis),
        *_of_cuts(basis),
        *_of_rules(basis, without_rule or {}),
        *_of_estimators(basis),
        *_shrunken(basis, counts),
        *_collapsed(basis, cube),
    ]
    scenarios = tuple(
        Scenario(kind, what, {code: (tier, after[code]) for code, tier in before.items() if after[code] != tier})
        for kind, what, after in found
    )
    number = len(scenarios)
    held = {code: sum(code not in each.changed for each in scenarios) / number if number else None for code in before}
    return Robustness(scenarios, held)


Found = Iterator[tuple[str, tuple[str | float, ...], Tiers]]


def _of_groups(basis: Basis) -> Found:
    for kind, factors in (("without", (0.0,)), ("weight", FACTORS)):
        for group in basis.ratings.groups:
            for factor in factors:
                changed = weights_changed(basis.method, basis.ratings.groups, group, factor)
                if changed is not None:
                    yield kind, (group, factor) if factor else (group,), basis.tiers(changed)


def _of_cuts(basis: Basis) -> Found:
    """Cuts as numbers, each moved on every level; by shares they are those that the shares came to."""
    leveled = basis.scores()
    placings = [place(each.score, basis.method) for each in leveled]
    for name in sorted({name for each in placings for name, _value in named_cuts(each.cuts)}):
        for points in POINTS:
            moved = [_moved(each.cuts, name, points) for each in placings]
            if any(each is not None for each in moved):
                yield "cut", (name, points), _tiers_by_level(leveled, placings, moved, basis.method)


def _moved(cuts: Cuts, name: str, points: float) -> Cuts | None:
    value = getattr(cuts, name)
    return None if value is None else with_cut(cuts, name, value + points)


def _tiers_by_level(leveled: Leveled, placings: list[Placing], moved: list[Cuts | None], method: Method) -> Tiers:
    """A level whose cut cannot be moved keeps the tiers that it has."""
    result = {}
    for found, placing, cuts in zip(leveled, placings, moved, strict=True):
        result.update(tiers_at((found,), method if cuts is None else fixed(method, cuts, placing)))
    return result


def _of_rules(basis: Basis, without_rule: Mapping[str, Cube]) -> Found:
    for rule, cube in sorted(without_rule.items()):
        ordered, plan = in_code_order(cube.aligned(basis.ratings.groups, basis.ratings.issues), basis.ratings.asked)
        yield "rule", (rule,), basis.tiers(ratings=ratings_of(ordered, plan))


def _of_estimators(basis: Basis) -> Found:
    changed = other_estimator(basis.method)
    yield "estimator", (changed.estimator,), basis.tiers(changed)
    if basis.method.weighting != "by_response":
        yield "pooled", (), basis.tiers(replace(basis.method, weighting="by_response"))


def _shrunken(basis: Basis, counts: Counts) -> Found:
    """Values drawn to their mean as far as noise explains their spread."""
    scored = score_counts(counts, basis.method)
    if scored.estimates.deviations is None:
        return
    found, _plain, _marks = blended(scored.estimates, scored.scores.plain, basis.panel, basis.method)
    leveled = levels(found, basis.parents, counts.ratings.asked.any(axis=(0, 2)))
    yield "shrunken", (), tiers_at(tuple(_drawn(each.estimates, basis.method) for each in leveled), basis.method)


def _drawn(found: Estimates, method: Method) -> LevelScores:
    score = found.score.copy()
    if method.rule == "either":
        columns = [(found.score[:, d], found.deviations[..., d], [d]) for d in (0, 1)]
    else:
        columns = [(mix(found.score, method.lam), mix(found.deviations, method.lam), [0, 1])]
    for values, deviations, into in columns:
        scored = ~np.isnan(values)
        for d in into:
            score[scored, d] = drawn_to_mean(values[scored], deviations[:, scored]).centre
            score[~scored, d] = np.nan
    return LevelScores(found.codes, score)


def _collapsed(basis: Basis, cube: Cube) -> Found:
    """The two lowest ratings taken as one, then the two highest."""
    if cube.k < 4:
        return
    for pair in ((1, 2), (cube.k - 1, cube.k)):
        merged = cube.counts
        for axis in (2, 3):
            kept = np.delete(merged, pair[1], axis=axis)
            place_of = [slice(None)] * 4
            place_of[axis] = pair[0]
            kept[tuple(place_of)] += np.take(merged, pair[1], axis=axis)
            merged = kept
        fewer = Cube(cube.groups, cube.issues, cube.k - 1, merged, cube.absent, cube.valid, None)
        ordered, _plan = in_code_order(fewer)
        yield "collapsed", pair, basis.tiers(ratings=ratings_of(ordered, basis.ratings.asked))
