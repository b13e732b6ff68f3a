"""Adding and changing stakeholder groups."""

import pytest

from materiality.actions.save_group import save_group
from materiality.models import AuditEvent
from materiality.refusals import NotAllowed
from tests.factories.cycles import make_cycle, move, new_group_values, values_of
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


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
