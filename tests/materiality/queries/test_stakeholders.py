"""The groups that a new cycle begins with."""

import pytest

from materiality.models import Group
from materiality.queries.stakeholders import default_groups, group_shares

pytestmark = pytest.mark.django_db


def test_default_groups_are_fields_of_a_group():
    groups = [Group(**row) for row in default_groups()]
    codes = ["users", "employees", "creators_partners", "government", "media", "community"]
    assert [group.code for group in groups] == codes
    assert [group.target for group in groups] == [9000, 3000, 1500, 300, 300, 900]
    assert {(group.weight_society, group.weight_business) for group in groups} == {(1.0, 1.0)}


def test_default_groups_changed_by_a_caller_stay_as_they_are():
    default_groups()[0]["code"] = "x"
    assert default_groups()[0]["code"] == "users"


def test_group_shares_are_proportions_per_dimension():
    groups = [Group(weight_society=1, weight_business=0), Group(weight_society=3, weight_business=5)]
    assert [(row.society, row.business) for row in group_shares(groups)] == [(0.25, 0), (0.75, 1)]


def test_group_shares_of_no_weight_at_all_are_unknown():
    assert [row.society for row in group_shares([Group(weight_society=0)])] == [None]
