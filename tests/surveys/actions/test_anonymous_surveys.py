from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.refusals import NotAllowed
from surveys.actions.close_survey import close_survey
from surveys.actions.mix_responses import mix_responses
from surveys.actions.seal_survey import seal_survey
from surveys.actions.submit_draft import submit_draft
from surveys.models import AnonymousComment, Draft, Response, Survey
from surveys.upkeep import tend_all_surveys
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle


def anonymous_survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}), anonymous=True)


def finish(survey: Survey, number: int, comment: str = "") -> None:
    """Finished answers whose ratings tell their number, which only a test may."""
    ratings = bytes([1 + number % 5, 1 + number // 5 % 5, 0, 0])
    draft = make_draft(survey, ratings=ratings, comment=comment, started_at=timezone.now() - timedelta(seconds=7))
    submit_draft(key=draft.key, language="zh-hans")


@pytest.mark.django_db
def test_finished_answers_keep_the_day_the_flags_and_the_seconds_only():
    survey = anonymous_survey()
    finish(survey, 0)
    draft = Draft.objects.get()
    local = draft.ready_at.astimezone(ZoneInfo(survey.zone))
    assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    assert draft.started_at == draft.ready_at
    assert (draft.seconds_per_item, Response.objects.count()) == (3.5, 0)


@pytest.mark.django_db
def test_mix_waits_for_ten_and_then_takes_all():
    survey = anonymous_survey()
    for number in range(9):
        finish(survey, number)
    unfinished = make_draft(survey)
    assert (mix_responses(survey=survey), Response.objects.count()) == (0, 0)
    for number in range(9, 12):
        finish(survey, number)
    assert mix_responses(survey=survey) == 12
    assert list(Draft.objects.all()) == [unfinished]
    assert len({bytes(ratings) for ratings in Response.objects.values_list("ratings", flat=True)}) == 12


@pytest.mark.django_db
def test_mixed_responses_tell_neither_time_nor_order_nor_comment():
    survey = anonymous_survey()
    for number in range(20):
        finish(survey, number, comment=f"comment {number}" if number % 2 else "")
    mix_responses(survey=survey)
    responses = list(Response.objects.all())
    assert {(r.started_at, r.submitted_at, r.comment, r.token, r.unfinished) for r in responses} == {
        (None, None, "", "", False)
    }
    assert {response.id.version for response in responses} == {4}
    with connection.cursor() as cursor:
        hidden = "rowid" if connection.vendor == "sqlite" else "ctid"
        cursor.execute(f"SELECT ratings FROM surveys_response ORDER BY {hidden}")
        stored = [bytes(row[0])[0] - 1 + 5 * (bytes(row[0])[1] - 1) for row in cursor.fetchall()]
    # One order in 20! is the order of arrival.
    assert stored != list(range(20)) and sorted(stored) == list(range(20))
    assert set(AnonymousComment.objects.values_list("text", flat=True)) == {f"comment {n}" for n in range(1, 20, 2)}
    assert not AuditEvent.objects.exclude(action__in=["build_survey", "open_survey"]).exists()


@pytest.mark.django_db
def test_close_mixes_all_unless_somebody_may_still_finish():
    alone, accompanied = anonymous_survey(), anonymous_survey()
    finish(alone, 1)
    finish(accompanied, 1)
    make_draft(accompanied)
    close_survey(survey=alone, by=None)
    close_survey(survey=accompanied, by=None)
    assert (alone.responses.count(), accompanied.responses.count()) == (1, 0)


@pytest.mark.django_db
def test_mix_of_a_survey_with_names_is_not_possible():
    survey = make_open_survey(make_survey_cycle({"society": 2}))
    with pytest.raises(Survey.DoesNotExist):
        mix_responses(survey=survey, everything=True)


@pytest.mark.django_db(transaction=True)
def test_upkeep_closes_mixes_and_seals_what_is_due():
    survey = anonymous_survey()
    for number in range(12):
        finish(survey, number)
    closes = timezone.now()
    Survey.objects.update(closes_at=closes)
    tend_all_surveys(now=closes + timedelta(minutes=1))
    finished_late = make_draft(survey, started_at=closes - timedelta(minutes=1))
    submit_draft(key=finished_late.key, language="en", now=closes + timedelta(minutes=14))
    survey.refresh_from_db()
    assert (survey.state, survey.sealed_at, survey.responses.count()) == ("closed", None, 12)
    tend_all_surveys(now=closes + timedelta(minutes=17))
    survey.refresh_from_db()
    assert survey.sealed_at is not None and survey.responses.count() == 13
    with connection.cursor() as cursor:
        hidden = "rowid" if connection.vendor == "sqlite" else "ctid"
        cursor.execute(f"SELECT id FROM surveys_response ORDER BY {hidden}")
        stored = [str(row[0]) for row in cursor.fetchall()]
    assert stored == sorted(stored)
    tend_all_surveys(now=closes + timedelta(minutes=30))
    assert AuditEvent.objects.filter(action="seal_survey").count() == 1


@pytest.mark.django_db(transaction=True)
def test_seal_of_an_open_survey_or_within_the_grace_is_refused():
    survey = anonymous_survey()
    with pytest.raises(NotAllowed):
        seal_survey(survey=survey)
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed):
        seal_survey(survey=survey)
