"""Methods: defaults, JSON round trip, and everything that can be wrong with one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.assess import assess
from materiality.scoring.cube import Cube
from materiality.scoring.method import Method, MethodError

share = st.floats(0, 0.5)
methods = st.builds(
    Method,
    weights=st.dictionaries(
        st.text(max_size=8), st.fixed_dictionaries({"society": st.floats(0, 9), "business": st.integers(0, 9)})
    ),
    weighting=st.sampled_from(["balanced", "by_response"]),
    min_n=st.integers(2, 50),
    lam=st.floats(0, 1),
    cuts=st.sampled_from(["shares", "absolute"]),
    q_high=share,
    q_low=share,
    cut_low=st.floats(0, 50),
    cut_high=st.floats(50, 100),
    material=st.lists(st.sampled_from(["high", "medium", "double"]), unique=True).map(tuple),
    seed=st.integers(0, 2**63 - 1),
)


@settings(max_examples=60, deadline=None)
@given(methods)
def test_method_survives_json(method):
    assert Method.from_dict(json.loads(json.dumps(method.as_dict(), allow_nan=False))) == method


def test_method_of_nothing_is_the_default():
    assert Method.from_dict({}) == Method()


def test_weights_that_are_not_named_are_one():
    method = Method.from_dict({"weights": {"users": {"business": 3}}})
    assert method.weight_matrix(("users", "media")).tolist() == [[1, 3], [1, 1]]
    assert method.as_dict()["weights"] == {"users": {"society": 1, "business": 3}}


@pytest.mark.parametrize(
    ("data", "field", "code", "params"),
    [
        ({"lambda": 0.5}, "lambda", "unknown_key", {}),
        ({"lam": 1.1}, "lam", "out_of_range", {"low": 0, "high": 1}),
        ({"lam": "0.5"}, "lam", "not_a_number", {}),
        ({"lam": True}, "lam", "not_a_number", {}),
        ({"lam": None}, "lam", "not_a_number", {}),
        ({"lam": float("nan")}, "lam", "not_a_number", {}),
        ({"min_n": 1}, "min_n", "out_of_range", {"low": 2, "high": 2**31 - 1}),
        ({"min_n": 5.0}, "min_n", "not_whole", {}),
        ({"seed": -1}, "seed", "out_of_range", {"low": 0, "high": 2**63 - 1}),
        ({"all_groups": 1}, "all_groups", "not_yes_no", {}),
        ({"rule": "both"}, "rule", "unknown_choice", {"choices": ["priority", "either"]}),
        ({"cuts": None}, "cuts", "unknown_choice", {"choices": ["shares", "absolute"]}),
        ({"q_high": 0.7, "q_low": 0.31}, "q_high", "shares_over_one", {"sum": 1.01}),
        ({"cuts": "absolute", "cut_low": 40}, "cut_high", "required", {}),
        ({"cuts": "absolute", "cut_low": 60, "cut_high": 40}, "cut_high", "out_of_order", {"low": 60, "high": 40}),
        ({"cut_low": 101}, "cut_low", "out_of_range", {"low": 0, "high": 100}),
        ({"rule": "either", "threshold_society": 50}, "threshold_business", "required", {}),
        ({"material": ["top"]}, "material", "unknown_tier", {"tier": "top"}),
        ({"material": ["unscored"]}, "material", "unknown_tier", {"tier": "unscored"}),
        ({"weights": [1]}, "weights", "not_weights", {}),
        ({"weights": {"a": 1}}, "weights", "not_weights", {}),
        ({"weights": {"a": {"society": -1}}}, "weights", "negative", {"group": "a", "dimension": "society"}),
        ({"weights": {"a": {"society": "1"}}}, "weights", "not_a_number", {"group": "a", "dimension": "society"}),
        ({"weights": {"a": {"both": 1}}}, "weights", "unknown_dimension", {"group": "a", "dimension": "both"}),
    ],
)
def test_bad_method_is_refused(data, field, code, params):
    with pytest.raises(MethodError) as caught:
        Method.from_dict(data)
    assert caught.value.problems == [(field, code, params)]


def test_all_problems_are_reported_at_once():
    with pytest.raises(MethodError) as caught:
        Method.from_dict({"lam": 2, "min_n": 0, "weight": 1})
    assert [problem.field for problem in caught.value.problems] == ["weight", "lam", "min_n"]


@pytest.mark.parametrize(("q_high", "q_low"), [(0.7, 0.3), (0.1, 0.9), (1, 0), (0.58, 0.42)])
def test_shares_of_exactly_one_are_sound(q_high, q_low):
    assert Method(q_high=q_high, q_low=q_low).problems() == []


NO_BUSINESS = {"users": {"business": 0}, "media": {"business": 0}}


def test_weights_that_are_all_zero_are_refused():
    method = Method(weights=NO_BUSINESS)
    assert method.problems() == method.problems(("users", "media", "government")) == []
    assert method.problems(("users", "media")) == [("weights", "all_zero", {"dimension": "business"})]
    with pytest.raises(MethodError, match="all_zero"):
        assess(Cube.empty(("users", "media"), ("A",), 5), method, {})


def test_weights_of_unknown_groups_are_refused():
    assert Method(weights=NO_BUSINESS).problems(("users",))[0] == ("weights", "unknown_group", {"group": "media"})
