"""The method of version 2: reading, writing, and everything that can be wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.scoring.method import Method, MethodError

from .test_run_against_reference import methods


@given(methods)
def test_method_survives_its_dictionary(method):
    weights = {group: {"society": 1, "business": 1, **named} for group, named in method.weights.items()}
    assert Method.from_dict(method.as_dict()) == Method(**{**method.__dict__, "weights": weights})


def test_estimator_of_a_new_and_of_a_stored_method():
    old = {"lam": 0.4, "min_n": 3}
    assert (Method.from_dict(old).estimator, Method.from_stored(old).estimator) == ("comparable", "plain")
    assert Method.from_stored({"estimator": "comparable"}).estimator == "comparable"


def test_a_file_is_laid_over_a_method():
    own = Method(min_n=3, weights={"users": {"society": 2}, "media": {"society": 3}})
    found = own.overlaid({"lam": 0.2, "weights": {"users": {"business": 5}}}, ("users", "media"))
    assert (found.min_n, found.lam) == (3, 0.2)
    assert found.weight_matrix(("users", "media")).tolist() == [[1, 5], [3, 1]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"estimator": "best"}, [("estimator", "unknown_choice")]),
        ({"thresholds": "some"}, [("thresholds", "unknown_choice")]),
        ({"min_n": 1}, [("min_n", "out_of_range")]),
        ({"min_n": 2.5}, [("min_n", "not_whole")]),
        ({"lam": float("nan")}, [("lam", "not_a_number")]),
        ({"lam": 1.1}, [("lam", "out_of_range")]),
        ({"all_groups": 1}, [("all_groups", "not_yes_no")]),
        ({"q_high": 0.7, "q_low": 0.4}, [("q_high", "shares_over_one")]),
        ({"q_society": -0.1}, [("q_society", "out_of_range")]),
        ({"cuts": "absolute", "cut_low": 60, "cut_high": 50}, [("cut_high", "out_of_order")]),
        ({"cuts": "absolute", "cut_low": 60}, [("cut_high", "required")]),
        ({"rule": "either"}, [("threshold_society", "required"), ("threshold_business", "required")]),
        ({"rule": "either", "thresholds": "shares"}, []),
        ({"rule": "either", "thresholds": "shares", "cuts": "absolute"}, []),
        ({"material": ["high", "best"]}, [("material", "unknown_tier")]),
        ({"weights": {"users": 3}}, [("weights", "not_weights")]),
        ({"weights": {"users": {"society": -1}}}, [("weights", "negative")]),
        ({"weights": {"users": {"planet": 1}}}, [("weights", "unknown_dimension")]),
        ({"weights": {"users": {"society": "1"}}}, [("weights", "not_a_number")]),
        ({"weights": {"nobody": {"society": 1}}}, [("weights", "unknown_group")]),
        ({"weights": dict.fromkeys(("users", "media"), {"business": 0})}, [("weights", "all_zero")]),
    ],
)
def test_problems_are_named(data, expected):
    try:
        Method().overlaid(data, ("users", "media"))
        found = []
    except MethodError as error:
        found = [(each.field, each.code) for each in error.problems]
    assert found == expected


def test_all_problems_are_named_at_once():
    data = {
        "colour": 1,
        "lam": 2,
        "cut_low": 60,
        "cut_high": 50,
        "weights": {"users": {"society": -1}, "nobody": {"society": 1}},
    }
    with pytest.raises(MethodError) as error:
        Method().overlaid(data, ("users",))
    assert [(each.field, each.code) for each in error.value.problems] == [
        ("colour", "unknown_key"),
        ("lam", "out_of_range"),
        ("weights", "negative"),
        ("cut_high", "out_of_order"),
        ("weights", "unknown_group"),
    ]


@given(st.dictionaries(st.sampled_from(list(Method().as_dict())), st.sampled_from([None, "x", -1, [], {}, 2.5, True])))
def test_any_value_gives_a_method_or_its_problems(data):
    try:
        assert Method.from_dict(data).problems() == []
    except MethodError as error:
        assert error.problems
