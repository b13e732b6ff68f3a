"""Counting what rules do: chunks and arrays give what a look at every response gives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.rule_effects import COUNTS, RuleEffects
from surveys.questionnaire.rules import EFFECTS, FLAG_BIT, FLAGS, Rules

effects = st.fixed_dictionaries({flag: st.sampled_from(EFFECTS) for flag in FLAGS})
row = st.tuples(st.integers(0, 2), st.integers(0, 127), st.integers(0, 127), st.integers(0, 2), st.booleans())


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
