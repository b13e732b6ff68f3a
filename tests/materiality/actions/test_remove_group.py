"""Removing a stakeholder group."""

import pytest
from django.utils import timezone

from materiality.actions.remove_group import remove_group
from materiality.models import AuditEvent, Group
from materiality.refusals import NotAllowed
from surveys.models import Draft, Response
from tests.factories.cycles import make_cycle, move
from tests.factories.surveys import make_draft, make_open_survey

pytestmark = pytest.mark.django_db


def test_remove_group_deletes_a_group_without_answers():
    cycle = make_cycle()
    remove_group(group=cycle.groups.get(code="media"), by=None)
    event = AuditEvent.objects.get(action="remove_group")
    assert not cycle.groups.filter(code="media").exists()
    assert (event.object_text, event.before["code"]) == ("media", "media")


def test_remove_group_with_responses_is_refused():
    survey = make_open_survey()
    group = survey.cycle.groups.first()
    ratings = bytes(survey.items.count())
    key = "00000000-0000-4000-8000-000000000001"
    Response.objects.create(id=key, survey=survey, group=group, ratings=ratings, submitted_at=timezone.now())
    with pytest.raises(NotAllowed):
        remove_group(group=group, by=None)
    assert Group.objects.filter(pk=group.pk).exists()


def test_remove_group_with_answers_in_progress_is_refused_and_keeps_them():
    draft = make_draft(make_open_survey())
    with pytest.raises(NotAllowed):
        remove_group(group=draft.group, by=None)
    assert (Group.objects.filter(pk=draft.group_id).count(), Draft.objects.count()) == (1, 1)


def test_remove_group_that_holds_the_only_weight_is_refused():
    cycle = make_cycle()
    cycle.groups.exclude(code="users").update(weight_society=0)
    with pytest.raises(NotAllowed):
        remove_group(group=cycle.groups.get(code="users"), by=None)
    assert cycle.groups.filter(code="users").exists()


def test_remove_group_that_is_the_last_is_refused():
    cycle = make_cycle()
    cycle.groups.exclude(code="users").delete()
    with pytest.raises(NotAllowed):
        remove_group(group=cycle.groups.get(), by=None)


def test_remove_group_after_fieldwork_is_refused():
    cycle = move(make_cycle(), "closed")
    with pytest.raises(NotAllowed):
        remove_group(group=cycle.groups.get(code="media"), by=None)
