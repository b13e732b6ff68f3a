"""Scores, variances, covariances and priorities against the slow definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from materiality.scoring.assess import assess
from materiality.scoring.method import Method
from materiality.scoring.scores import intervals, t_quantile

from . import slow
from .responses import answers, random_answers, table

weights = st.sampled_from([0, 0.5, 1, 3])
methods = st.builds(
    Method,
    weights=st.dictionaries(
        st.sampled_from(["g1", "g2", "g3"]), st.fixed_dictionaries({"society": weights, "business": weights})
    ),
    weighting=st.sampled_from(["balanced", "by_response"]),
    min_n=st.sampled_from([2, 5]),
    lam=st.sampled_from([0, 0.3, 0.5, 1]),
)


def close(value):
    return None if value is None else pytest.approx(value, abs=1e-8)


@settings(max_examples=120, deadline=None)
@given(answers, methods)
def test_scores_agree_with_slow_definitions(given_answers, method):
    known = {group: named for group, named in method.weights.items() if group in given_answers.groups}
    method = Method(known, method.weighting, method.min_n, lam=method.lam)
    results = assess(given_answers.cube(), method, {}).issues
    assert [result.code for result in results] == sorted(given_answers.issues)
    for result in results:
        expected = [slow.score(given_answers, method, result.code, d) for d in (0, 1)]
        assert [result.society, result.business] == [close(value) for value in expected]
        p = slow.priority(expected, method.lam)
        assert result.priority == close(p)
        assert (result.tier == "unscored") == (p is None)
        check_variances(given_answers, method, result, expected)


def check_variances(given_answers, method, result, expected):
    found = []
    for d, dimension in enumerate(("society", "business")):
        var, low, high = (getattr(result, name.format(dimension)) for name in ("var_{}", "{}_low", "{}_high"))
        if expected[d] is None:
            assert (var, low, high) == (None, None, None)
            found.append(0.0)
            continue
        slow_var, freedom = slow.variance_and_freedom(given_answers, method, result.code, d)
        found.append(slow_var)
        assert var == close(slow_var)
        if slow_var == 0:
            assert (low, high) == (None, None)
        else:
            half = float(t_quantile(max(freedom, 3))) * math.sqrt(slow_var)
            assert (low, high) == (close(max(expected[d] - half, 0)), close(min(expected[d] + half, 100)))
    cov = None if None in expected else slow.mean_covariance(given_answers, method, result.code)
    assert result.cov == close(cov)
    if result.priority is not None:
        lam = method.lam
        total = lam**2 * found[0] + (1 - lam) ** 2 * found[1] + 2 * lam * (1 - lam) * (cov or 0)
        assert result.var_priority == close(total)


@settings(max_examples=40, deadline=None)
@given(answers, st.sampled_from([2, 5]))
def test_group_cells_and_base_count_the_ratings(given_answers, min_n):
    method = Method(min_n=min_n)
    for result in assess(given_answers.cube(), method, {}).issues:
        able = 0
        for group in given_answers.groups:
            n = []
            for d, dimension in enumerate(("society", "business")):
                cell, values = result.groups[group][dimension], slow.rated(given_answers, group, result.code, d)
                n.append(len(values))
                assert (cell.n, cell.counts) == (len(values), len(values) >= min_n)
                assert cell.mean == close(sum(values) / len(values) if values else None)
            able += min(n) >= min_n
        assert result.base == (able, len(given_answers.groups))
        assert result.society_n == sum(
            cells["society"].n for cells in result.groups.values() if cells["society"].counts
        )


def test_weights_are_relative():
    cube = random_answers(5, 200, 3, 3, whole=True).cube()
    one = Method(weights={"g0": {"society": 1, "business": 2}})
    ten = Method(weights={f"g{n}": {"society": 10, "business": 20 if n == 0 else 10} for n in range(3)})
    for first, second in zip(assess(cube, one, {}).issues, assess(cube, ten, {}).issues, strict=True):
        assert (first.society, first.business) == pytest.approx((second.society, second.business), abs=1e-10)
        assert (first.var_priority, first.rank) == (pytest.approx(second.var_priority, abs=1e-10), second.rank)


def test_score_stays_on_the_scale():
    """0.5 + 1.9 + 2.8 times 100, over their sum, is above 100 in floating point."""
    rows = [(group, [(5, 5)]) for group in ("a", "b", "c") for _ in range(5)]
    weights = {group: {"society": w, "business": w} for group, w in zip("abc", (0.5, 1.9, 2.8), strict=True)}
    assert assess(table(rows).cube(), Method(weights=weights), {}).issues[0].society == 100


ONE_GROUP_SHORT = table(
    [("users", [(n % 5 + 1, 3), (2, 2)]) for n in range(6)]
    + [("media", [(4, 4), (5, 5 if n else 0)]) for n in range(5)]
)


def test_group_below_min_n_does_not_count():
    first, second = assess(ONE_GROUP_SHORT.cube(), Method(), {}).issues
    assert (first.base, second.base) == ((2, 2), (1, 2))
    assert (second.society, second.business, second.business_n) == (62.5, 25, 6)
    assert second.groups["media"]["business"].score == 100


def test_all_groups_makes_short_issues_unscored():
    first, second = assess(ONE_GROUP_SHORT.cube(), Method(all_groups=True), {}).issues
    assert first.tier != "unscored"
    assert (second.society, second.priority, second.rank, second.tier) == (None, None, None, "unscored")
    society_alone = assess(ONE_GROUP_SHORT.cube(), Method(all_groups=True, lam=1), {}).issues[1]
    assert (society_alone.society, society_alone.base) == (62.5, (2, 2))


def test_group_without_weight_is_no_group_of_the_method():
    method = Method(weights={"media": {"society": 0, "business": 0}}, all_groups=True)
    second = assess(ONE_GROUP_SHORT.cube(), method, {}).issues[1]
    assert (second.base, second.society, second.groups["media"]["society"].counts) == ((1, 1), 25, False)


def test_nothing_answered_is_unscored_and_never_zero():
    result = assess(random_answers(1, 0, 2, 2).cube(), Method(), {}).issues[0]
    assert (result.society, result.priority, result.rank, result.tier) == (None, None, None, "unscored")
    assert (result.rank_low, result.tier_certainty, result.base) == (None, None, (0, 2))


@pytest.mark.parametrize("freedom", [4, 4.5, 5, 7.3, 10, 30, 100, 1e6])
def test_t_quantile_is_close_to_student(freedom):
    assert float(t_quantile(freedom)) == pytest.approx(stats.t.ppf(0.975, freedom), abs=0.01)


def test_t_quantile_below_three_is_that_of_three():
    assert float(t_quantile(1.2)) == float(t_quantile(3.0))


def test_t_quantile_without_limit_is_z():
    assert float(t_quantile(np.inf)) == 1.959964


def test_interval_is_clipped_to_the_scale():
    low, high = intervals(np.array([2.0, 99.0]), np.array([25.0, 25.0]), np.array([50.0, 50.0]))
    assert (low[0], high[1]) == (0, 100)
    assert high[0] == pytest.approx(2 + 5 * stats.t.ppf(0.975, 50), abs=1e-3)


@pytest.mark.parametrize("var", [0.0, np.nan])
def test_interval_without_variance_is_missing(var):
    low, high = intervals(np.array([50.0]), np.array([var]), np.array([3.0]))
    assert np.isnan([low, high]).all()
