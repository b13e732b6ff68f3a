"""Robustness, what would move an issue, and changes between runs."""

from dataclasses import replace

import numpy as np
import pytest

from materiality.scoring.change import CountedSide, changes, frozen_cuts_refused
from materiality.scoring.estimates import t_quantile
from materiality.scoring.method import Method
from materiality.scoring.movers import movers
from materiality.scoring.robustness import robustness
from materiality.scoring.run import Counts, run

from .responses import random_answers

ANSWERS = random_answers(11, 240, 3, 14, absent=0.2, whole=True)
CUBE, COUNTS = ANSWERS.cube(), Counts.of(ANSWERS.cube())
PARENTS = {code: f"P{n // 3}" for n, code in enumerate(ANSWERS.issues)}
METHODS = [
    Method(),
    Method(cuts="absolute", cut_low=45, cut_high=55),
    Method(rule="either", thresholds="shares", q_society=0.3, q_business=0.3),
    Method(rule="either", threshold_society=55, threshold_business=50),
]


def tiers(method, counts=COUNTS):
    result = run(counts, method, PARENTS)
    return {each.code: each.tier for each in (*result.issues, *result.primary_issues)}


@pytest.mark.parametrize("method", METHODS)
def test_robustness_scenarios_agree_with_runs(method):
    found = robustness(CUBE, COUNTS, method, PARENTS)
    before = tiers(method)
    by_what = {(each.kind, *each.what): each.changed for each in found.scenarios}
    others = {
        ("without", "g1"): replace(method, weights={"g1": {"society": 0, "business": 0}}),
        ("weight", "g2", 1.5): replace(method, weights={"g2": {"society": 1.5, "business": 1.5}}),
        ("estimator", "plain"): replace(method, estimator="plain"),
        ("pooled",): replace(method, weighting="by_response"),
    }
    for what, other in others.items():
        after = tiers(other)
        assert by_what[what] == {code: (before[code], after[code]) for code in before if after[code] != before[code]}
    code = next(iter(before))
    held = [code not in each.changed for each in found.scenarios]
    assert found.held[code] == sum(held) / len(held)


def test_robustness_moves_absolute_cuts():
    method = METHODS[1]
    found = robustness(CUBE, COUNTS, method, PARENTS)
    cuts = {each.what: each.changed for each in found.scenarios if each.kind == "cut"}
    assert set(cuts) == {("low", -2.0), ("low", 2.0), ("high", -2.0), ("high", 2.0)}
    before, after = tiers(method), tiers(replace(method, cut_high=57))
    assert cuts[("high", 2.0)] == {code: (before[code], after[code]) for code in before if after[code] != before[code]}
    assert cuts[("high", 2.0)]


def test_robustness_collapses_the_two_highest_ratings():
    found = robustness(CUBE, COUNTS, METHODS[1], PARENTS)
    ratings = np.where((ANSWERS.ratings == 5), 4, ANSWERS.ratings).astype(np.uint8)
    fewer = Counts.of(replace(ANSWERS, ratings=ratings, k=4).cube())
    before, after = tiers(METHODS[1]), tiers(METHODS[1], fewer)
    changed = next(each.changed for each in found.scenarios if (each.kind, each.what) == ("collapsed", (4, 5)))
    assert changed == {code: (before[code], after[code]) for code in before if after[code] != before[code]}
    assert changed


def test_robustness_and_movers_know_screening_rules():
    rest = random_answers(12, 240, 3, 14, absent=0.2, whole=True)
    more = CUBE + rest.cube()
    before, after = tiers(Method()), tiers(Method(), Counts.of(more))
    changed = {code: (before[code], after[code]) for code in before if after[code] != before[code]}
    found = robustness(CUBE, COUNTS, Method(), PARENTS, without_rule={"speeding": more.without_parts()})
    assert [each.changed for each in found.scenarios if each.kind == "rule"] == [changed]
    moved = movers(COUNTS, Method(), PARENTS, without_rule={"speeding": more.without_parts()})
    assert {code for code, each in moved.items() if each["rule"]} == set(changed)
    assert changed


