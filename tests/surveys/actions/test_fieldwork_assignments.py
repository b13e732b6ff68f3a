"""Parts of split surveys: counted when given, given back after a day, counted again when somebody goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.actions.fieldwork import tend_all_surveys
from surveys.models import Assignments, Draft, Survey
from surveys.questionnaire.asking import Plan
from surveys.respond.answers import expire_assignments, start_draft
from surveys.respond.rows import groups_now, survey_now
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    plans = {code: Plan(expected=10_000) for code in ("users", "employees")}
    return make_open_survey(make_survey_cycle({"society": 20}), split=True, split_issues=12, plans=plans)


def start(survey: Survey) -> Draft:
    now = survey_now(survey.code)
    return Draft.objects.get(key=start_draft(survey=now, group=groups_now(now.cycle_id)[0], language="en"))


def given(survey: Survey) -> int:
    rows = Assignments.objects.filter(survey=survey)
    return sum(sum(memoryview(bytes(row.counts)).cast("I").tolist()) for row in rows)


def test_parts_not_saved_for_a_day_are_given_back_once(survey):
    now = timezone.now()
    left, fresh, saved = start(survey), start(survey), start(survey)
    Draft.objects.filter(pk__in=[left.pk, saved.pk]).update(started_at=now - timedelta(hours=25))
    Draft.objects.filter(pk=saved.pk).update(saved_at=now - timedelta(hours=1))
    assert given(survey) == 36
    assert expire_assignments(survey=survey, now=now) == 1
    assert expire_assignments(survey=survey, now=now) == 0
    assert given(survey) == 24
    assert dict(Draft.objects.values_list("pk", "counted")) == {left.pk: False, fresh.pk: True, saved.pk: True}


def test_upkeep_gives_parts_back(survey):
    draft = start(survey)
    tend_all_surveys(timezone.now() + timedelta(hours=25))
    assert given(survey) == 0 and Draft.objects.filter(pk=draft.pk, counted=False).exists()


def test_next_save_counts_the_part_again_once(survey):
    client = RespondentClient(survey)
    client.begin()
    expire_assignments(survey=survey, now=timezone.now() + timedelta(hours=25))
    assert given(survey) == 0
    client.send("1/", go="next")
    client.send("2/", go="next")
    assert given(survey) == 12 and Draft.objects.get().counted


def test_finishing_counts_the_part_again(survey):
    client = RespondentClient(survey)
    client.begin()
    expire_assignments(survey=survey, now=timezone.now() + timedelta(hours=25))
    client.send("end/", go="submit")
    assert given(survey) == 12 and not Draft.objects.exists()


def test_issues_given_back_are_the_next_to_be_given(survey):
    first = start(survey)
    Draft.objects.update(started_at=timezone.now() - timedelta(hours=25))
    expire_assignments(survey=survey)
    counts = memoryview(bytes(Assignments.objects.get(survey=survey, group=first.group).counts)).cast("I").tolist()
    assert counts == [0] * 20


def test_survey_that_is_not_split_counts_nothing():
    survey = make_open_survey(make_survey_cycle({"society": 3}))
    assert start(survey).counted is False
    assert expire_assignments(survey=survey, now=timezone.now() + timedelta(days=2)) == 0
    assert not Assignments.objects.exists()
