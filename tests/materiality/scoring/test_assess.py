"""Primary issues: derived from their secondaries, or rated themselves."""

import json
import math
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.assess import as_json, assess
from materiality.scoring.method import Method
from materiality.scoring.scores import t_quantile

from . import slow
from .responses import Answers, answers, random_answers, table

ANSWERS = random_answers(21, 200, 2, 6, absent=0.1, whole=True)
PARENTS = {"I-00": "P1", "I-01": "P1", "I-02": "P1", "I-03": "P2", "I-04": "P2", "I-05": "P3"}


def members(primary):
    return [code for code, parent in PARENTS.items() if parent == primary]


def deviations(method, primary, lam):
    """e_b of the mean of the secondaries, mixed with λ; for one dimension λ is 1 or 0."""

    def mean(without=None):
        scores = [[slow.score(ANSWERS, method, code, d, without) for code in members(primary)] for d in (0, 1)]
        return slow.priority([fmean(values) for values in scores], lam)

    return [math.sqrt(39 / 40) * (mean(b) - mean()) for b in range(40)]


@pytest.mark.parametrize("primary", ["P1", "P2", "P3"])
def test_derived_primary_is_the_mean_with_the_variance_of_its_parts(primary):
    method = Method(lam=0.6, weights={"g0": {"society": 3, "business": 1}})
    found = {each.code: each for each in assess(ANSWERS.cube(), method, PARENTS).primary_issues}
    result = found[primary]
    society, business = deviations(method, primary, 1), deviations(method, primary, 0)
    scores = [fmean(slow.score(ANSWERS, method, code, d) for code in members(primary)) for d in (0, 1)]
    assert (result.society, result.business) == pytest.approx(scores, abs=1e-9)
    assert (result.derived_society, result.derived_business) == (result.society, result.business)
    assert result.priority == pytest.approx(slow.priority(scores, 0.6), abs=1e-8)
    assert result.var_society == pytest.approx(sum(e**2 for e in society), rel=1e-9)
    assert result.var_business == pytest.approx(sum(e**2 for e in business), rel=1e-9)
    assert result.cov == pytest.approx(sum(map(float.__mul__, society, business)), rel=1e-9)
    assert result.var_priority == pytest.approx(sum(e**2 for e in deviations(method, primary, 0.6)), rel=1e-9)
    half = float(t_quantile(39)) * math.sqrt(result.var_society)
    assert (result.society_low, result.society_high) == pytest.approx(
        (max(scores[0] - half, 0), min(scores[0] + half, 100)), abs=1e-9
    )
    assert (result.derived, result.groups, result.base, result.society_n) == (True, {}, (0, 2), 0)


def test_primaries_and_secondaries_are_ranked_and_cut_apart():
    result = assess(ANSWERS.cube(), Method(), PARENTS)
    assert [each.code for each in result.issues] == list(ANSWERS.issues)
    assert [each.code for each in result.primary_issues] == ["P1", "P2", "P3"]
    assert sorted(each.rank for each in result.primary_issues) == [1, 2, 3]
    ordered = sorted(result.primary_issues, key=lambda each: each.rank)
    assert [each.tier for each in ordered] == ["high", "medium", "low"]
    assert result.primary_cuts.high == pytest.approx((ordered[0].priority + ordered[1].priority) / 2, abs=1e-12)
    assert result.cuts != result.primary_cuts


def test_absolute_cuts_are_the_same_for_primaries():
    result = assess(ANSWERS.cube(), Method(cuts="absolute", cut_low=40, cut_high=60), PARENTS)
    assert result.cuts == result.primary_cuts
    for each in result.primary_issues:
        assert each.tier == ("high" if each.priority >= 60 else "low" if each.priority < 40 else "medium")
        assert 0 < each.tier_certainty <= 1


HALF = table([("users", [(4, 4), (2, 3), (0, 3), (0, 0)]) for _ in range(6)])


@pytest.mark.parametrize(
    ("in_scope", "society", "business"),
    [
        (("I-00", "I-01", "I-02", "I-03"), 50, 58.333333),
        (("I-01", "I-02", "I-03"), None, 50),
        (("I-00", "I-02", "absent-1"), None, 62.5),
        (("I-03",), None, None),
    ],
)
def test_derived_primary_needs_half_of_its_secondaries(in_scope, society, business):
    result = assess(HALF.cube(), Method(), dict.fromkeys(in_scope, "P")).primary_issues[0]
    assert (result.society, result.business) == (
        pytest.approx(society, abs=1e-6) if society else None,
        pytest.approx(business, abs=1e-6) if business else None,
    )
    assert (result.tier == "unscored") == (society is None)


