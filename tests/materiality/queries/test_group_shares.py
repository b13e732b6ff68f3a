"""Weights as shares."""

from materiality.models import Group
from materiality.queries.group_shares import group_shares


def test_group_shares_are_proportions_per_dimension():
    groups = [Group(weight_society=1, weight_business=0), Group(weight_society=3, weight_business=5)]
    assert [(row.society, row.business) for row in group_shares(groups)] == [(0.25, 0), (0.75, 1)]


def test_group_shares_of_no_weight_at_all_are_unknown():
    assert [row.society for row in group_shares([Group(weight_society=0)])] == [None]
