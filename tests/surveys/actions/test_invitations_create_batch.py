"""Batches are made and made void."""

import pytest

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from surveys.actions.invitations import LARGEST_BATCH, create_batch, void_batch
from surveys.actions.surveys import close_survey
from surveys.invitations.used_links import mark_used
from surveys.models import Batch
from surveys.respond.rows import link_now
from tests.factories.invitations import make_batch, token
from tests.factories.people import make_person
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def test_batch_of_millions_is_one_row() -> None:
    survey, person = make_survey(), make_person()
    group = survey.cycle.groups.get(code="users")
    batch = create_batch(survey=survey, group=group, size=3_300_000, label=" Members ", by=person)
    assert list(Batch.objects.values_list("pk", "size", "label", "channel", "created_by")) == [
        (batch.pk, 3_300_000, "Members", "batch", person.pk)
    ]
    event = AuditEvent.objects.get(action="create_batch")
    assert event.after["links"] == 3_300_000
    assert bytes(batch.salt).hex() not in str(event.after)


@pytest.mark.parametrize("size", [0, -1, LARGEST_BATCH + 1])
def test_size_out_of_range_is_refused(size: int) -> None:
    survey = make_survey()
    with pytest.raises(NotAllowed, match="100,000,000"):
        create_batch(survey=survey, group=survey.cycle.groups.first(), size=size, by=None)
    assert Batch.objects.count() == 0


def test_closed_survey_gets_no_batch(survey) -> None:
    survey = close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed):
        create_batch(survey=survey, group=survey.cycle.groups.first(), size=1, by=None)


def test_group_of_another_cycle_is_refused() -> None:
    with pytest.raises(NotAllowed):
        create_batch(survey=make_survey(), group=make_survey_cycle().groups.first(), size=1, by=None)


def test_void_batch_makes_all_links_void_and_leaves_used_ones_used() -> None:
    survey = make_survey()
    batch = make_batch(survey)
    old = [token(batch, serial) for serial in range(batch.size)]
    mark_used(batch.pk, 2)
    renewed = void_batch(batch=batch, by=None, reason="sent to the wrong list")
    assert [link_now(each, survey.code) for each in old] == [None] * batch.size
    assert [link_now(token(renewed, serial), survey.code).used for serial in (1, 2)] == [False, True]
    assert AuditEvent.objects.get(action="void_batch").reason == "sent to the wrong list"
