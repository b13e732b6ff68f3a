"""The groups that a new cycle begins with."""

from materiality.models import Group
from materiality.queries.default_groups import default_groups


def test_default_groups_are_fields_of_a_group():
    groups = [Group(**row) for row in default_groups()]
    codes = ["users", "employees", "creators_partners", "government", "media", "community"]
    assert [group.code for group in groups] == codes
    assert [group.target for group in groups] == [9000, 3000, 1500, 300, 300, 900]
    assert {(group.weight_society, group.weight_business) for group in groups} == {(1.0, 1.0)}


def test_default_groups_changed_by_a_caller_stay_as_they_are():
    default_groups()[0]["code"] = "x"
    assert default_groups()[0]["code"] == "users"
