"""What would move an issue to another tier: the nearest weight, cut, λ, group, estimator and rule, by search."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .cells import ratings_of
from .cube import DIMENSIONS, Cube
from .method import Method
from .panel import Panel
from .robustness import Basis, Leveled, Tiers, fixed, named_cuts, other_estimator, tiers_at, weights_changed, with_cut
from .run import Counts
from .tiers import DECIMALS, Placing, place

KINDS = ("weight", "cut", "lam", "without", "estimator", "rule")
FACTORS = sorted((n / 10 for n in range(41) if n != 10), key=lambda factor: (round(abs(factor - 1), 1), factor))
CUT_STEP, LAM_STEPS = 0.1, 100


@dataclass(frozen=True)
class Mover:
    """One change that puts an issue into another tier.

    kind: one of KINDS. what: the group, cut, estimator or rule, "" for λ. to: the factor of the weight, the cut, λ;
    None for the others. tier: where the issue then stands.
    """

    kind: str
    what: str
    to: float | None
    tier: str


@dataclass(frozen=True)
class _Try:
    kind: str
    what: str
    to: float | None
    tiers: Callable[[], Tiers | None]


def movers(
    counts: Counts,
    method: Method,
    parents: Mapping[str, str],
    panel: Panel | None = None,
    without_rule: Mapping[str, Cube] | None = None,
) -> dict[str, dict[str, Mover | None]]:
    """{code: {kind: smallest change, None where nothing within the range moves the issue}}; for "without" and "rule"
    the first by name. Of two changes of equal size the lower value is named. `without_rule` as in robustness.
    """
    basis = Basis(counts.ratings, method, parents, panel or {})
    leveled = basis.scores()
    before = tiers_at(leveled, method)
    found = {code: dict.fromkeys(KINDS) for code in before}
    for tries in (
        _weights(basis),
        _lams(basis, leveled),
        _without(basis),
        _estimator(basis),
        _rules(basis, without_rule or {}),
    ):
        _search(found, before, tries)
    for estimates in leveled:
        placing = place(estimates.score, method)
        for at, code in enumerate(estimates.codes):
            found[code]["cut"] = _cut(estimates.score[at], placing, at, method)
    return found


def _search(found: dict[str, dict[str, Mover | None]], before: Tiers, tries: Iterable[_Try]) -> None:
    """Try after try, from the smallest change up, until every issue has moved."""
    waiting = set(before)
    for each in tries:
        if not waiting:
            return
        after = each.tiers()
        if after is None:
            continue
        for code in [code for code in waiting if after[code] != before[code]]:
            found[code][each.kind] = Mover(each.kind, each.what, each.to, after[code])
            waiting.discard(code)


def _weights(basis: Basis) -> Iterable[_Try]:
    groups = basis.ratings.groups
    for factor in FACTORS:
        for group in groups:
            changed = weights_changed(basis.method, groups, group, factor)
            if changed is not None and basis.method.weight_matrix([group]).any():
                yield _Try("weight", group, factor, lambda changed=changed: basis.tiers(changed))


def _lams(basis: Basis, leveled: Leveled) -> Iterable[_Try]:
    if basis.method.rule == "either":
        return
    own = basis.method.lam
    for step in range(1, LAM_STEPS + 1):
        for lam in (round(own - step / LAM_STEPS, DECIMALS), round(own + step / LAM_STEPS, DECIMALS)):
            if 0 <= lam <= 1:
                changed = replace(basis.method, lam=lam)
                # with all_groups λ also decides which dimensions an issue needs
                again = basis.method.all_groups and lam in (0, 1)
                yield _Try(
                    "lam",
                    "",
                    lam,
                    lambda changed=changed, again=again: basis.tiers(changed) if again else tiers_at(leveled, changed),
                )


def _without(basis: Basis) -> Iterable[_Try]:
    for group in basis.ratings.groups:
        changed = weights_changed(basis.method, basis.ratings.groups, group, 0.0)
        if changed is not None:
            yield _Try("without", group, None, lambda changed=changed: basis.tiers(changed))


def _estimator(basis: Basis) -> Iterable[_Try]:
    changed = other_estimator(basis.method)
    yield _Try("estimator", changed.estimator, None, lambda: basis.tiers(changed))


def _rules(basis: Basis, without_rule: Mapping[str, Cube]) -> Iterable[_Try]:
    groups, issues = basis.ratings.groups, basis.ratings.issues
    for rule, cube in sorted(without_rule.items()):
        ratings = ratings_of(cube.aligned(groups, issues), basis.ratings.asked)
        yield _Try("rule", rule, None, lambda ratings=ratings: basis.tiers(ratings=ratings))


def _cut(score: np.ndarray, placing: Placing, at: int, method: Method) -> Mover | None:
    """The nearest cut, moved in steps of 0.1 until it passes the issue."""
    best = None
    for name, cut in named_cuts(placing.cuts):
        value = float(score[DIMENSIONS.index(name)] if name in DIMENSIONS else placing.priority[at])
        if math.isnan(value):
            continue
        steps = _steps(round(value, DECIMALS), cut)
        changed = with_cut(placing.cuts, name, cut + steps * CUT_STEP)
        if changed is None or (best is not None and abs(steps) >= best[0]):
            continue
        after = place(score[None], fixed(method, changed, placing)).tiers[0]
        if after != placing.tiers[at]:
            best = abs(steps), Mover("cut", name, getattr(changed, name), after)
    return best and best[1]


def _steps(value: float, cut: float) -> int:
    """The fewest steps after which the cut lies on the other side of `value`; reached means value >= cut."""
    if value >= cut:
        steps = math.floor((value - cut) / CUT_STEP)
        return steps if round(cut + steps * CUT_STEP, DECIMALS) > value else steps + 1
    steps = math.ceil((value - cut) / CUT_STEP)
    return steps if round(cut + steps * CUT_STEP, DECIMALS) <= value else steps - 1
