"""Counting by kind gives what a look at every response gives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.models import Response, Survey
from surveys.queries.fieldwork import CountedKind, rule_lines, valid_number
from surveys.queries.responses import is_valid
from surveys.questionnaire.screening import FLAG_BIT, OFF, REJECT, RULES, Rules, valid

kinds = st.lists(
    st.builds(
        CountedKind,
        survey=st.just(1),
        group=st.integers(1, 3),
        flags=st.integers(0, 63),
        overruled=st.integers(0, 2),
        unfinished=st.booleans(),
        number=st.integers(1, 9),
    )
)
effects = st.fixed_dictionaries({rule.code: st.sampled_from(rule.effects) for rule in RULES})


@settings(max_examples=80)
@given(kinds=kinds, effects=effects)
def test_counts_by_kind_equal_counts_by_response(kinds, effects):
    rules = Rules(effects=effects)
    survey = Survey(pk=1, rules=rules.to_json())
    each = [kind for kind in kinds for _ in range(kind.number)]
    flags = np.array([kind.flags for kind in each], np.uint16)
    submitted = np.array([not kind.unfinished for kind in each], bool)
    expected = valid(flags, rules, np.array([kind.overruled for kind in each], np.int8), submitted)
    assert valid_number([survey], kinds) == expected.sum()
    rejecting, gone = int(rules.bits(REJECT)), np.zeros(len(each), bool)
    for line in rule_lines(survey, kinds):
        hit = submitted & (flags & FLAG_BIT[line.flag] > 0) & (line.effect != OFF)
        alone = hit & (flags & rejecting == FLAG_BIT[line.flag]) if line.effect == REJECT else hit & False
        gone |= hit if line.effect == REJECT else False
        assert (line.flagged, line.alone, line.left) == (hit.sum(), alone.sum(), (submitted & ~gone).sum())


@given(flags=st.integers(0, 63), overruled=st.integers(0, 2), unfinished=st.booleans(), effects=effects)
def test_one_response_is_valid_as_among_many(flags, overruled, unfinished, effects):
    rules = Rules(effects=effects)
    response = Response(flags=flags, overruled=overruled, unfinished=unfinished)
    among = valid(np.array([flags], np.uint16), rules, np.array([overruled]), np.array([not unfinished]))
    assert is_valid(response, rules) == bool(among[0])
