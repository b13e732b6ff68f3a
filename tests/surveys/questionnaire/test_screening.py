"""Screening: each rule at its boundary."""

import numpy as np
import pytest

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.questionnaire.screening import (
    FLAGS,
    Answers,
    Fieldwork,
    Rules,
    capped_seconds_per_item,
    flag_names,
    screen,
    valid,
)

NAN = float("nan")
OPENS, CLOSES = 1_767_542_400.0, 1_772_294_400.0


def answers(ratings, *, consent=None, submitted=None, started=None, ended=None, tokens=None, **more):
    """Responses that no rule flags, except in what the test gives."""
    n = len(ratings)
    return Answers(
        ratings=np.array(ratings, dtype=np.uint8),
        consent=np.array([True] * n if consent is None else consent),
        submitted=np.array([True] * n if submitted is None else submitted),
        started_at=np.array([NAN] * n if started is None else started, dtype=float),
        submitted_at=np.array([NAN] * n if ended is None else ended, dtype=float),
        tokens=[""] * n if tokens is None else tokens,
        **more,
    )


def flags_of(responses, rules=None, **fieldwork):
    return [flag_names(int(value)) for value in screen(responses, rules or Rules(), Fieldwork(**fieldwork))]


def test_flags_have_the_documented_order():
    assert FLAGS[:5] == ("incomplete", "straight_line", "speeding", "duplicate", "out_of_window")
    assert FLAGS[5:] == ("no_consent", "attention")
    assert flag_names(0b1100001) == ["incomplete", "no_consent", "attention"]


@pytest.mark.parametrize(
    ("vector", "flagged"),
    [
        ([1, 2, SKIPPED, SKIPPED], []),
        ([1, DONT_KNOW, SKIPPED, SKIPPED], []),
        ([1, SKIPPED, SKIPPED, SKIPPED], ["incomplete"]),
        ([1, SKIPPED, NOT_ASKED, NOT_ASKED], []),
        ([1, SKIPPED, SKIPPED, NOT_ASKED], ["incomplete"]),
        ([NOT_ASKED] * 4, ["incomplete"]),
        ([SKIPPED] * 4, ["incomplete"]),
        ([DONT_KNOW] * 4, []),
    ],
)
def test_incomplete_counts_answered_of_the_asked(vector, flagged):
    assert flags_of(answers([vector])) == [flagged]


@pytest.mark.parametrize(
    ("same", "others", "flagged"),
    [
        (19, 0, []),
        (20, 0, ["straight_line"]),
        (19, 1, ["straight_line"]),
        (18, 2, []),
        (37, 2, []),
        (38, 2, ["straight_line"]),
    ],
)
def test_straight_line_needs_20_ratings_and_19_of_20_alike(same, others, flagged):
    vector = [4] * same + [2] * others + [DONT_KNOW] * (60 - same - others)
    assert flags_of(answers([vector])) == [["straight_line"] if flagged else []]


@pytest.mark.parametrize(
    ("seconds", "flagged"), [(3.0, []), (2.999999, ["speeding"]), (0.0, ["speeding"]), (-5.0, ["speeding"]), (NAN, [])]
)
def test_speeding_is_less_than_a_second_per_answered_item(seconds, flagged):
    responses = answers([[1, 2, DONT_KNOW, SKIPPED]], started=[OPENS], ended=[OPENS + seconds])
    assert flags_of(responses) == [flagged]


def test_speeding_needs_an_answered_item():
    assert flags_of(answers([[SKIPPED]], started=[OPENS], ended=[OPENS])) == [["incomplete"]]


@pytest.mark.parametrize(("tenths", "flagged"), [(6, ["speeding"]), (7, []), (8, [])])
def test_speeding_from_stored_seconds_per_item(tenths, flagged):
    responses = answers([[1, 2]], seconds_per_item=np.array([tenths / 10]))
    assert flags_of(responses, Rules(speeding_seconds=0.7)) == [flagged]


def test_speeding_from_stored_seconds_falls_back_on_times():
    responses = answers(
        [[1], [1]], started=[OPENS] * 2, ended=[OPENS + 0.5, OPENS + 0.5], seconds_per_item=np.array([NAN, 3.0])
    )
    assert flags_of(responses) == [["speeding"], []]


@pytest.mark.parametrize(
    ("seconds", "answered", "kept"),
    [(186.0, 186, 1.0), (185.999, 186, 0.9), (0.7 * 3, 3, 0.7), (0, 4, 0.0), (9_999, 4, 5.0), (30, 0, None)],
)
def test_capped_seconds_per_item_rounds_down_to_tenths(seconds, answered, kept):
    assert capped_seconds_per_item(seconds, answered) == kept


def test_duplicate_is_the_later_submission_whatever_the_arrival():
    responses = answers([[1]] * 3, ended=[30, 10, 20], tokens=["a", "a", "a"])
    assert flags_of(responses) == [["duplicate"], [], ["duplicate"]]


def test_duplicate_at_equal_times_is_the_later_arrival():
    responses = answers([[1]] * 3, ended=[10] * 3, tokens=["a"] * 3, arrival=np.array([7, 5, 6]))
    assert flags_of(responses) == [["duplicate"], [], ["duplicate"]]