@pytest.mark.parametrize("method", METHODS)
def test_movers_do_what_they_say_and_nothing_smaller_does(method):
    before, found = tiers(method), movers(COUNTS, method, PARENTS)
    seen, nearest = set(), dict.fromkeys(before, 9.0)
    for factor in (0, 0.5, 0.8, 0.9, 1.1, 1.2, 1.5, 2.7, 4):
        for group in ANSWERS.groups:
            after = tiers(replace(method, weights={group: {"society": factor, "business": factor}}))
            for code in before:
                if after[code] != before[code]:
                    nearest[code] = min(nearest[code], abs(factor - 1))
    for code, kinds in found.items():
        if mover := kinds["weight"]:
            weights = {mover.what: {"society": mover.to, "business": mover.to}}
            assert tiers(replace(method, weights=weights))[code] == mover.tier != before[code]
            seen.add("weight")
        assert (abs(mover.to - 1) if mover else 9) <= nearest[code] + 1e-9
        if mover := kinds["lam"]:
            assert tiers(replace(method, lam=mover.to))[code] == mover.tier != before[code]
            seen.add("lam")
    assert "weight" in seen and ("lam" in seen) == (method.rule == "priority")


def test_movers_name_the_nearest_absolute_cut():
    method = METHODS[1]
    found = movers(COUNTS, method, PARENTS)
    scores = {each.code: each.priority for each in run(COUNTS, method, PARENTS).issues}
    for code, priority in scores.items():
        mover = found[code]["cut"]
        other = {"low": replace(method, cut_low=mover.to), "high": replace(method, cut_high=mover.to)}[mover.what]
        assert tiers(other)[code] == mover.tier
        own = getattr(method, f"cut_{mover.what}")
        assert (mover.to - own) * 10 == pytest.approx(round((mover.to - own) * 10), abs=1e-6)
        assert abs(mover.to - own) - abs(priority - own) <= 0.1 + 1e-9


def test_change_of_two_years_over_common_groups():
    other = random_answers(13, 200, 4, 14, absent=0.2, whole=True)
    later = Counts.of(other.cube())
    found = changes(CountedSide(COUNTS, {}), CountedSide(later, {}), Method(), [("I-00", "I-01")])
    assert found.groups == {"society": ("g0", "g1", "g2"), "business": ("g0", "g1", "g2")}
    weights = {"g3": {"society": 0, "business": 0}}
    a = run(COUNTS, Method(), {}).issues[0]
    b = run(later, Method(weights=weights), {}).issues[1]
    change = found.issues[0]
    assert change.change["society"] == pytest.approx(b.society - a.society)
    half = (change.high["society"] - change.low["society"]) / 2
    assert half**2 / (a.var_society + b.var_society) == pytest.approx(t_quantile(150) ** 2, rel=0.02)


def test_change_without_a_common_group_is_not_given():
    other = random_answers(13, 200, 2, 14, whole=True)
    apart = Counts.of(replace(other, groups=("x", "y")).cube())
    found = changes(CountedSide(COUNTS, {}), CountedSide(apart, {}), Method(), [("I-00", "I-00")])
    assert found.groups == {"society": (), "business": ()}
    assert found.issues[0].change == {"society": None, "business": None}


def test_frozen_cuts_are_refused_with_every_reason():
    a, b = (
        Method(weights={"u": {"society": 2}}),
        Method(estimator="plain", weights={"w": {"society": 0, "business": 0}}),
    )
    assert frozen_cuts_refused(a, ("u", "v"), 5, a, ("u", "v"), 5) == []
    found = frozen_cuts_refused(a, ("u", "v"), 5, b, ("u", "v", "w", "z"), 7)
    assert [each.code for each in found] == ["other_groups", "other_weights", "other_estimator", "other_scale"]
    assert found[0].params == {"only_a": [], "only_b": ["z"]}
