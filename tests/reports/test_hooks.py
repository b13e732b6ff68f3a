"""Where the steps of this app stand."""

import pytest
from django.utils.translation import override

from materiality.platform.hooks import all_steps
from materiality.views.cycles import cycle_of
from reports.actions.outputs import request_output
from tests.factories.reports import make_cycle

pytestmark = pytest.mark.django_db


def standings(cycle) -> dict:
    with override("en"):
        steps = [step for step in all_steps() if step.key in ("matrix", "outline", "outputs")]
        return {step.key: (step.standing(cycle).done, step.standing(cycle).words) for step in steps}


def test_steps_of_a_new_cycle_are_open(library):
    assert standings(make_cycle()) == {"matrix": (False, ""), "outline": (False, ""), "outputs": (False, "")}


def test_steps_say_what_there_is_with_no_query_but_those_of_run_and_responses(cycle, django_assert_num_queries):
    request_output(cycle=cycle, kind="matrix", format="svg", language="en", by=None, send=False)
    cycle = cycle_of(cycle.code)
    with django_assert_num_queries(2):
        assert standings(cycle) == {
            "matrix": (True, "run 1"),
            "outline": (True, "24 sections"),
            "outputs": (False, ""),
        }
