"""Filters that put values of the method into words."""

import pytest
from django.utils.translation import override

from materiality.platform.words import action_sentence, word_for
from materiality.templatetags.yiti import certainty, parameter_value
from tests.factories.hooks import declare


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("lam", 0.07, "7%"),
        ("min_n", 5, "5"),
        ("weight_society", 1.5, "1.5"),
        ("all_groups", True, "yes"),
        ("cut_low", None, "–"),
        ("rule", "either", "by either dimension"),
        ("material", ["high", "double"], "High, Both impacts"),
    ],
)
def test_parameter_value_reads_as_people_do(name, value, shown):
    with override("en"):
        assert parameter_value(value, name) == shown


def test_certainty_never_claims_to_be_certain():
    assert [certainty(share) for share in (None, 0.0, 0.5, 0.99, 0.9999)] == ["–", "< 1%", "50%", "99%", "> 99%"]


def test_word_for_a_name_without_words_is_the_name():
    assert word_for("job", "paint_fence") == "paint fence"
    assert action_sentence("paint_fence", "50%") == "paint fence: 50%"


def test_added_words_are_used_with_the_object(monkeypatch):
    declare(monkeypatch, words={"action": {"test_only_action": "repainted %(object)s"}})
    assert action_sentence("test_only_action", "fence") == "repainted fence"
