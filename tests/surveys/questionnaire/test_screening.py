"""Screening: each rule at its boundary."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.questionnaire.responses import ResponseColumns
from surveys.questionnaire.screening import (
    DEFAULT_EFFECTS,
    FLAG_BIT,
    FLAGS,
    RULES,
    BadRules,
    Fieldwork,
    GroupRatings,
    Rules,
    capped_seconds_per_item,
    flag_names,
    screen,
    valid,
)
from surveys.responses.trials import COUNTS, RuleEffects

OPENS, CLOSES = 1_767_542_400.0, 1_772_294_400.0


def at(seconds):
    return [None if each is None else datetime.fromtimestamp(each, UTC) for each in seconds]


def answers(ratings, *, consent=None, submitted=None, started=(), ended=(), tokens=(), **more):
    """Responses that no rule flags, except in what the test gives; times in seconds since 1970."""
    return ResponseColumns(
        group=more.pop("group", [0] * len(ratings)),
        ratings=np.array(ratings, dtype=np.uint8),
        consent=None if consent is None else np.array(consent, dtype=bool),
        unfinished=None if submitted is None else ~np.array(submitted, dtype=bool),
        started_at=at(started),
        submitted_at=at(ended),
        token=list(tokens),
        **more,
    )


def flags_of(responses, rules=None, **fieldwork):
    return [flag_names(int(value)) for value in screen(responses, rules or Rules(), Fieldwork(**fieldwork))]


def test_flags_have_the_documented_order():
    assert FLAGS[:5] == ("incomplete", "straight_line", "speeding", "duplicate", "out_of_window")
    assert FLAGS[5:] == ("no_consent", "attention", "straight_short", "off_pattern")
    assert list(FLAG_BIT.values()) == [1 << place for place in range(len(FLAGS))], "bits are stored"
    assert len(FLAGS) <= 16, "flags are uint16"
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
    ("seconds", "flagged"), [(3.0, []), (2.999999, ["speeding"]), (0.0, ["speeding"]), (-5.0, ["speeding"])]
)
def test_speeding_is_less_than_a_second_per_answered_item(seconds, flagged):
    responses = answers([[1, 2, DONT_KNOW, SKIPPED]], started=[OPENS], ended=[OPENS + seconds])
    assert flags_of(responses) == [flagged]
    assert flags_of(answers([[1, 2, DONT_KNOW, SKIPPED]], started=[OPENS])) == [[]]


def test_speeding_needs_an_answered_item():
    assert flags_of(answers([[SKIPPED]], started=[OPENS], ended=[OPENS])) == [["incomplete"]]


@pytest.mark.parametrize(("tenths", "flagged"), [(6, ["speeding"]), (7, []), (8, [])])
def test_speeding_from_stored_seconds_per_item(tenths, flagged):
    responses = answers([[1, 2]], seconds_per_item=[tenths / 10])
    assert flags_of(responses, Rules(speeding_seconds=0.7)) == [flagged]


def test_speeding_from_stored_seconds_falls_back_on_times():
    responses = answers([[1], [1]], started=[OPENS] * 2, ended=[OPENS + 0.5, OPENS + 0.5], seconds_per_item=[None, 3.0])
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
    responses = answers([[1]] * 3, ended=[10] * 3, tokens=["a"] * 3)
    assert flags_of(responses) == [[], ["duplicate"], ["duplicate"]]


def test_duplicate_with_unknown_time_comes_after_known_times():
    responses = answers([[1]] * 3, ended=[None, 10, None], tokens=["a"] * 3)
    assert flags_of(responses) == [["duplicate"], [], ["duplicate"]]


def test_duplicate_ignores_unfinished_and_empty_tokens():
    responses = answers([[1]] * 5, submitted=[False, True, False, True, True], tokens=["a", "a", "a", "", ""])
    assert flags_of(responses) == [[]] * 5


@pytest.mark.parametrize(
    ("stored", "flagged"),
    [
        (10.0, ["duplicate"]),
        (20.0, ["duplicate"]),
        (20.000001, []),
        (None, []),
    ],
)
def test_duplicate_of_a_stored_response(stored, flagged):
    responses = answers([[1]], ended=[20.0], tokens=["a"])
    assert flags_of(responses, known_tokens={"a": stored, "b": 0.0}) == [flagged]
    assert flags_of(answers([[1]], tokens=["a"]), known_tokens={"a": stored}) == [["duplicate"]]


@pytest.mark.parametrize(
    ("ended", "flagged"),
    [
        (OPENS, []),
        (OPENS - 0.000001, ["out_of_window"]),
        (CLOSES, []),
        (CLOSES + 900, []),
        (CLOSES + 900.000001, ["out_of_window"]),
        (None, []),
    ],
)
def test_out_of_window_includes_the_ends_and_the_grace(ended, flagged):
    responses = answers([[1]], ended=[ended])
    assert flags_of(responses, opens=OPENS, closes=CLOSES, grace_seconds=900) == [flagged]


def test_out_of_window_gives_no_grace_to_answers_begun_after_closing():
    responses = answers([[1]] * 3, started=[CLOSES - 1, CLOSES, None], ended=[CLOSES + 60] * 3)
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
        (None, 2, []),
        (1, None, []),
    ],
)
def test_attention_is_another_rating_than_the_one_asked_for(given, wanted, flagged):
    wants = Rules({**Rules().effects, "attention": "mark"})
    assert flags_of(answers([[1]], attention=[given]), wants, attention=wanted) == [flagged]


def test_attention_is_off_unless_a_rule_asks_for_it():
    wrong = answers([[1]], attention=[1])
    assert flags_of(wrong, attention=2) == [[]]
    assert screen(wrong, Rules(), Fieldwork(attention=2), always=64).tolist() == [64]


def test_unfinished_response_has_no_flag_of_time():
    responses = answers([[1]], submitted=[False], started=[OPENS - 9], ended=[OPENS - 9])
    assert flags_of(responses, opens=OPENS) == [[]]


@pytest.mark.parametrize(
    ("vector", "flagged"),
    [
        ([3] * 5, False),
        ([3] * 6, True),
        ([3] * 19 + [NOT_ASKED] * 9, True),
        ([3] * 18 + [4], False),
        ([3] * 18 + [DONT_KNOW], False),
        ([3] * 10 + [SKIPPED], False),
        ([DONT_KNOW] * 10, False),
    ],
)
def test_straight_short_is_one_value_for_all_of_6_to_19_items_asked(vector, flagged):
    assert flags_of(answers([vector])) == [["straight_short"] if flagged else []]


def test_straight_short_ends_where_straight_line_begins():
    assert flags_of(answers([[3] * 20])) == [["straight_line"]]


# What six of a group gave on 44 items; the seventh is the one that is looked at.
RISING = [1 + item % 5 for item in range(44)]


def off_pattern(own, *, others=(RISING,) * 6, rules=None, overruled=0):
    """Whether the flag is earned beside the others; all count who are not excluded."""
    ratings = np.array([*others, own], np.uint8)
    of_group = GroupRatings([7], ratings.shape[1])
    of_group.add(np.full(len(ratings), 7), ratings)
    everybody = answers(ratings, group=[7] * len(ratings), overruled=np.int8([0] * len(others) + [overruled]))
    found = screen(everybody, rules or Rules(), Fieldwork(group_ratings=of_group))
    return "off_pattern" in flag_names(int(found[-1]))


@pytest.mark.parametrize(
    ("own", "flagged"),
    [
        (RISING, False),
        ([6 - value for value in RISING], True),
        ([3] * 44, False),  # straight: no variance, no r
        ([6 - value for value in RISING[:40]] + [SKIPPED] * 4, True),
        ([6 - value for value in RISING[:39]] + [DONT_KNOW] * 5, False),  # 39 items in common
    ],
)
def test_off_pattern_is_a_low_correlation_over_40_items(own, flagged):
    assert off_pattern(own) is flagged


def test_off_pattern_asks_for_five_others_and_for_their_variance():
    against = [6 - value for value in RISING]
    assert off_pattern(against, others=(RISING,) * 5)
    assert not off_pattern(against, others=(RISING,) * 4)
    assert not off_pattern(against, others=([2] * 44,) * 6)


@pytest.mark.parametrize(("own", "flagged"), [(0, True), (1, False)])
def test_off_pattern_at_the_limit_of_a_tenth(own, flagged):
    # 80 items, others 1 or 5 in halves; r = (a - b) / 40, where a and b of each half agree and do not.
    others = [1] * 40 + [5] * 40
    agreeing = 21 + own
    vector = [1] * agreeing + [5] * (40 - agreeing) + [1] * (40 - agreeing) + [5] * agreeing
    assert (2 * agreeing - 40) / 40 == (0.05, 0.1)[own]
    assert off_pattern(vector, others=(others,) * 6) is flagged


def test_off_pattern_is_for_valid_responses_and_full_questionnaires():
    against = [6 - value for value in RISING]
    assert not off_pattern(against, overruled=2)
    assert not off_pattern(against[:20] + [SKIPPED] * 30, others=(RISING + [1] * 6,) * 6)
    assert not off_pattern(against, rules=Rules().for_survey(split=True))
    assert flags_of(answers([against] * 7)) == [[]] * 7, "nothing to compare with outside of the screening job"


@given(st.integers(0, 2**32 - 1), st.floats(-1, 1))
@settings(max_examples=60, deadline=None)
def test_off_pattern_is_pearsons_r_with_the_mean_of_the_others(seed, likeness):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=60)
    noisy = likeness * base + 0.5 * rng.normal(size=(7, 60))
    ratings = np.clip(np.rint(3 + noisy), 1, 5).astype(np.uint8)
    ratings[-1] = np.clip(np.rint(3 + base), 1, 5)
    ratings[rng.random(ratings.shape) < 0.1] = SKIPPED
    rated = np.ma.masked_equal(ratings, SKIPPED)
    others = rated[:-1]
    shared = (others.count(axis=0) >= 5) & (ratings[-1] > 0)
    means = others.mean(axis=0)[shared].filled()
    r = np.corrcoef(ratings[-1][shared], means)[0, 1]
    assert off_pattern(ratings[-1], others=ratings[:-1]) == (shared.sum() >= 40 and r < 0.1)


@pytest.mark.parametrize("flag", ["straight_short", "off_pattern"])
def test_rules_of_version_2_never_do_more_than_mark(flag):
    with pytest.raises(BadRules, match="unknown_effect"):
        Rules({**DEFAULT_EFFECTS, flag: "reject"})
    stored = Rules().to_json()
    del stored[flag]
    assert Rules.from_json(stored) == Rules(), "rules stored before there was such a rule"


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


effects = st.fixed_dictionaries({rule.code: st.sampled_from(rule.effects) for rule in RULES})
row = st.tuples(st.integers(0, 2), st.integers(0, 511), st.integers(0, 511), st.integers(0, 2), st.booleans())


def names(flags, rules, *wanted):
    return {flag for flag in FLAGS if flags & FLAG_BIT[flag] and rules.effects[flag] in wanted}


def counts(flags, overruled, submitted, rules):
    return submitted and overruled != 2 and (overruled == 1 or not names(flags, rules, "reject"))


@settings(max_examples=80, deadline=None)
@given(st.lists(row, max_size=30), effects, effects, st.integers(1, 7))
def test_effects_of_rules_equal_counts_one_by_one(rows, before, after, size):
    before, after = Rules(before), Rules(after)
    found = RuleEffects(before, after, 3)
    was, now = [], []
    for start in range(0, len(rows), size):
        group, stored, fresh, overruled, submitted = map(np.array, zip(*rows[start : start + size], strict=True))
        pair = found.add(group, stored.astype(np.uint16), fresh.astype(np.uint16), overruled, submitted)
        was += pair[0].tolist()
        now += pair[1].tolist()
    assert was == [counts(stored, overruled, sent, before) for _g, stored, _f, overruled, sent in rows]
    assert now == [counts(fresh, overruled, sent, after) for _g, _s, fresh, overruled, sent in rows]
    for place, flag in enumerate(FLAGS):
        for group in range(3):
            expected = dict.fromkeys(COUNTS, 0)
            for (own, stored, fresh, _overruled, sent), old, new in zip(rows, was, now, strict=True):
                if own == group and sent:
                    expected["flagged_before"] += flag in names(stored, before, "reject", "mark")
                    expected["flagged_after"] += flag in names(fresh, after, "reject", "mark")
                    expected["alone_before"] += names(stored, before, "reject") == {flag}
                    expected["alone_after"] += names(fresh, after, "reject") == {flag}
                    expected["go"] += old and not new and flag in names(fresh, after, "reject")
                    expected["back"] += new and not old and flag in names(stored, before, "reject")
            assert found.rules[place, group].tolist() == list(expected.values())
    assert found.groups.sum(axis=0).tolist() == [
        sum(was),
        sum(now),
        sum(old and not new for old, new in zip(was, now, strict=True)),
        sum(new and not old for old, new in zip(was, now, strict=True)),
    ]


def test_rules_by_default_reject_with_the_documented_limits():
    assert Rules().to_json() == {
        "incomplete": {"effect": "reject", "percent": 50},
        "straight_line": {"effect": "reject", "percent": 95, "min_ratings": 20},
        "speeding": {"effect": "reject", "seconds": 1.0},
        "duplicate": {"effect": "reject"},
        "out_of_window": {"effect": "reject"},
        "no_consent": {"effect": "reject"},
        "straight_short": {"effect": "mark"},
        "off_pattern": {"effect": "mark"},
    }


def test_rules_store_the_attention_rule_where_it_works():
    marked = Rules({**Rules().effects, "attention": "mark"})
    assert marked.to_json()["attention"] == {"effect": "mark"}
    assert Rules.from_json(marked.to_json()) == marked


@given(
    effects,
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
    rules = Rules({**DEFAULT_EFFECTS, "straight_line": effect})
    assert rules.for_survey(split=True).effects["straight_line"] == in_split
    assert rules.for_survey(split=False) == rules


def test_rules_bits_are_those_of_the_effect():
    rules = Rules({**DEFAULT_EFFECTS, "speeding": "mark", "duplicate": "off"})
    assert rules.bits("mark") == FLAG_BIT["speeding"] | FLAG_BIT["straight_short"] | FLAG_BIT["off_pattern"]
    assert rules.bits("off") == FLAG_BIT["duplicate"] | FLAG_BIT["attention"]
    assert rules.bits("reject") == 0b0110011


vectors = st.lists(st.sampled_from([SKIPPED, 3, 3, 3, 4, 5, DONT_KNOW, NOT_ASKED]), min_size=24, max_size=24)
times = st.one_of(st.none(), st.integers(0, 60))
responses = st.fixed_dictionaries(
    {
        "vector": st.one_of(vectors, st.just([3] * 23 + [4])),
        "consent": st.booleans(),
        "submitted": st.booleans(),
        "started": times,
        "ended": times,
        "token": st.sampled_from(["", "a", "b"]),
        "attention": st.sampled_from([None, SKIPPED, 1, 2, 3, 10, DONT_KNOW]),
    }
)
limits = st.sampled_from([1.0, 0.3, 5.0])


def order(row):
    return (row["ended"] is None, row["ended"] or 0, row["index"])


def reference(row, rows, rules, opens, closes, grace, wanted, always):
    asked = [code for code in row["vector"] if code != NOT_ASKED]
    answered = [code for code in asked if code != SKIPPED]
    ratings = [code for code in answered if code != DONT_KNOW]
    ended = row["ended"] if row["submitted"] else None
    earned = set()
    if not asked or Fraction(len(answered), len(asked)) < Fraction(rules.incomplete_percent, 100):
        earned.add("incomplete")
    if len(ratings) >= 20 and max(20 * ratings.count(value) for value in ratings) >= 19 * len(ratings):
        earned.add("straight_line")
    timed = answered and ended is not None and row["started"] is not None
    if timed and Fraction(ended - row["started"], len(answered)) < Fraction(str(rules.speeding_seconds)):
        earned.add("speeding")
    for other in rows:
        twin = other["token"] == row["token"] != "" and other["submitted"] and row["submitted"]
        if twin and order(other) < order(row):
            earned.add("duplicate")
    if ended is not None:
        late = 0 if row["started"] is not None and row["started"] >= closes else grace
        if ended < opens or ended > closes + late:
            earned.add("out_of_window")
    if not row["consent"]:
        earned.add("no_consent")
    if wanted is not None and row["attention"] in set(range(1, 11)) - {wanted}:
        earned.add("attention")
    return [flag for flag in FLAGS if flag in earned and (rules.effects[flag] != "off" or flag in always)]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(responses, max_size=6),
    effects,
    limits,
    st.integers(0, 30),
    st.integers(0, 9),
    st.sampled_from([None, 2, 3]),
    st.sets(st.sampled_from(FLAGS)),
)
def test_screen_agrees_with_the_reference(rows, effect, seconds, opens, grace, wanted, always):
    rows = [{**row, "index": index} for index, row in enumerate(rows)]
    rules, closes = Rules(effect, speeding_seconds=seconds), opens + 20
    flags = screen(
        answers(
            np.array([row["vector"] for row in rows], dtype=np.uint8).reshape(len(rows), 24),
            **{name: [row[name] for row in rows] for name in ("consent", "submitted", "started", "ended", "attention")},
            tokens=[row["token"] for row in rows],
        ),
        rules,
        Fieldwork(opens=opens, closes=closes, grace_seconds=grace, attention=wanted),
        always=sum(FLAG_BIT[flag] for flag in always),
    )
    expected = [reference(row, rows, rules, opens, closes, grace, wanted, always) for row in rows]
    assert [flag_names(int(value)) for value in flags] == expected
