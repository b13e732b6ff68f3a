"""What a personal link stands for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.invitations.used_links import mark_used
from surveys.models import Batch
from surveys.models.invitations import new_secret
from surveys.questionnaire.tokens import LARGEST, token_of
from surveys.respond.rows import LinkNow, link_now
from tests.factories.invitations import make_batch, token
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db


def test_link_now_of_a_genuine_link() -> None:
    survey = make_survey()
    group = survey.cycle.groups.get(code="employees")
    batch = make_batch(survey, group, channel=Batch.Channel.MAIL)
    expected = LinkNow(batch.pk, 4, survey.pk, group.pk, "employees", "mail", False)
    assert link_now(token(batch, 4), survey.code) == expected
    assert link_now(token(batch, 4).upper(), survey.code) == expected


def test_link_now_of_a_used_link() -> None:
    survey = make_survey()
    batch = make_batch(survey)
    mark_used(batch.pk, 4)
    assert [link_now(token(batch, serial), survey.code).used for serial in (3, 4, 5)] == [False, True, False]


def test_link_now_asks_once() -> None:
    survey = make_survey()
    batch = make_batch(survey)
    with CaptureQueriesContext(connection) as queries:
        link_now(token(batch), survey.code)
    assert len(queries) == 1


def test_link_of_another_survey_is_refused() -> None:
    one, other = make_survey(), make_survey()
    assert link_now(token(make_batch(one)), other.code) is None


def test_link_beyond_the_size_of_its_batch_is_refused() -> None:
    survey = make_survey()
    batch = make_batch(survey, size=10)
    assert link_now(token(batch, 9), survey.code) is not None
    assert link_now(token(batch, 10), survey.code) is None


def test_links_are_void_after_a_new_secret() -> None:
    survey = make_survey()
    batch = make_batch(survey)
    old = token(batch)
    Batch.objects.filter(pk=batch.pk).update(secret=new_secret())
    assert link_now(old, survey.code) is None


@pytest.mark.parametrize("junk", ["", "a" * 24, "a" * 25, "文" * 24, "a" * 23 + "\0", token_of(b"x", LARGEST, LARGEST)])
def test_junk_is_refused(junk: str) -> None:
    survey = make_survey()
    make_batch(survey)
    assert link_now(junk, survey.code) is None
