"""The worked example and the clipping example of scoring.md, number by number."""

import pytest

from materiality.scoring.assess import assess
from materiality.scoring.method import Method

from .responses import table

ANSWERS = table(
    [
        ("users", [(5, 4)]),
        ("users", [(4, 4)]),
        ("users", [(3, 0)]),
        ("users", [(5, 2)]),
        ("employees", [(2, 3)]),
        ("employees", [(4, 5)]),
        ("employees", [(0, 4)]),
    ]
)
METHOD = Method(min_n=2, weights={"users": {"society": 1, "business": 1}, "employees": {"society": 1, "business": 3}})


@pytest.fixture(scope="module")
def result():
    return assess(ANSWERS.cube(), METHOD, {}).issues[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("society", 65.625),
        ("business", 70.833333),
        ("var_society", 192.057292),
        ("var_business", 134.548611),
        ("cov", 128.806053),
        ("priority", 68.229167),
        ("var_priority", 146.054502),
        ("society_low", 21.846177),
        ("society_high", 100),
        ("business_low", 34.190563),
        ("business_high", 100),
        ("society_n", 6),
        ("business_n", 6),
        ("base", (2, 2)),
        ("rank", 1),
    ],
)
def test_worked_example_field(result, field, value):
    assert getattr(result, field) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("group", "dimension", "n", "mean", "score"),
    [
        ("users", "society", 4, 4.25, 81.25),
        ("users", "business", 3, 3.333333, 58.333333),
        ("employees", "society", 2, 3, 50),
        ("employees", "business", 3, 4, 75),
    ],
)
def test_worked_example_group(result, group, dimension, n, mean, score):
    cell = result.groups[group][dimension]
    assert (cell.n, cell.counts) == (n, True)
    assert (cell.mean, cell.score) == pytest.approx((mean, score), abs=1e-6)


def test_clipping_example():
    pairs = [(5, 1), (1, 5), (3, 0), (3, 0), (3, 0), (0, 3), (0, 3), (0, 3)]
    method = Method(cuts="absolute", cut_low=40.0, cut_high=60.0)
    result = assess(table([("users", [pair]) for pair in pairs]).cube(), method, {}).issues[0]
    assert (result.var_society, result.var_business, result.cov) == (250, 250, -250)
    assert (result.var_priority, result.tier, result.tier_certainty) == (0, "medium", None)