def test_derived_primary_without_variance_has_no_interval():
    result = assess(HALF.cube(), Method(), {"I-00": "P"}).primary_issues[0]
    assert (result.society, result.var_society, result.society_low, result.var_priority) == (75, 0, None, 0)


def with_own_ratings():
    rows = [("users", [(n % 3 + 1, 2), (5, 4), (3, 3)]) for n in range(9)]
    return table(rows, issues=("P", "P-01", "P-02"))


def test_primary_that_was_asked_keeps_its_own_ratings():
    result = assess(with_own_ratings().cube(), Method(), {"P-01": "P", "P-02": "P"})
    primary = result.primary_issues[0]
    assert [each.code for each in result.issues] == ["P-01", "P-02"]
    assert (primary.derived, primary.society, primary.business, primary.society_n) == (False, 25, 25, 9)
    assert (primary.derived_society, primary.derived_business) == (75, 62.5)
    assert primary.groups["users"]["society"].n == 9
    assert primary.var_society == pytest.approx(slow.variance_and_freedom(with_own_ratings(), Method(), "P", 0)[0])


def test_primary_in_the_cube_that_was_not_asked_is_derived():
    asked = with_own_ratings()
    secondaries = Answers(asked.groups, asked.issues[1:], 5, asked.columns[:4], asked.group_index, asked.ratings[:, 2:])
    cube = secondaries.cube().aligned(("users",), ("P", "P-01", "P-02"))
    primary = assess(cube, Method(), {"P-01": "P", "P-02": "P"}).primary_issues[0]
    assert (primary.derived, primary.society, primary.groups) == (True, 75, {})


def test_derived_primary_without_parts_has_scores_alone():
    primary = assess(ANSWERS.cube().without_parts(), Method(), PARENTS).primary_issues[0]
    assert primary.society > 0
    assert (primary.var_society, primary.cov, primary.society_low, primary.rank_low) == (None, None, None, None)


KEYS = (
    "code society society_low society_high business business_low business_high var_society var_business cov priority "
    "var_priority rank tier tier_certainty rank_low rank_high groups"
)
methods = st.sampled_from(
    [
        Method(),
        Method(min_n=2, lam=1),
        Method(min_n=2, cuts="absolute", cut_low=30, cut_high=60),
        Method(min_n=2, rule="either", threshold_society=50, threshold_business=50),
    ]
)


def leaves(value):
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


@settings(max_examples=60, deadline=None)
@given(answers, methods)
def test_json_holds_plain_values_and_no_nan(given_answers, method):
    parents = {code: f"P-{n % 2}" for n, code in enumerate(given_answers.issues)}
    found = as_json(assess(given_answers.cube(), method, parents))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {type(leaf) for leaf in leaves(found)} <= {str, int, float, type(None)}
    for issue in found["issues"] + found["primary_issues"]:
        assert " ".join(issue) == KEYS
    for issue in found["issues"]:
        for cells in issue["groups"].values():
            assert all((cell["mean"] is None) == (cell["score"] is None) == (cell["n"] < 5) for cell in cells.values())


SMALL = table([("users", [(5, 4)])] * 5 + [("media", [(3, 0)])] * 4)


def test_small_cells_are_hidden():
    found = as_json(assess(SMALL.cube(), Method(), {}))
    assert found["issues"][0]["groups"] == {
        "users": {"society": {"n": 5, "mean": 5, "score": 100}, "business": {"n": 5, "mean": 4, "score": 75}},
        "media": {"society": {"n": 4, "mean": None, "score": None}, "business": {"n": 0, "mean": None, "score": None}},
    }


def test_small_cells_are_shown_on_demand():
    found = as_json(assess(SMALL.cube(), Method(), {}), all_cells=True)
    assert found["issues"][0]["groups"]["media"] == {
        "society": {"n": 4, "mean": 3, "score": 50},
        "business": {"n": 0, "mean": None, "score": None},
    }


def test_cuts_are_stated():
    rows = [("users", [(5, 5), (3, 3), (1, 1)])] * 5
    assert as_json(assess(table(rows).cube(), Method(), {}))["cuts"] == {"low": 25, "high": 75}
