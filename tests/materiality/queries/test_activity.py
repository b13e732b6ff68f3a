"""What is running and what happened last."""

import pytest
from django.utils.translation import override

from materiality import audit
from materiality.models import Job
from materiality.queries.activity import recent_happenings, running_jobs
from tests.factories.cycles import make_cycle
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def test_recent_happenings_say_who_did_what_newest_first():
    cycle = make_cycle(code="spring", by=make_person(username="lin"))
    audit.record("water_plants", cycle, by=None)
    with override("en"):
        found = [(event.person, event.words) for event in recent_happenings()]
    assert found == [("", "water plants: spring"), ("lin", "opened the cycle spring")]


def test_recent_happenings_are_in_the_readers_language():
    make_cycle(code="spring")
    with override("zh-hans"):
        assert [event.words for event in recent_happenings()] == ["开启了评估周期 spring"]


def test_recent_happenings_are_as_many_as_asked_for():
    cycle = make_cycle()
    for _number in range(12):
        audit.record("edit_cycle", cycle, by=None)
    assert len(recent_happenings()) == 10


def test_running_jobs_are_those_that_are_not_over():
    for state in Job.State.values:
        Job.objects.create(kind="score", state=state)
    assert [job.state for job in running_jobs()] == ["queued", "running"]
