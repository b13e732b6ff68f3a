import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from materiality.models import AuditEvent
from surveys.actions.fieldwork import tend_all_surveys
from surveys.models import Assignments, Draft, Recipient, Survey, Tally
from surveys.respond.answers import delete_old_drafts, finish, start_draft
from surveys.respond.rows import groups_now, survey_now
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle


def open_survey(**values) -> Survey:
    return make_open_survey(make_survey_cycle({"society": 14}), drafts_kept_days=30, **values)


@pytest.mark.django_db
def test_delete_old_drafts_keeps_those_of_the_last_thirty_days():
    survey, now = open_survey(), timezone.now()
    ages = {make_draft(survey, started_at=now - timedelta(days=days, hours=1)).key: days for days in (0, 29, 30, 45)}
    make_draft(open_survey(), started_at=now - timedelta(days=45))
    assert delete_old_drafts(survey=survey, now=now) == 2
    assert sorted(ages[key] for key in Draft.objects.filter(survey=survey).values_list("key", flat=True)) == [0, 29]
    assert Draft.objects.count() == 3
    event = AuditEvent.objects.get(action="delete_old_drafts")
    assert (event.person, event.object_id, event.after) == (None, str(survey.pk), {"drafts": 2})


@pytest.mark.django_db
def test_delete_old_drafts_counts_where_they_were_broken_off():
    survey, now = open_survey(), timezone.now()
    users, employees = survey.cycle.groups.all()
    for group, channel, page in ((users, "link", 2), (users, "link", 2), (users, "mail", 2), (employees, "link", 0)):
        make_draft(survey, group=group, channel=channel, page=page, started_at=now - timedelta(days=31))
    delete_old_drafts(survey=survey, now=now)
    counted = Tally.objects.filter(measure="broken_off").values_list("group", "channel", "place", "number")
    assert set(counted) == {("users", "link", 2, 2), ("users", "mail", 2, 1), ("employees", "link", 0, 1)}


@pytest.mark.django_db
def test_delete_old_drafts_gives_back_what_a_split_survey_gave_them():
    survey, now = open_survey(split=True, split_issues=12), timezone.now()
    group = groups_now(survey.cycle_id)[0]
    start_draft(survey=survey_now(survey.code), group=group, language="en")
    kept = bytes(Assignments.objects.get(group=group.id).counts)
    old = start_draft(survey=survey_now(survey.code), group=group, language="en")
    Draft.objects.filter(key=old).update(started_at=now - timedelta(days=31))
    assert bytes(Assignments.objects.get(group=group.id).counts) != kept
    assert delete_old_drafts(survey=survey, now=now) == 1
    assert bytes(Assignments.objects.get(group=group.id).counts) == kept != bytes(len(kept))


@pytest.mark.django_db
def test_delete_old_drafts_tells_the_audit_trail_once_an_hour_at_most():
    survey, now = open_survey(), timezone.now()
    make_draft(survey, started_at=now - timedelta(days=31))
    assert delete_old_drafts(survey=survey, now=now) == 1
    later = AuditEvent.objects.get(action="delete_old_drafts").at
    make_draft(survey, started_at=now - timedelta(days=31))
    assert delete_old_drafts(survey=survey, now=later + timedelta(minutes=59)) == 0
    assert delete_old_drafts(survey=survey, now=later + timedelta(minutes=61)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("days", "left"), [(19, 1), (21, 0)])
def test_upkeep_deletes_recipients_some_days_after_the_closing(days, left):
    survey = open_survey(recipients_kept_days=20)
    group, now = survey.cycle.groups.first(), timezone.now()
    batch = survey.batches.create(group=group, size=10, channel="mail")
    Recipient.objects.create(survey=survey, batch=batch, serial=0, group=group, email="a@example.com")
    tend_all_surveys(now=now + timedelta(days=100))
    assert Recipient.objects.count() == 1
    Survey.objects.update(closes_at=now + timedelta(days=1))
    tend_all_surveys(now=now + timedelta(days=2))
    tend_all_surveys(now=now + timedelta(days=2 + days))
    assert Recipient.objects.count() == left


def with_ten_finished() -> Survey:
    survey = make_open_survey(anonymous=True)
    for _number in range(10):
        draft = make_draft(survey, started_at=timezone.now() - timedelta(minutes=5))
        finish(key=draft.key, language="en")
    return survey


@pytest.mark.django_db
def test_upkeep_goes_on_where_one_survey_fails(caplog):
    sound = with_ten_finished()
    broken = with_ten_finished()  # the newest comes first
    Survey.objects.filter(pk=broken.pk).update(zone="Nowhere/Atlantis")
    with caplog.at_level(logging.ERROR, "surveys.actions.fieldwork"):
        tend_all_surveys()
    assert [record.getMessage() for record in caplog.records] == [f"upkeep of survey {broken.code}"]
    assert sound.responses.count() == 10
