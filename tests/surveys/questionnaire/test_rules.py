"""Screening rules: storage and checking of what staff enter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.rules import EFFECTS, FLAG_BIT, FLAGS, BadRules, Rules


def test_rules_by_default_reject_with_the_documented_limits():
    assert Rules().to_json() == {
        "incomplete": {"effect": "reject", "percent": 50},
        "straight_line": {"effect": "reject", "percent": 95, "min_ratings": 20},
        "speeding": {"effect": "reject", "seconds": 1.0},
        "duplicate": {"effect": "reject"},
        "out_of_window": {"effect": "reject"},
        "no_consent": {"effect": "reject"},
    }


def test_rules_store_the_attention_rule_where_it_works():
    marked = Rules({**Rules().effects, "attention": "mark"})
    assert marked.to_json()["attention"] == {"effect": "mark"}
    assert Rules.from_json(marked.to_json()) == marked


@given(
    st.fixed_dictionaries({flag: st.sampled_from(EFFECTS) for flag in FLAGS}),
    st.integers(1, 100),
    st.integers(2, 100),
    st.integers(1, 50),
)
def test_rules_through_json_are_the_same(effects, percent, least, tenths):
    rules = Rules(effects, percent, percent, least, tenths / 10)
    assert Rules.from_json(json.loads(json.dumps(rules.to_json()))) == rules


def test_rules_from_partial_json_take_defaults():
    assert Rules.from_json({"speeding": {"seconds": 2.5}}) == Rules(speeding_seconds=2.5)


def test_rules_list_every_problem():
    with pytest.raises(BadRules) as caught:
        Rules.from_json(
            {
                "incomplete": {"effect": "drop", "percent": 0},
                "straight_line": {"percent": 95.5, "min_ratings": True},
                "speeding": {"seconds": 0.25},
            }
        )
    assert [(p.flag, p.parameter, p.code) for p in caught.value.problems] == [
        ("incomplete", "effect", "unknown_effect"),
        ("incomplete", "percent", "out_of_range"),
        ("straight_line", "percent", "not_a_whole_number"),
        ("straight_line", "min_ratings", "not_a_whole_number"),
        ("speeding", "seconds", "finer_than_tenths"),
    ]


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        ({"lazy": {}}, "unknown_flag"),
        ({"speeding": {"second": 1}}, "unknown_parameter"),
        ({"speeding": 1}, "not_an_object"),
        ({"speeding": {"seconds": "1"}}, "not_a_number"),
        ({"speeding": {"seconds": 5.1}}, "out_of_range"),
        ({"speeding": {"seconds": float("nan")}}, "out_of_range"),
    ],
)
def test_rules_with_one_problem_name_it(stored, code):
    with pytest.raises(BadRules) as caught:
        Rules.from_json(stored)
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(("effect", "in_split"), [("reject", "mark"), ("mark", "mark"), ("off", "off")])
def test_rules_of_a_split_questionnaire_mark_straight_lines(effect, in_split):
    rules = Rules({**dict.fromkeys(FLAGS, "reject"), "straight_line": effect})
    assert rules.for_survey(split=True).effects["straight_line"] == in_split
    assert rules.for_survey(split=False) == rules


def test_rules_bits_are_those_of_the_effect():
    rules = Rules({**dict.fromkeys(FLAGS, "reject"), "speeding": "mark", "duplicate": "off"})
    assert rules.bits("mark") == FLAG_BIT["speeding"]
    assert rules.bits("reject") == sum(FLAG_BIT.values()) - FLAG_BIT["speeding"] - FLAG_BIT["duplicate"]
