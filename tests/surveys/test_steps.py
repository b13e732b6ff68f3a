"""What the steps of a cycle say about its surveys and responses."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from materiality.models import Cycle
from materiality.steps import standings
from surveys.actions.close_survey import close_survey
from tests.factories.responses import at, make_response
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
FAR = at("2190-01-01T00:00")


def told(cycle):
    """(done, words) of this app's steps, of a cycle that is read anew."""
    with translation.override("en"):
        found = {step.key: standing for step, standing in standings(Cycle.objects.get(pk=cycle.pk))}
    return [(found[key].done, found[key].words) for key in ("survey", "responses")]


def test_steps_of_an_empty_cycle_are_not_done():
    assert told(make_survey_cycle()) == [(False, ""), (False, "")]


def test_steps_follow_the_survey_and_its_responses():
    survey = make_survey()
    assert told(survey.cycle) == [(False, "draft"), (False, "")]
    survey = make_open_survey(survey.cycle, closes_at=FAR)
    assert told(survey.cycle) == [(True, "open until 2190-01-01"), (False, "")]
    make_response(survey, flags=1)
    assert told(survey.cycle)[1] == (False, "0 valid")
    make_response(survey)
    assert told(survey.cycle)[1] == (True, "1 valid")
    close_survey(survey=survey, by=None, now=at("2026-05-01T00:30"))
    assert told(survey.cycle)[0] == (True, "closed 2026-05-01")


def test_step_of_a_survey_that_waits_for_its_date():
    opens = timezone.now() + timedelta(days=3)
    survey = make_open_survey(opens_at=opens, zone="UTC")
    assert told(survey.cycle)[0] == (True, f"opens {opens.date().isoformat()}")
