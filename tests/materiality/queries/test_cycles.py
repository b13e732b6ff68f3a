"""Cycles, their scope and next step."""

from datetime import date

import pytest
from django.core.cache import cache
from django.utils.translation import override

from materiality.actions.cycles import set_method
from materiality.actions.stakeholders import save_group
from materiality.models import Issue, Job
from materiality.platform import audit
from materiality.queries.cycles import (
    EditionScope,
    chosen_run,
    edition_scope,
    free_cycle_code,
    last_run_number,
    listed_cycles,
    listed_runs,
    method_changes,
    newest_method,
    once_for,
    recent_happenings,
    run_with_cube,
    running_jobs,
)
from tests.factories.cycles import make_cycle, move, small_library, values_of
from tests.factories.people import make_person
from tests.factories.scores import make_run
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def test_scope_counts_active_issues_of_both_levels():
    edition = small_library(secondaries=4)
    with thawed():
        Issue.objects.filter(edition=edition, code="SOC-01-01").update(status="retired")
    assert edition_scope(edition) == EditionScope(primaries=2, secondaries=7)


def test_listed_cycles_tell_groups_and_the_last_run():
    cycle = make_cycle()
    make_run(cycle)
    make_run(cycle, seed=2)
    found = listed_cycles().get()
    assert (found.group_number, found.last_run) == (6, 2)


def test_listed_cycles_filter_by_state():
    open_one, closed_one = make_cycle(), move(make_cycle(), "closed")
    assert list(listed_cycles("open")) == [open_one]
    assert list(listed_cycles("closed")) == [closed_one]
    assert listed_cycles("no-such-state").count() == 2


def test_free_code_is_the_year_and_counts_on_where_it_is_taken():
    assert free_cycle_code(date(2026, 5, 1)) == "2026"
    make_cycle(code="2026")
    make_cycle(code="2026-3")
    assert free_cycle_code(date(2026, 5, 1)) == "2026-2"
    make_cycle(code="2026-2")
    assert free_cycle_code(date(2026, 5, 1)) == "2026-4"


def test_recent_happenings_say_who_did_what_newest_first():
    cycle = make_cycle(code="spring", by=make_person(username="lin"))
    audit.record("water_plants", cycle, by=None)
    with override("en"):
        found = [(event.person, event.words) for event in recent_happenings(make_person())]
    assert found == [("", "water plants: spring"), ("lin", "created the cycle spring")]


def test_recent_happenings_are_in_the_readers_language():
    make_cycle(code="spring")
    with override("zh-hans"):
        assert [event.words for event in recent_happenings(make_person())] == ["新建了评估周期 spring"]


def test_recent_happenings_are_as_many_as_asked_for():
    cycle = make_cycle()
    for _number in range(12):
        audit.record("edit_cycle", cycle, by=None)
    assert len(recent_happenings(make_person())) == 10


def test_running_jobs_are_those_that_are_not_over():
    for state in Job.State.values:
        Job.objects.create(kind="score", state=state)
    assert [job.state for job in running_jobs(make_person())] == ["queued", "running"]


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


def test_runs_are_listed_newest_first_without_their_cubes():
    cycle = make_cycle()
    make_run(cycle)
    make_run(cycle, seed=2)
    runs = list(listed_runs(cycle))
    assert [run.number for run in runs] == [2, 1]
    assert all("cube" in run.get_deferred_fields() for run in runs)
    assert last_run_number(cycle) == 2


def test_chosen_run_is_the_named_one_even_where_the_list_lacks_it():
    cycle = make_cycle()
    first, second = make_run(cycle), make_run(cycle, seed=2)
    assert [chosen_run(cycle, [second], number) for number in ("", "2", "1")] == [second, second, first]


@pytest.mark.parametrize("number", ["3", "x", "-1", "²", "9" * 40])
def test_chosen_run_that_does_not_exist_is_none(number):
    cycle = make_cycle()
    run = make_run(cycle)
    assert (chosen_run(cycle, [run], number), run_with_cube(cycle, number)) == (None, None)


def test_run_with_cube_of_a_cycle_without_runs_is_none():
    cycle = make_cycle()
    assert (run_with_cube(cycle), last_run_number(cycle)) == (None, None)


def test_newest_method_is_of_a_real_cycle_that_the_person_sees():
    real, other, sample = (make_cycle(code=code) for code in ("real", "other", "sample"))
    for cycle in (real, other, sample):
        cycle.method = {"names": cycle.code}
        cycle.sample = "shown" if cycle == sample else ""
        cycle.save()
    viewer = make_person("viewer")
    assert [newest_method(each)["names"] for each in (None, viewer)] == ["other"] * 2
    viewer.cycles.set([real, sample])
    assert newest_method(viewer)["names"] == "real"


def test_figures_that_are_kept_of_runs_drive_out_nothing_else():
    small_library()
    run = make_run(make_cycle())
    cache.set("of-fieldwork", 1)
    for number in range(301):
        once_for(run, "figure", lambda: "made", number)
    assert cache.get("of-fieldwork") == 1 and once_for(run, "figure", lambda: "made again", 300) == "made"
