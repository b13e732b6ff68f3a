"""Changing the method of a cycle."""

import pytest

from materiality.actions.set_method import set_method
from materiality.models import AuditEvent, Cycle
from materiality.queries.method import method_of
from materiality.refusals import NotAllowed
from materiality.scoring.method_checks import MethodError
from tests.factories.cycles import make_cycle, move
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


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
