"""Anonymous surveys from the first page to the finalising: sealed, released, their key destroyed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.platform.keys import KeyMissing, missing_keys
from materiality.platform.refusals import NotAllowed
from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.responses import finalise_survey
from surveys.actions.surveys import close_survey
from surveys.models import Assignments, Response, SealedDraft, Survey, Tally
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.saving import Change
from surveys.respond import answers
from surveys.respond.keys import key_of
from tests.factories.anonymous import anonymous_survey, finish, stored_order
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def test_opening_makes_a_key_that_the_database_does_not_hold(settings):
    survey, linked = anonymous_survey(), make_open_survey(make_survey_cycle({"society": 2}))
    assert linked.key_check == "" and len(key_of(survey)) == 32
    assert (settings.KEYS / f"survey-{survey.key_check}").read_bytes() == key_of(survey)
    assert key_of(survey).hex() not in str(Survey.objects.filter(pk=survey.pk).values())


def test_draft_shows_nothing_of_what_it_holds():
    survey = anonymous_survey()
    short = make_draft(survey)
    long = make_draft(survey, ratings=bytes([5, 4, 3, 2]), comment="好" * 2000, attention=3)
    rows = [bytes(row.sealed) for row in SealedDraft.objects.all()]
    assert len(rows) == 2 and len({len(row) for row in rows}) == 1
    assert all(("好" * 9).encode(code) not in row for row in rows for code in ("utf-8", "utf-16-le"))
    assert answers.open_answers(long.secret, survey.code).comment == "好" * 2000
    assert short.secret != long.secret and short.order != long.order


def test_draft_opens_with_its_secret_only():
    survey, other = anonymous_survey(), anonymous_survey()
    draft = make_draft(survey)
    assert answers.open_answers(draft.secret, survey.code).ratings == bytes(4)
    assert answers.open_answers(draft.secret[:-1] + "x", survey.code) is None
    assert answers.open_answers(draft.secret, other.code) is None


def test_without_the_key_nothing_opens_and_nothing_is_made(settings, tmp_path):
    survey = anonymous_survey()
    draft = make_draft(survey)
    settings.KEYS = tmp_path
    with pytest.raises(KeyMissing):
        answers.open_answers(draft.secret, survey.code)
    assert f"survey-{survey.key_check}" in missing_keys() and list(tmp_path.iterdir()) == []


def test_finished_answers_stay_in_their_row_and_open_without_the_secret_no_more():
    survey = anonymous_survey()
    draft = make_draft(survey, ratings=bytes([1, 2, 3, 4]))
    before = SealedDraft.objects.get()
    assert answers.finish(key=draft.key, language="en", changes=[Change("comment", "好")]) is True
    after = SealedDraft.objects.get()
    assert (after.pk, after.state) == (before.pk, "finished")
    assert len(bytes(after.sealed)) == len(bytes(before.sealed))
    assert answers.open_answers(draft.secret, survey.code) is None
    assert answers.finish(key=draft.key, language="en") is False
    assert (answers.save(draft=draft, changes=[Change("r0", 5)]), Response.objects.count()) == (None, 0)


def test_two_who_save_one_sealed_draft_keep_what_each_gave():
    survey = anonymous_survey()
    one = make_draft(survey)
    other = answers.open_answers(one.secret, survey.code)
    answers.save(draft=one, changes=[Change("r0", 5)])
    kept = answers.save(draft=other, changes=[Change("r1", 2), Change("comment", "和")])
    stored = answers.open_answers(one.secret, survey.code)
    assert (stored.ratings, stored.comment) == (kept.ratings, kept.comment) == (bytes([5, 2, 0, 0]), "和")


def test_close_releases_all_unless_somebody_may_still_finish():
    alone, accompanied = anonymous_survey(), anonymous_survey()
    finish(alone, 1)
    finish(accompanied, 1)
    make_draft(accompanied)
    close_survey(survey=alone, by=None)
    close_survey(survey=accompanied, by=None)
    assert (alone.responses.count(), accompanied.responses.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_upkeep_closes_releases_and_finalises_what_is_due(settings):
    survey = anonymous_survey()
    for number in range(12):
        finish(survey, number)
    closes = timezone.now()
    Survey.objects.update(closes_at=closes)
    tend_all_surveys(now=closes + timedelta(minutes=1))
    finished_late = make_draft(survey, started_at=closes - timedelta(minutes=1))
    answers.finish(key=finished_late.key, language="en", now=closes + timedelta(minutes=14))
    make_draft(survey, page=1)
    survey.refresh_from_db()
    assert (survey.state, survey.sealed_at, survey.responses.count()) == ("closed", None, 12)
    tend_all_surveys(now=closes + timedelta(minutes=17))
    survey.refresh_from_db()
    assert survey.sealed_at is not None and survey.responses.count() == 13
    assert not SealedDraft.objects.exists() and not (settings.KEYS / f"survey-{survey.key_check}").exists()
    assert Tally.objects.get(measure="broken_off").number == 1
    stored = [str(pk) for pk in stored_order("id")]
    assert stored == sorted(stored)
    tend_all_surveys(now=closes + timedelta(minutes=30))
    assert AuditEvent.objects.filter(action="finalise_survey").count() == 1


@pytest.mark.django_db(transaction=True)
def test_finalising_that_was_broken_off_after_the_key_was_destroyed_is_done_again(settings):
    survey = anonymous_survey()
    closed = close_survey(survey=survey, by=None).closed_at
    (settings.KEYS / f"survey-{survey.key_check}").unlink()
    tend_all_surveys(now=closed + timedelta(minutes=16))
    survey.refresh_from_db()
    assert survey.sealed_at is not None and missing_keys() == []


@pytest.mark.django_db(transaction=True)
def test_finalising_of_an_open_survey_within_the_grace_or_with_answers_is_refused():
    survey = anonymous_survey()
    finish(survey, 1)
    make_draft(survey)
    with pytest.raises(NotAllowed):
        finalise_survey(survey=survey)
    closed = close_survey(survey=survey, by=None).closed_at
    for later in (timedelta(0), timedelta(minutes=16)):
        with pytest.raises(NotAllowed):
            finalise_survey(survey=survey, now=closed + later)
    assert key_of(survey)


def test_parts_given_are_sealed_and_go_back_without_an_answer_being_read():
    plans = {"users": Plan(expected=10_000)}
    survey = make_open_survey(
        make_survey_cycle({"society": 20}), anonymous=True, split=True, split_issues=12, plans=plans
    )
    group = survey.cycle.groups.first()
    questionnaire = answers.questionnaire_of(survey.pk, survey.opened_at)
    asked = questionnaire.asked_of(group.pk)
    assert asked.each == 12
    for _person in range(3):
        (part,) = answers.draw_parts(questionnaire, group.pk, asked)
        make_draft(survey, group=group, issues=part, counted=True)
    stored = bytes(Assignments.objects.get(group=group).counts)
    assert len(stored) == 28 + 4 * 20
    assert sum(answers.locked_counts(survey, group.pk, 20)) == 36
    later = timezone.now() + timedelta(hours=25)
    assert answers.expire_assignments(survey=survey, now=later) == 3
    assert answers.expire_assignments(survey=survey, now=later) == 0
    assert sum(answers.locked_counts(survey, group.pk, 20)) == 0
