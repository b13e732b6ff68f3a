"""Closing a cycle."""

from datetime import date

import pytest

from materiality.actions.cycles import close_cycle, edit_cycle, open_cycle, set_method
from materiality.models import AuditEvent, Cycle, Job
from materiality.platform.hooks import CLOSE_CYCLE
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import method_of
from materiality.queries.stakeholders import default_groups
from materiality.scoring.method import Method, MethodError
from tests.factories.cycles import details, make_cycle, move, small_library
from tests.factories.hooks import declare
from tests.factories.people import make_person
from tests.factories.scores import make_run

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
    declare(
        monkeypatch,
        objections={
            CLOSE_CYCLE: [lambda cycle: [f"{cycle.code} is busy."], lambda cycle: [], lambda cycle: ["So is a survey."]]
        },
    )
    with pytest.raises(NotAllowed) as refusal:
        close_cycle(cycle=make_cycle(code="spring"), by=None)
    assert refusal.value.reason == "spring is busy. So is a survey."


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


def test_open_cycle_for_double_materiality_takes_the_highest_of_either_dimension():
    make_cycle()
    method = method_of(open_cycle(**details("double"), purpose="double", by=None))
    assert (method.rule, method.thresholds, method.q_society, method.q_business) == ("either", "shares", 0.2, 0.2)
    assert method.estimator == "comparable"


def test_method_of_a_cycle_stored_before_estimators_is_the_plain_mean():
    cycle = make_cycle()
    cycle.method.pop("estimator")
    assert method_of(cycle).estimator == "plain"


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


def test_set_method_stores_what_is_named_and_keeps_the_rest():
    cycle = make_cycle()
    set_method(cycle=cycle, values={"min_n": 10, "lam": 0.7}, by=None)
    method = method_of(Cycle.objects.get(pk=cycle.pk))
    assert (method.min_n, method.lam, method.q_high) == (10, 0.7, 0.3)


def test_set_method_records_before_and_after_of_what_changed():
    set_method(cycle=make_cycle(), values={"min_n": 10, "seed": 1, "weighting": "by_response"}, by=None)
    event = AuditEvent.objects.get(action="set_method")
    assert event.before == {"weighting": "balanced", "min_n": 5}
    assert event.after == {"weighting": "by_response", "min_n": 10}


def test_set_method_after_a_run_names_the_run():
    cycle = make_cycle()
    make_run(cycle)
    make_run(cycle, seed=2)
    set_method(cycle=cycle, values={"min_n": 10}, by=None)
    assert AuditEvent.objects.get(action="set_method").after == {"min_n": 10, "after_run": 2}
    set_method(cycle=cycle, by=None, values={"names": {"axis": {"society": {"en": "Impact materiality"}}}})
    assert "after_run" not in AuditEvent.objects.filter(action="set_method").latest("number").after


def test_set_method_with_nothing_new_writes_no_event():
    set_method(cycle=make_cycle(), values={"min_n": 5}, by=None)
    assert not AuditEvent.objects.filter(action="set_method").exists()


def test_set_method_with_a_bad_value_changes_nothing():
    cycle = make_cycle()
    with pytest.raises(MethodError) as error:
        set_method(cycle=cycle, values={"min_n": 1, "lam": 2.0}, by=None)
    assert {(problem.field, problem.code) for problem in error.value.problems} == {
        ("min_n", "out_of_range"),
        ("lam", "out_of_range"),
    }
    assert method_of(Cycle.objects.get(pk=cycle.pk)).min_n == 5


def test_set_method_is_possible_until_the_review():
    cycle = move(make_cycle(), "closed")
    set_method(cycle=cycle, values={"min_n": 6}, by=None)
    move(cycle, "in_review")
    with pytest.raises(NotAllowed):
        set_method(cycle=cycle, values={"min_n": 7}, by=None)
    assert method_of(Cycle.objects.get(pk=cycle.pk)).min_n == 6
