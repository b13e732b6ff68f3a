from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.refusals import NotAllowed
from surveys.actions.close_survey import close_survey
from surveys.actions.mix_responses import mix_responses
from surveys.actions.seal_survey import seal_survey
from surveys.actions.submit_draft import submit_draft
from surveys.models import AnonymousAnswer, AnonymousComment, Draft, ReadyDraft, Response, Survey, Tally
from surveys.upkeep import tend_all_surveys
from surveys.waiting import SHUFFLED
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle


def anonymous_survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}), anonymous=True)


def stored_order(column: str) -> list:
    """A column of the responses in the order in which the database holds the rows."""
    with connection.cursor() as cursor:
        hidden = "rowid" if connection.vendor == "sqlite" else "ctid"
        cursor.execute(f"SELECT {column} FROM surveys_response ORDER BY {hidden}")
        return [row[0] for row in cursor.fetchall()]


def finish(survey: Survey, number: int, now: datetime | None = None, **values) -> None:
    """Finished answers whose ratings tell their number, which only a test may."""
    ratings = bytes([1 + number % 5, 1 + number // 5 % 5, 0, 0])
    begun = timezone.now() - timedelta(seconds=7)
    draft = make_draft(survey, **{"ratings": ratings, "started_at": begun, **values})
    submit_draft(key=draft.key, language="zh-hans", now=now or begun + timedelta(seconds=7))


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
    told = ("started_at", "submitted_at", "comment", "token", "channel", "language", "notice_version", "attention")
    assert set(Response.objects.values_list(*told)) == {(None, None, "", "", "", "", None, None)}
    assert {str(response.profile) for response in responses} == {"{}"}
    assert {response.id.version for response in responses} == {4}
    stored = [bytes(ratings)[0] - 1 + 5 * (bytes(ratings)[1] - 1) for ratings in stored_order("ratings")]
    # One order in 20! is the order of arrival.
    assert stored != list(range(20)) and sorted(stored) == list(range(20))
    assert set(AnonymousComment.objects.values_list("text", flat=True)) == {f"comment {n}" for n in range(1, 20, 2)}
    assert not AuditEvent.objects.exclude(action__in=["build_survey", "open_survey"]).exists()


@pytest.mark.django_db
def test_mixed_profile_answers_stand_apart_one_row_per_option():
    survey = anonymous_survey()
    for number in range(10):
        finish(survey, number, profile={"site": "north", "roles": ["a", "b"] if number else [], "note": ""})
    mix_responses(survey=survey)
    answers = AnonymousAnswer.objects.values_list("question", "answer").annotate(n=Count("pk")).order_by("answer")
    assert list(answers) == [("roles", "a", 9), ("roles", "b", 9), ("site", "north", 10)]


@pytest.mark.django_db
def test_each_lot_is_written_among_all_that_came_before():
    survey = anonymous_survey()
    lots = []
    for lot in range(4):
        for number in range(25 * lot, 25 * lot + 25):
            finish(survey, number, ratings=bytes([1 + lot, 0, 0, 0]))
        mix_responses(survey=survey)
        lots.append([bytes(ratings)[0] for ratings in stored_order("ratings")])
    # One order in 100! / 25!⁴ (about 10⁵⁷) keeps the lots together.
    assert [sorted(set(stored)) for stored in lots] == [[1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]
    assert lots[-1] != sorted(lots[-1]) and lots[-1] != sorted(lots[-1], reverse=True)


@pytest.mark.django_db
def test_mix_waits_for_a_twentieth_of_what_is_stored():
    survey = anonymous_survey()
    for number in range(11 * 20):
        finish(survey, number)
    assert mix_responses(survey=survey) == 220
    for number in range(10):
        finish(survey, number)
    assert (mix_responses(survey=survey), survey.responses.count()) == (0, 220)
    finish(survey, 11)
    assert (mix_responses(survey=survey), survey.responses.count()) == (11, 231)


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
