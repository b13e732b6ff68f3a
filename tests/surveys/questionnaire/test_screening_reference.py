"""Screening against a slow reading of scoring.md, response by response."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.questionnaire.rules import EFFECTS, FLAG_BIT, FLAGS
from surveys.questionnaire.screening import Answers, Fieldwork, Rules, flag_names, screen

NAN = float("nan")
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
        "arrival": st.integers(0, 3),
        "attention": st.sampled_from([-1, SKIPPED, 1, 2, 3, 10, DONT_KNOW]),
    }
)
limits = st.sampled_from([1.0, 0.3, 5.0])
effects = st.fixed_dictionaries({flag: st.sampled_from(EFFECTS) for flag in FLAGS})


def order(row):
    return (row["ended"] is None, row["ended"] or 0, row["arrival"], row["index"])


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
        Answers(
            ratings=np.array([row["vector"] for row in rows], dtype=np.uint8).reshape(len(rows), 24),
            consent=np.array([row["consent"] for row in rows], dtype=bool),
            submitted=np.array([row["submitted"] for row in rows], dtype=bool),
            started_at=np.array([NAN if row["started"] is None else row["started"] for row in rows], dtype=float),
            submitted_at=np.array([NAN if row["ended"] is None else row["ended"] for row in rows], dtype=float),
            tokens=[row["token"] for row in rows],
            arrival=np.array([row["arrival"] for row in rows], dtype=int),
            attention=np.array([row["attention"] for row in rows], dtype=np.int16),
        ),
        rules,
        Fieldwork(opens=opens, closes=closes, grace_seconds=grace, attention=wanted),
        always=sum(FLAG_BIT[flag] for flag in always),
    )
    expected = [reference(row, rows, rules, opens, closes, grace, wanted, always) for row in rows]
    assert [flag_names(int(value)) for value in flags] == expected
