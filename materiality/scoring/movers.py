"""What would move an issue to another tier: the nearest weight, cut, λ, group, estimator and rule, by search."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .cells import Ratings, ratings_of
from .cube import DIMENSIONS, Cube
from .method import Method
from .panel import Panel
from .robustness import Basis, Leveled, fixed, named_cuts, other_estimator, weights_changed, with_cut
from .run import Counts
from .tiers import DECIMALS, LevelScores, Placing, place, priority_tiers, tier_table

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
class _Tries:
    """Changes of one kind from the smallest up, (what, to) each, and the tiers [n, N] under them level by level."""

    kind: str
    named: Sequence[tuple[str, float | None]]
    tiers: Sequence[np.ndarray]


def movers(
    counts: Counts,
    method: Method,
    parents: Mapping[str, str],
    panel: Panel | None = None,
    without_rule: Mapping[str, Cube] | None = None,
    only: str | None = None,
) -> dict[str, dict[str, Mover | None]]:
    """{code: {kind: smallest change, None where nothing within the range moves the issue}}; for "without" and "rule"
    the first by name. Of two changes of equal size the lower value is named. `without_rule` as in robustness; `only`
    names the one issue that is asked about.
    """
    basis = Basis(counts.ratings, method, parents, panel or {}, only)
    leveled = basis.scores()
    placings = [place(each.score, method) for each in leveled]
    found = {code: dict.fromkeys(KINDS) for each in leveled for code in each.codes if only in (None, code)}
    for tries in (
        _weights(basis),
        _lams(basis, leveled),
        _without(basis),
        _estimator(basis),
        _rules(basis, without_rule or {}),
    ):
        for n, table in enumerate(tries.tiers if tries.named else ()):
            _note(found, tries, leveled[n].codes, table, table != placings[n].tiers)
    for estimates, placing in zip(leveled, placings, strict=True):
        for at, code in enumerate(estimates.codes):
            if code in found:
                found[code]["cut"] = _cut(estimates.score[at], placing, at, method)
    return found


def _note(
    found: dict[str, dict[str, Mover | None]], tries: _Tries, codes: Sequence[str], tiers: np.ndarray, moved: np.ndarray
) -> None:
    """The first change that moves each issue; `tiers` and `moved` [n, N]."""
    first = moved.argmax(axis=0)
    for at in np.flatnonzero(moved.any(axis=0)).tolist():
        if codes[at] in found:
            what, to = tries.named[first[at]]
            found[codes[at]][tries.kind] = Mover(tries.kind, what, to, tiers[first[at], at])


def _weights(basis: Basis) -> _Tries:
    """Factors above 0 are counted together, as the same cells count under all of them."""
    groups, method = basis.ratings.groups, basis.method
    pairs = [(factor, g) for factor in FACTORS for g, own in enumerate(method.weight_matrix(groups)) if own.any()]
    pairs = [pair for pair in pairs if pair[0] or weights_changed(method, groups, groups[pair[1]], 0.0)]
    above = [n for n, (factor, _g) in enumerate(pairs) if factor > 0]
    factors = np.ones((len(above), len(groups)))
    factors[np.arange(len(above)), [pairs[n][1] for n in above]] = [pairs[n][0] for n in above]
    tables = [np.empty((len(pairs), len(codes)), dtype=object) for codes in basis.level_codes]
    for table, each in zip(tables, basis.scores_of_factors(factors), strict=True):
        table[above] = tier_table(each.score, method)
    for n in set(range(len(pairs))) - set(above):
        without = weights_changed(method, groups, groups[pairs[n][1]], 0.0)
        for table, row in zip(tables, _tables(basis, [(without, None)]), strict=True):
            table[n] = row[0]
    return _Tries("weight", [(groups[g], factor) for factor, g in pairs], tables)


def _tables(basis: Basis, changes: Sequence[tuple[Method | None, Ratings | None]]) -> list[np.ndarray]:
    """Tiers [n, N] by level under other methods or ratings."""
    rows = [
        [place(each.score, method or basis.method).tiers for each in basis.scores(method, ratings)]
        for method, ratings in changes
    ]
    return [np.array(column, dtype=object) for column in zip(*rows, strict=True)]


def _lams(basis: Basis, leveled: Leveled) -> _Tries:
    own, method = basis.method.lam, basis.method
    steps = [round(own + sign * step / LAM_STEPS, DECIMALS) for step in range(1, LAM_STEPS + 1) for sign in (-1, 1)]
    # At an end fewer scores are needed, by all_groups too.
    ends = [lam for lam in steps if lam in (0, 1)]
    inner = [lam for lam in steps if 0 < lam < 1]
    if method.rule == "either":
        return _Tries("lam", [], [])
    tables = [_lam_table(each, inner, method) for each in leveled]
    at_ends = _tables(basis, [(replace(method, lam=lam), None) for lam in ends])
    if at_ends:
        tables = [np.concatenate(pair) for pair in zip(tables, at_ends, strict=True)]
    order = sorted(range(len(inner) + len(ends)), key=lambda n: steps.index([*inner, *ends][n]))
    return _Tries("lam", [("", [*inner, *ends][n]) for n in order], [table[order] for table in tables])


def _lam_table(found: LevelScores, lams: Sequence[float], method: Method) -> np.ndarray:
    score, lam = np.round(found.score, DECIMALS), np.array(lams)[:, None]
    return priority_tiers(np.round(lam * score[:, 0] + (1 - lam) * score[:, 1], DECIMALS), method)


def _without(basis: Basis) -> _Tries:
    groups = basis.ratings.groups
    changed = {group: weights_changed(basis.method, groups, group, 0.0) for group in groups}
    kept = {group: method for group, method in changed.items() if method is not None}
    return _Tries(
        "without", [(group, None) for group in kept], _tables(basis, [(each, None) for each in kept.values()])
    )


def _estimator(basis: Basis) -> _Tries:
    changed = other_estimator(basis.method)
    return _Tries("estimator", [(changed.estimator, None)], _tables(basis, [(changed, None)]))


def _rules(basis: Basis, without_rule: Mapping[str, Cube]) -> _Tries:
    groups, issues = basis.ratings.groups, basis.ratings.issues
    rules = sorted(without_rule)
    found = [ratings_of(without_rule[rule].aligned(groups, issues), basis.ratings.asked) for rule in rules]
    return _Tries("rule", [(rule, None) for rule in rules], _tables(basis, [(None, each) for each in found]))


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
