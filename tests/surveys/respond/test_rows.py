"""Drafts as plain SQL reads and writes them, and what a personal link stands for."""

from array import array

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.invitations.used_links import mark_used
from surveys.models import Batch, Draft, Survey
from surveys.models.invitations import new_salt
from surveys.questionnaire.saving import History, Sent
from surveys.questionnaire.screening import Rules
from surveys.questionnaire.tokens import LARGEST, token_of
from surveys.respond.answers import open_answers
from surveys.respond.rows import LinkNow, again, delete_draft, draft_to_finish, link_now, write_answers
from surveys.respond.sealed import finish_sealed, opened_again
from tests.factories.invitations import make_batch, token
from tests.factories.surveys import make_draft, make_open_survey, make_survey

pytestmark = pytest.mark.django_db


def test_draft_that_is_read_is_the_one_the_orm_stores(survey) -> None:
    draft = make_draft(survey, profile={"age": "三十"}, comment="好", attention=2, page=3)
    stored, read = Draft.objects.select_related("survey").get(), open_answers(draft.key, draft.survey.code)
    own = ("key", "survey_id", "group_id", "comment", "profile", "attention", "page", "counted", "batch_id")
    assert [getattr(read, name) for name in own] == [getattr(stored, name) for name in own]
    assert (read.ratings, read.started_at) == (bytes(stored.ratings), stored.started_at)
    times = ("state", "opened_at", "opens_at", "closes_at", "closed_at")
    assert [getattr(read, name) for name in times] == [getattr(stored.survey, name) for name in times]


def test_draft_that_is_written_is_read_by_the_orm_and_written_only_as_it_was_read(survey) -> None:
    read, now = open_answers(make_draft(survey, attention=0).key, survey.code), timezone.now()
    history = History(array("H", (1, 0)), array("I", (7, 0)), array("H", (3, 0)), (Sent(9, 2),))
    fields = {"ratings": b"\5\0", "comment": "好", "profile": {"age": "三十"}, "attention": 1, "history": history}
    assert write_answers(read, fields, page=2, at=now) == read._replace(page=2, **fields)
    assert write_answers(read, fields, page=2, at=now) is None
    stored = Draft.objects.get()
    assert (bytes(stored.ratings), stored.page, stored.saved_at) == (b"\5\0", 2, now)
    assert (stored.comment, stored.profile, stored.attention) == ("好", {"age": "三十"}, 1)
    assert History.unpack(bytes(stored.history)) == again(read).history == history


def test_draft_to_finish_is_the_one_stored_with_its_survey(survey) -> None:
    draft = make_draft(survey, comment="好")
    taken = draft_to_finish(draft.key)
    stored = Draft.objects.select_related("survey").get()
    assert (taken.ratings, taken.comment, taken.profile) == (bytes(stored.ratings), "好", stored.profile)
    assert (taken.started_at, taken.rules) == (stored.started_at, Rules.from_json(stored.survey.rules))


@pytest.mark.parametrize("column", ["rules_version", "state", "opens_at", "closes_at", "closed_at"])
def test_draft_is_deleted_only_while_its_survey_is_as_it_was_read(survey, column) -> None:
    key = make_draft(survey).key
    read, new = draft_to_finish(key), _another(survey, column)
    Survey.objects.filter(pk=survey.pk).update(**{column: new})
    assert not delete_draft(key, read)
    assert delete_draft(key, draft_to_finish(key))


@pytest.mark.parametrize("column", ["state", "opens_at", "closes_at", "closed_at"])
def test_sealed_answers_are_finished_only_while_their_survey_takes_them_as_was_read(column) -> None:
    survey = make_open_survey(anonymous=True)
    box, moment = make_draft(survey).key, timezone.now()
    contents = box.contents._replace(submitted_at=moment)
    Survey.objects.filter(pk=survey.pk).update(**{column: _another(survey, column)})
    assert not finish_sealed(box, contents, at=moment)
    assert finish_sealed(opened_again(box), contents, at=moment)


def _another(survey: Survey, column: str) -> object:
    return {"rules_version": survey.rules_version + 1, "state": Survey.State.CLOSED}.get(column, timezone.now())


def test_link_now_of_a_genuine_link() -> None:
    survey = make_survey()
    group = survey.cycle.groups.get(code="employees")
    batch = make_batch(survey, group, channel=Batch.Channel.MAIL)
    expected = LinkNow(batch.pk, 4, survey.pk, group.pk, "employees", "mail", False, token(batch, 4), False)
    assert link_now(token(batch, 4), survey.code) == expected
    assert link_now(token(batch, 4).upper(), survey.code) == expected


def test_link_now_of_a_used_link() -> None:
    survey = make_survey()
    batch = make_batch(survey)
    mark_used(batch.pk, 4)
    assert [link_now(token(batch, serial), survey.code).used for serial in (3, 4, 5)] == [False, True, False]


def test_link_now_asks_for_the_batch_and_its_key_at_once() -> None:
    survey = make_survey()
    made = token(make_batch(survey))
    with CaptureQueriesContext(connection) as queries:
        link_now(made, survey.code)
    assert len(queries) == 1


def test_link_of_another_survey_is_refused() -> None:
    one, other = make_survey(), make_survey()
    assert link_now(token(make_batch(one)), other.code) is None


def test_link_beyond_the_size_of_its_batch_is_refused() -> None:
    survey = make_survey()
    batch = make_batch(survey, size=10)
    assert link_now(token(batch, 9), survey.code) is not None
    assert link_now(token(batch, 10), survey.code) is None


def test_links_are_void_after_a_new_salt() -> None:
    survey = make_survey()
    batch = make_batch(survey)
    old = token(batch)
    Batch.objects.filter(pk=batch.pk).update(salt=new_salt())
    assert link_now(old, survey.code) is None


@pytest.mark.parametrize("junk", ["", "a" * 24, "a" * 25, "文" * 24, "a" * 23 + "\0", token_of(b"x", LARGEST, LARGEST)])
def test_junk_is_refused(junk: str) -> None:
    survey = make_survey()
    make_batch(survey)
    assert link_now(junk, survey.code) is None
