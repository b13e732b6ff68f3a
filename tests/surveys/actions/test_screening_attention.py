"""The attention question from its answer to the count of valid responses, with the rule off and then on."""

import pytest

from surveys.actions.responses import release_responses
from surveys.actions.screening import change_rules
from surveys.questionnaire.screening import Rules
from surveys.respond.answers import finish
from surveys.responses.counting import count_cycle
from tests.factories.surveys import make_draft, make_open_survey

pytestmark = pytest.mark.django_db
OTHERS_OFF = dict.fromkeys(Rules().effects, "off")
GIVEN = [None, 0, 254, 2, 2, 1, 3, 5, 2, 2, 4]


@pytest.mark.parametrize("anonymous", [False, True])
def test_answers_to_the_attention_question_count_once_the_rule_is_on(anonymous):
    survey = make_open_survey(anonymous=anonymous, attention=True, attention_value=2)
    change_rules(survey=survey, rules=Rules(OTHERS_OFF), reason="", by=None)
    items = survey.items.count()
    for given in GIVEN:
        draft = make_draft(survey, attention=given, ratings=bytes([1, 2, 3, 4, 5] * items)[:items])
        assert finish(key=draft.key, language="en")
    if anonymous:
        release_responses(survey=survey, everything=True)
    off = count_cycle(survey.cycle).responses
    assert (off["submitted"], off["valid"], off["flags"]["attention"]) == (len(GIVEN), len(GIVEN), 0)
    change_rules(survey=survey, rules=Rules({**OTHERS_OFF, "attention": "reject"}), reason="", by=None)
    on = count_cycle(survey.cycle).responses
    wrong = sum(given in (1, 3, 4, 5) for given in GIVEN)
    assert (on["valid"], on["flags"]["attention"]) == (len(GIVEN) - wrong, wrong)
    if anonymous:
        assert not survey.responses.exclude(attention=None).exists()
