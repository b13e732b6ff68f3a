"""Opening a cycle."""

from datetime import date

import pytest

from materiality.actions.open_cycle import open_cycle
from materiality.models import AuditEvent, Cycle
from materiality.queries.default_groups import default_groups
from materiality.queries.method import method_of
from materiality.refusals import NotAllowed
from materiality.scoring.method import Method
from tests.factories.cycles import details, make_cycle, small_library
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def test_open_cycle_takes_the_edition_in_force_and_is_open():
    edition = small_library()
    cycle = open_cycle(**details("y2026"), by=make_person())
    cycle.refresh_from_db()
    assert (cycle.code, cycle.edition, cycle.state) == ("y2026", edition, Cycle.State.OPEN)


def test_open_cycle_makes_the_default_groups_in_order():
    cycle = make_cycle()
    assert list(cycle.groups.values_list("code", flat=True)) == [row["code"] for row in default_groups()]


def test_open_cycle_keeps_the_default_method_without_weights():
    cycle = make_cycle()
    assert "weights" not in cycle.method
    assert Method.from_dict(cycle.method) == Method()
    assert set(method_of(cycle).weights) == {row["code"] for row in default_groups()}


def test_open_cycle_writes_one_event_by_the_actor():
    small_library()
    person = make_person(username="lin")
    cycle = open_cycle(**details(), by=person)
    event = AuditEvent.objects.get(action="open_cycle")
    assert (event.object_id, event.person.user) == (str(cycle.pk), person)
    assert event.after["period_start"] == "2026-01-01"


def test_open_cycle_without_an_edition_is_refused():
    with pytest.raises(NotAllowed):
        open_cycle(**details(), by=None)
    assert not Cycle.objects.exists()


@pytest.mark.parametrize("changes", [{"code": "taken"}, {"period_end": date(2025, 12, 31)}])
def test_open_cycle_refuses_a_taken_code_and_a_reversed_period(changes):
    make_cycle(code="taken")
    with pytest.raises(NotAllowed):
        open_cycle(**{**details(), **changes}, by=None)
    assert Cycle.objects.count() == 1
