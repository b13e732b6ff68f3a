"""Removing a stakeholder group."""

import pytest
from django.utils import timezone

from materiality.actions.stakeholders import remove_group, save_group
from materiality.models import AuditEvent, Group
from materiality.platform.refusals import NotAllowed
from surveys.models import Draft, Response
from tests.factories.cycles import make_cycle, move, new_group_values, values_of
from tests.factories.scores import make_run
from tests.factories.surveys import make_draft

pytestmark = pytest.mark.django_db


def test_remove_group_deletes_a_group_without_answers():
    cycle = make_cycle()
    remove_group(group=cycle.groups.get(code="media"), by=None)
    event = AuditEvent.objects.get(action="remove_group")
    assert not cycle.groups.filter(code="media").exists()
    assert (event.object_text, event.before["code"]) == ("media", "media")


def test_remove_group_with_responses_is_refused(plain_survey):
    group = plain_survey.cycle.groups.first()
    ratings = bytes(plain_survey.items.count())
    key = "00000000-0000-4000-8000-000000000001"
    Response.objects.create(id=key, survey=plain_survey, group=group, ratings=ratings, submitted_at=timezone.now())
    with pytest.raises(NotAllowed):
        remove_group(group=group, by=None)
    assert Group.objects.filter(pk=group.pk).exists()


def test_remove_group_with_answers_in_progress_is_refused_and_keeps_them(plain_survey):
    draft = make_draft(plain_survey)
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


def test_save_group_adds_it_at_the_end():
    cycle = make_cycle()
    group = save_group(cycle=cycle, values=new_group_values(weight_society=2.5), by=None)
    group.refresh_from_db()
    assert (group.cycle, group.weight_society) == (cycle, 2.5)
    assert list(cycle.groups.all())[-1] == group


def test_save_group_records_what_changed():
    cycle = make_cycle()
    group = cycle.groups.get(code="media")
    save_group(cycle=cycle, values=values_of(group, weight_business=3.0, target=50), by=None, group=group)
    event = AuditEvent.objects.get(action="save_group")
    assert event.before == {"weight_business": 1.0, "target": 300}
    assert event.after == {"weight_business": 3.0, "target": 50}


def test_save_group_marks_a_weight_changed_after_a_run_and_only_a_weight():
    cycle = make_cycle()
    run = make_run(cycle)
    group = cycle.groups.get(code="media")
    save_group(cycle=cycle, values=values_of(group, target=50), by=None, group=group)
    save_group(cycle=cycle, values=values_of(group, weight_society=2.0), by=None, group=group)
    events = AuditEvent.objects.filter(action="save_group").order_by("number")
    assert [event.after.get("after_run") for event in events] == [None, run.number]


def test_save_group_with_nothing_new_writes_no_event():
    cycle = make_cycle()
    group = cycle.groups.first()
    save_group(cycle=cycle, values=values_of(group), by=None, group=group)
    assert not AuditEvent.objects.filter(action="save_group").exists()


def test_save_group_refuses_a_taken_code_and_another_code():
    cycle = make_cycle()
    with pytest.raises(NotAllowed):
        save_group(cycle=cycle, values=new_group_values("media"), by=None)
    group = cycle.groups.get(code="media")
    with pytest.raises(NotAllowed):
        save_group(cycle=cycle, values=values_of(group, code="press"), by=None, group=group)


@pytest.mark.parametrize("dimension", ["society", "business"])
def test_save_group_refuses_the_last_weight_of_a_dimension_going_to_zero(dimension):
    cycle = make_cycle()
    name = f"weight_{dimension}"
    cycle.groups.exclude(code="users").update(**{name: 0})
    group = cycle.groups.get(code="users")
    with pytest.raises(NotAllowed):
        save_group(cycle=cycle, values=values_of(group, **{name: 0.0}), by=None, group=group)
    group.refresh_from_db()
    assert getattr(group, name) == 1


@pytest.mark.parametrize(("state", "may_add", "may_change"), [("closed", False, True), ("in_review", False, False)])
def test_save_group_in_later_states(state, may_add, may_change):
    cycle = move(make_cycle(), state)
    group = cycle.groups.first()
    done = {}
    for name, values, row in (("add", new_group_values(), None), ("change", values_of(group, target=1), group)):
        try:
            save_group(cycle=cycle, values=values, by=None, group=row)
            done[name] = True
        except NotAllowed:
            done[name] = False
    assert done == {"add": may_add, "change": may_change}
