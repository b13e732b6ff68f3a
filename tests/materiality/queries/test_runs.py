"""Choosing among the runs of a cycle."""

import pytest

from materiality.queries.runs import chosen_run, last_run_number, listed_runs, run_with_cube
from tests.factories.cycles import make_cycle
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


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
