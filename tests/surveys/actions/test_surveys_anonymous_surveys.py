from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.responses import seal_survey
from surveys.actions.surveys import close_survey
from surveys.models import Draft, ReadyDraft, Response, Survey, Tally
from surveys.respond import answers
from surveys.responses.anonymity import SHUFFLED, add_waiting
from tests.factories.anonymous import anonymous_survey, finish, stored_order
from tests.factories.surveys import make_draft


@pytest.mark.django_db
def test_finished_answers_wait_without_key_link_language_channel_and_time():
    survey = anonymous_survey()
    finish(survey, 0, comment="好", profile={"site": "north"})
    ready = ReadyDraft.objects.get()
    kept = {
        field.name: getattr(ready, field.attname) for field in ReadyDraft._meta.concrete_fields if not field.primary_key
    }
    assert kept == {
        "survey": survey.pk,
        "group": survey.cycle.groups.first().pk,
        "ratings": bytes([1, 1, 0, 0]),
        "comment": "好",
        "profile": {"site": "north"},
        "flags": 0,
        "seconds_per_item": 3.5,
    }
    assert (Draft.objects.count(), Response.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_finished_answers_are_counted_by_channel_and_by_day():
    survey = anonymous_survey()
    # 2026-03-01 17:00 UTC is the second of March in the survey's zone.
    moment = datetime(2026, 3, 1, 17, tzinfo=UTC)
    for number, channel in enumerate(("link", "mail", "mail")):
        finish(survey, number, channel=channel, started_at=moment - timedelta(seconds=7), now=moment)
    code = survey.cycle.groups.first().code
    counted = Tally.objects.values_list("measure", "group", "channel", "place", "number")
    assert set(counted) == {
        ("submitted", code, "link", 0, 1),
        ("submitted", code, "mail", 0, 2),
        ("day", code, "", date(2026, 3, 2).toordinal(), 3),
    }


@pytest.mark.django_db
def test_waiting_answers_get_new_ids_in_a_new_order_with_each_that_comes():
    survey = anonymous_survey()
    for number in range(20):
        finish(survey, number)
    before = list(ReadyDraft.objects.order_by("pk"))
    finish(survey, 20)
    after = list(ReadyDraft.objects.order_by("pk"))
    assert len(after) == 21 and not {ready.pk for ready in before} & {ready.pk for ready in after}
    stayed = [
        bytes(ready.ratings) for ready in after if bytes(ready.ratings) in {bytes(each.ratings) for each in before}
    ]
    # One order in 20! is the same.
    assert len(stayed) == 20 and stayed != [bytes(ready.ratings) for ready in before]


@pytest.mark.django_db
def test_of_many_waiting_answers_thirty_are_written_anew_with_each_that_comes():
    survey = anonymous_survey()
    for number in range(40):
        finish(survey, number)
    before = set(ReadyDraft.objects.values_list("pk", flat=True))
    finish(survey, 40)
    after = set(ReadyDraft.objects.values_list("pk", flat=True))
    assert (len(after), len(after & before)) == (41, 40 - SHUFFLED)


@pytest.mark.django_db
def test_close_mixes_all_unless_somebody_may_still_finish():
    alone, accompanied = anonymous_survey(), anonymous_survey()
    finish(alone, 1)
    finish(accompanied, 1)
    make_draft(accompanied)
    close_survey(survey=alone, by=None)
    close_survey(survey=accompanied, by=None)
    assert (alone.responses.count(), accompanied.responses.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_upkeep_closes_mixes_and_seals_what_is_due():
    survey = anonymous_survey()
    for number in range(12):
        finish(survey, number)
    closes = timezone.now()
    Survey.objects.update(closes_at=closes)
    tend_all_surveys(now=closes + timedelta(minutes=1))
    finished_late = make_draft(survey, started_at=closes - timedelta(minutes=1))
    answers.finish(key=finished_late.key, language="en", now=closes + timedelta(minutes=14))
    survey.refresh_from_db()
    assert (survey.state, survey.sealed_at, survey.responses.count()) == ("closed", None, 12)
    tend_all_surveys(now=closes + timedelta(minutes=17))
    survey.refresh_from_db()
    assert survey.sealed_at is not None and survey.responses.count() == 13
    stored = [str(pk) for pk in stored_order("id")]
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


@pytest.mark.django_db(transaction=True)
def test_sheets_entered_after_the_sealing_are_mixed_and_it_stays_sealed_once():
    survey = anonymous_survey()
    for number in range(12):
        finish(survey, number)
    closed = close_survey(survey=survey, by=None).closed_at
    tend_all_surveys(now=closed + timedelta(minutes=16))
    group = survey.cycle.groups.first()
    add_waiting(ReadyDraft(survey_id=survey.pk, group_id=group.pk, ratings=bytes([4, 4, 4, 4]), comment="late"))
    tend_all_surveys(now=closed + timedelta(minutes=17))
    assert (survey.responses.count(), ReadyDraft.objects.count()) == (13, 0)
    assert AuditEvent.objects.filter(action="seal_survey").count() == 1
