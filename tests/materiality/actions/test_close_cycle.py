"""Closing a cycle."""

import pytest

from materiality import closing
from materiality.actions.close_cycle import close_cycle
from materiality.models import AuditEvent, Cycle, Job
from materiality.refusals import NotAllowed
from tests.factories.cycles import make_cycle, move

pytestmark = pytest.mark.django_db


def test_close_cycle_moves_it_to_closed_with_an_event():
    cycle = make_cycle()
    close_cycle(cycle=cycle, by=None)
    cycle.refresh_from_db()
    event = AuditEvent.objects.get(action="close_cycle")
    assert (cycle.state, event.before, event.after) == ("closed", {"state": "open"}, {"state": "closed"})


@pytest.mark.parametrize("state", ["closed", "in_review", "signed_off", "archived"])
def test_close_cycle_in_a_later_state_is_refused(state):
    cycle = move(make_cycle(), state)
    with pytest.raises(NotAllowed):
        close_cycle(cycle=cycle, by=None)
    cycle.refresh_from_db()
    assert cycle.state == state


def test_close_cycle_with_a_running_job_is_refused_until_it_is_over():
    cycle = make_cycle()
    job = Job.objects.create(kind="score", cycle=cycle, state=Job.State.RUNNING)
    with pytest.raises(NotAllowed):
        close_cycle(cycle=cycle, by=None)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    assert close_cycle(cycle=cycle, by=None).state == Cycle.State.CLOSED


def test_close_cycle_gives_every_objection_as_the_reason(monkeypatch):
    monkeypatch.setattr(closing, "_objections", [])
    closing.add_objection(lambda cycle: f"{cycle.code} is busy.")
    closing.add_objection(lambda cycle: "")
    closing.add_objection(lambda cycle: "So is a survey.")
    with pytest.raises(NotAllowed) as refusal:
        close_cycle(cycle=make_cycle(code="spring"), by=None)
    assert refusal.value.reason == "spring is busy. So is a survey."
