"""Changing the details of a cycle."""

from datetime import date

import pytest

from materiality.actions.edit_cycle import edit_cycle
from materiality.models import AuditEvent, Cycle
from materiality.refusals import NotAllowed
from tests.factories.cycles import details, make_cycle, move

pytestmark = pytest.mark.django_db


def wanted(**changes) -> dict:
    return {name: value for name, value in {**details(), **changes}.items() if name != "code"}


def test_edit_cycle_stores_what_changed_and_records_only_that():
    cycle = make_cycle()
    edit_cycle(cycle=cycle, **wanted(title_en="Spring round", period_end=date(2026, 6, 30)), by=None)
    cycle.refresh_from_db()
    event = AuditEvent.objects.get(action="edit_cycle")
    assert (cycle.title_en, cycle.period_end) == ("Spring round", date(2026, 6, 30))
    assert event.before == {"title_en": "Annual assessment", "period_end": "2026-12-31"}
    assert event.after == {"title_en": "Spring round", "period_end": "2026-06-30"}


def test_edit_cycle_with_nothing_new_writes_no_event():
    edit_cycle(cycle=make_cycle(), **wanted(), by=None)
    assert not AuditEvent.objects.filter(action="edit_cycle").exists()


@pytest.mark.parametrize(("state", "allowed"), [("closed", True), ("in_review", False), ("signed_off", False)])
def test_edit_cycle_is_possible_until_the_review(state, allowed):
    cycle = move(make_cycle(), state)
    if allowed:
        edit_cycle(cycle=cycle, **wanted(gri_edition="2016"), by=None)
    else:
        with pytest.raises(NotAllowed):
            edit_cycle(cycle=cycle, **wanted(gri_edition="2016"), by=None)
    assert Cycle.objects.get(pk=cycle.pk).gri_edition == ("2016" if allowed else "2021")


def test_edit_cycle_with_a_reversed_period_is_refused():
    with pytest.raises(NotAllowed):
        edit_cycle(cycle=make_cycle(), **wanted(period_end=date(2025, 1, 1)), by=None)
