"""Shares of those who named an issue, their intervals, and the groups together."""

import pytest

from materiality.scoring.method import Method
from materiality.scoring.ranking import GroupNamed, named_in, wilson


# From the formula worked by hand in exact fractions; 0 of 10 is z²/(n + z²).
@pytest.mark.parametrize(
    ("number", "of", "low", "high"), [(0, 10, 0, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1)]
)
def test_interval_is_wilsons(number, of, low, high):
    assert wilson(number, of) == pytest.approx((low, high), abs=1e-6)


GROUPS = [GroupNamed("users", 10, 40), GroupNamed("employees", 6, 10), GroupNamed("media", 4, 4)]


@pytest.mark.parametrize(
    ("method", "share"),
    [
        (Method(), (0.25 + 0.6) / 2),
        (Method(min_n=4), (0.25 + 0.6 + 1) / 3),
        (Method(weights={"users": {"society": 3, "business": 1}}), (2 * 0.25 + 0.6) / 3),
        (Method(weights={"users": {"society": 3, "business": 1}}, lam=1.0), (3 * 0.25 + 0.6) / 4),
        (Method(weighting="by_response"), (90 * 0.25 + 10 * 0.6) / 100),
        (Method(min_n=50), None),
    ],
)
def test_groups_together_have_the_methods_weights(method, share):
    found = named_in(GROUPS, method, {"users": 90, "employees": 10, "media": 4})
    assert found.share == (None if share is None else pytest.approx(share))
    assert found.groups == tuple(GROUPS)


def test_group_that_nobody_was_asked_in_has_no_share():
    assert (GroupNamed("users", 0, 0).share, GroupNamed("users", 0, 0).interval) == (None, None)
