"""The form of a stakeholder group."""

import pytest

from materiality.forms.stakeholders import GroupForm
from materiality.models import Group
from tests.factories.cycles import make_cycle, new_group_values, values_of

pytestmark = pytest.mark.django_db


def test_group_form_gives_the_values_entered():
    values = new_group_values(weight_society=0.25, definition_en="Firms that sell to us", target=12)
    form = GroupForm(values, instance=Group(cycle=make_cycle()))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == values


def test_group_form_of_a_group_keeps_its_code_whatever_is_sent():
    cycle = make_cycle()
    group = cycle.groups.get(code="media")
    form = GroupForm({**values_of(group), "code": "press"}, instance=group)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["code"] == "media"


@pytest.mark.parametrize(
    ("field", "value"),
    [("weight_society", "-1"), ("weight_business", "x"), ("weight_society", ""), ("code", "media"), ("target", "-5")],
)
def test_group_form_refuses_bad_values_at_their_field(field, value):
    form = GroupForm({**new_group_values(), field: value}, instance=Group(cycle=make_cycle()))
    assert set(form.errors) == {field}