def test_duplicate_with_unknown_time_comes_after_known_times():
    responses = answers([[1]] * 3, ended=[NAN, 10, NAN], tokens=["a"] * 3)
    assert flags_of(responses) == [["duplicate"], [], ["duplicate"]]


def test_duplicate_ignores_unfinished_and_empty_tokens():
    responses = answers([[1]] * 5, submitted=[False, True, False, True, True], tokens=["a", "a", "a", "", ""])
    assert flags_of(responses) == [[]] * 5


@pytest.mark.parametrize(
    ("stored", "flagged"),
    [
        ((10.0, 0), ["duplicate"]),
        ((20.0, 0), ["duplicate"]),
        ((20.0, 9), []),
        ((20.000001, 0), []),
        ((None, 0), []),
    ],
)
def test_duplicate_of_a_stored_response(stored, flagged):
    responses = answers([[1]], ended=[20.0], tokens=["a"], arrival=np.array([5]))
    assert flags_of(responses, known_tokens={"a": stored, "b": (0.0, 0)}) == [flagged]


@pytest.mark.parametrize(
    ("ended", "flagged"),
    [
        (OPENS, []),
        (OPENS - 0.000001, ["out_of_window"]),
        (CLOSES, []),
        (CLOSES + 900, []),
        (CLOSES + 900.000001, ["out_of_window"]),
        (NAN, []),
    ],
)
def test_out_of_window_includes_the_ends_and_the_grace(ended, flagged):
    responses = answers([[1]], ended=[ended])
    assert flags_of(responses, opens=OPENS, closes=CLOSES, grace_seconds=900) == [flagged]


def test_out_of_window_gives_no_grace_to_answers_begun_after_closing():
    responses = answers([[1]] * 3, started=[CLOSES - 1, CLOSES, NAN], ended=[CLOSES + 60] * 3)
    assert flags_of(responses, closes=CLOSES, grace_seconds=900) == [[], ["out_of_window"], []]


def test_out_of_window_takes_grace_per_response_and_none_for_imports():
    responses = answers([[1]] * 2, ended=[CLOSES + 1] * 2)
    assert flags_of(responses, closes=CLOSES, grace_seconds=np.array([0.0, 900.0])) == [["out_of_window"], []]
    assert flags_of(responses, closes=CLOSES) == [["out_of_window"]] * 2


def test_out_of_window_without_a_window_flags_nothing():
    assert flags_of(answers([[1]], ended=[1.0])) == [[]]


def test_no_consent_is_flagged():
    assert flags_of(answers([[1], [1]], consent=[True, False])) == [[], ["no_consent"]]


@pytest.mark.parametrize(
    ("given", "wanted", "flagged"),
    [
        (2, 2, []),
        (1, 2, ["attention"]),
        (10, 2, ["attention"]),
        (SKIPPED, 2, []),
        (DONT_KNOW, 2, []),
        (-1, 2, []),
        (1, None, []),
    ],
)
def test_attention_is_another_rating_than_the_one_asked_for(given, wanted, flagged):
    wants = Rules({**Rules().effects, "attention": "mark"})
    assert flags_of(answers([[1]], attention=np.int16([given])), wants, attention=wanted) == [flagged]


def test_attention_is_off_unless_a_rule_asks_for_it():
    wrong = answers([[1]], attention=np.int16([1]))
    assert flags_of(wrong, attention=2) == [[]]
    assert screen(wrong, Rules(), Fieldwork(attention=2), always=64).tolist() == [64]


def test_unfinished_response_has_no_flag_of_time():
    responses = answers([[1]], submitted=[False], started=[OPENS - 9], ended=[OPENS - 9])
    assert flags_of(responses, opens=OPENS) == [[]]


def test_rule_that_is_off_gives_no_flag_and_one_that_marks_does():
    effects = {**Rules().effects, "incomplete": "off", "no_consent": "mark"}
    responses = answers([[SKIPPED]], consent=[False])
    assert flags_of(responses, Rules(effects)) == [["no_consent"]]


def test_screen_of_no_response_is_empty():
    assert screen(answers(np.zeros((0, 4))), Rules(), Fieldwork()).tolist() == []


@pytest.mark.parametrize(
    ("flag", "effect", "overruled", "submitted", "is_valid"),
    [
        (0, "reject", 0, True, True),
        (0, "reject", 0, False, False),
        (1, "reject", 0, True, False),
        (1, "reject", 1, True, True),
        (1, "reject", 1, False, False),
        (1, "mark", 0, True, True),
        (1, "off", 0, True, True),
        (0, "reject", 2, True, False),
        (1, "mark", 2, True, False),
    ],
)
def test_valid_by_flag_effect_and_overruling(flag, effect, overruled, submitted, is_valid):
    rules = Rules({**Rules().effects, "incomplete": effect})
    assert valid(np.uint16([flag]), rules, np.int8([overruled]), np.array([submitted])).tolist() == [is_valid]


def test_valid_in_a_split_questionnaire_keeps_straight_lines():
    flags, none, all_in = np.uint16([2, 1]), np.zeros(2, np.int8), np.ones(2, bool)
    assert valid(flags, Rules(), none, all_in, split=True).tolist() == [True, False]
    assert valid(flags, Rules(), none, all_in).tolist() == [False, False]
