"""The form of the method."""

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.forms.method import MethodForm
from materiality.scoring.method import Method

FILLED = {
    "estimator": "comparable",
    "weighting": "balanced",
    "min_n": "5",
    "lam": "50",
    "rule": "priority",
    "cuts": "shares",
    "q_high": "30",
    "q_low": "30",
    "seed": "1",
}


def form_with(method: Method | None = None, **changes: str) -> MethodForm:
    return MethodForm({**FILLED, **changes}, method=method or Method())


def test_method_form_as_it_comes_changes_nothing():
    form = form_with()
    assert form.is_valid(), form.errors
    method = Method()
    assert {name: getattr(method, name) for name in form.values()} == form.values()


def test_method_form_shows_shares_in_per_cent():
    form = MethodForm(method=Method(lam=0.07, q_high=0.125))
    assert [form[name].value() for name in ("lam", "q_high", "q_low")] == ["7", "12.5", "30"]


@given(st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_method_form_share_comes_back_as_it_was_shown(tenths):
    share = tenths / 1000
    shown = MethodForm(method=Method(lam=share))["lam"].value()
    form = form_with(lam=shown)
    assert form.is_valid(), form.errors
    assert form.values()["lam"] == share


@pytest.mark.parametrize(
    ("changes", "field", "english", "chinese"),
    [
        ({"min_n": "1"}, "min_n", "Enter a number of 2 or more.", "请输入不小于 2 的数。"),
        ({"lam": "101"}, "lam", "Enter a number from 0 to 100.", "请输入 0 到 100 之间的数。"),
        (
            {"q_high": "60", "q_low": "50"},
            "q_high",
            "The two shares add up to 110%; 100% is the most.",
            "两项占比之和为 110%，不能超过 100%。",
        ),
        (
            {"cuts": "absolute", "cut_high": "40", "cut_low": "60"},
            "cut_high",
            "The cut for “high” (40) must not lie below the cut for “low” (60).",
            "高度重要分界（40）不能低于低度重要分界（60）。",
        ),
        ({"q_society": "101"}, "q_society", "Enter a number from 0 to 100.", "请输入 0 到 100 之间的数。"),
        ({"cuts": "absolute", "cut_low": "40"}, "cut_high", "This rule needs a value here.", "采用此规则时必须填写。"),
        (
            {"rule": "either", "threshold_business": "60"},
            "threshold_society",
            "This rule needs a value here.",
            "采用此规则时必须填写。",
        ),
    ],
)
def test_method_form_says_what_is_wrong_at_the_field(changes, field, english, chinese):
    for language, sentence in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert dict(form_with(**changes).errors.items()) == {field: [sentence]}


def test_method_form_of_groups_without_weight_says_so_above_the_fields():
    weights = {"users": {"society": 0, "business": 1}, "media": {"society": 0, "business": 1}}
    with override("en"):
        errors = form_with(Method(weights=weights)).non_field_errors()
    assert list(errors) == ["All groups have the weight 0 for “Impact on society”. At least one must be above 0."]


def test_method_form_keeps_shares_that_are_left_empty_and_clears_cuts():
    method = Method(q_high=0.2, cut_low=40.0, cut_high=60.0)
    form = form_with(method, cuts="shares", q_high="", q_low="")
    assert form.is_valid(), form.errors
    values = form.values()
    assert "q_high" not in values
    assert (values["cut_low"], values["cut_high"]) == (None, None)


def test_method_form_of_the_rule_either_takes_both_thresholds():
    form = form_with(rule="either", threshold_society="55.5", threshold_business="60")
    assert form.is_valid(), form.errors
    values = form.values()
    assert (values["rule"], values["threshold_society"], values["threshold_business"]) == ("either", 55.5, 60.0)
