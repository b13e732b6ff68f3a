"""How the method changed over time."""

import pytest

from materiality.actions.save_group import save_group
from materiality.actions.set_method import set_method
from materiality.queries.method_history import method_changes
from tests.factories.cycles import make_cycle, values_of
from tests.factories.people import make_person
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


def test_method_changes_come_newest_first_with_person_and_run():
    cycle, person = make_cycle(), make_person(username="lin")
    set_method(cycle=cycle, values={"min_n": 8}, by=person)
    make_run(cycle)
    group = cycle.groups.get(code="media")
    save_group(cycle=cycle, values=values_of(group, weight_society=2.0, target=7), by=person, group=group)
    found = [(change.person, change.group, change.changes, change.after_run) for change in method_changes(cycle)]
    assert found == [
        ("lin", "media", [("weight_society", 1.0, 2.0)], 1),
        ("lin", "", [("min_n", 5, 8)], None),
    ]


def test_method_changes_leave_out_other_cycles_and_changes_of_names():
    cycle, other = make_cycle(), make_cycle()
    set_method(cycle=other, values={"min_n": 8}, by=None)
    group = cycle.groups.get(code="media")
    save_group(cycle=cycle, values=values_of(group, name_en="Press"), by=None, group=group)
    assert method_changes(cycle) == []
