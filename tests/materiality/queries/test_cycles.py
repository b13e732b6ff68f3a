"""Cycles, their scope and next step."""

from datetime import date

import pytest

from materiality.models import Issue
from materiality.queries.cycles import Scope, free_code, listed_cycles, next_step, scope_of
from materiality.steps import Standing, Step
from tests.factories.cycles import make_cycle, move, small_library
from tests.factories.scores import make_run
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def test_scope_counts_active_issues_of_both_levels():
    edition = small_library(secondaries=4)
    with thawed():
        Issue.objects.filter(edition=edition, code="SOC-01-01").update(status="retired")
    assert scope_of(edition) == Scope(primaries=2, secondaries=7)


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
    assert free_code(date(2026, 5, 1)) == "2026"
    make_cycle(code="2026")
    make_cycle(code="2026-3")
    assert free_code(date(2026, 5, 1)) == "2026-2"
    make_cycle(code="2026-2")
    assert free_code(date(2026, 5, 1)) == "2026-4"


def test_next_step_is_the_first_that_is_not_done():
    steps = [Step(n, f"step-{n}", "", "cycle", lambda cycle: Standing(True)) for n in range(3)]
    standings = list(zip(steps, [Standing(True), Standing(False), Standing(False)], strict=True))
    assert next_step(standings) == steps[1]
    assert next_step(standings[:1]) is None
