"""What a run says about screening: the flags it counted and the rules it counted by."""

import pytest

from surveys.cube import count_cycle
from surveys.questionnaire.rules import FLAG_BIT, FLAGS, Rules
from tests.factories.responses import make_response
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db
SIX = [flag for flag in FLAGS if flag != "attention"]


def with_rules(survey, **effects):
    survey.rules = Rules({**Rules().effects, **effects}).to_json()
    survey.save()
    return survey


def test_count_without_an_attention_question_names_six_flags():
    survey = make_survey()
    make_response(survey, flags=FLAG_BIT["speeding"])
    found = count_cycle(survey.cycle).responses
    assert found["flags"] == {**dict.fromkeys(SIX, 0), "speeding": 1}
    assert found["screening"] == [{"survey": survey.code, "version": 1, "rules": Rules().to_json()}]


@pytest.mark.parametrize(("effect", "counted", "valid"), [("off", 0, 2), ("mark", 1, 2), ("reject", 1, 1)])
def test_count_with_an_attention_question(effect, counted, valid):
    survey = with_rules(make_survey(anonymous=True), attention=effect)
    survey.attention, survey.rules_version = True, 3
    survey.save()
    make_response(survey, flags=FLAG_BIT["attention"])
    make_response(survey)
    found = count_cycle(survey.cycle).responses
    assert list(found["flags"]) == list(FLAGS)
    assert (found["flags"]["attention"], found["valid"]) == (counted, valid)
    assert found["screening"][0]["version"] == 3


def test_count_of_a_split_survey_keeps_straight_lines():
    survey = make_survey()
    make_response(survey, flags=FLAG_BIT["straight_line"])
    assert count_cycle(survey.cycle).responses["valid"] == 0
    survey.split = True
    survey.save()
    found = count_cycle(survey.cycle).responses
    assert (found["valid"], found["flags"]["straight_line"]) == (1, 1)
    assert found["screening"][0]["rules"]["straight_line"]["effect"] == "mark"
