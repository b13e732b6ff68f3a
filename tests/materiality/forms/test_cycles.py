"""The forms of a cycle."""

import pytest

from materiality.forms.cycles import CycleDetailsForm, NewCycleForm
from tests.factories.cycles import details, make_cycle

pytestmark = pytest.mark.django_db


def test_new_cycle_form_gives_what_the_action_takes():
    form = NewCycleForm(details("y2026"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {**details("y2026"), "purpose": "priority", "published_on": None}


@pytest.mark.parametrize("code", ["taken", "new", "two words", ""])
def test_new_cycle_form_refuses_codes_that_cannot_be_addresses(code):
    make_cycle(code="taken")
    assert set(NewCycleForm({**details(), "code": code}).errors) == {"code"}


def test_cycle_details_form_refuses_a_reversed_period_at_its_end():
    form = CycleDetailsForm({**details(), "period_end": "2025-12-31"})
    assert set(form.errors) == {"period_end"}


def test_cycle_details_form_takes_one_day_as_a_period():
    assert CycleDetailsForm({**details(), "period_end": "2026-01-01"}).is_valid()
