from math import sqrt
from statistics import variance

import numpy as np
import pytest

from materiality.actions.scores import score_cycle
from materiality.scoring.cube import CubeBuilder
from materiality.scoring.run import Counted
from surveys.queries.surveys import Spread, spread_of, typical_spread
from tests.factories.cycles import make_cycle
from tests.factories.people import make_person
from tests.factories.scores import make_run
from tests.factories.surveys import make_survey_cycle

pytestmark = pytest.mark.django_db

# Ratings of 20 users and 4 employees: columns are two issues, society and business of each.
USERS = [[1, 2, 3, 5], [5, 2, 4, 4], [3, 3, 0, 1], [2, 5, 5, 254]] * 5
EMPLOYEES = [[1, 1, 1, 1], [5, 5, 5, 5], [3, 1, 3, 1], [1, 5, 1, 5]]


def run_of(code, rows, k=5):
    """A run of these ratings {group: rows} in a cycle of this code."""
    cycle = make_survey_cycle({"society": 2}, groups=tuple(rows))
    cycle.code = code
    cycle.save()
    codes, columns = ["SOCIETY-01-01", "SOCIETY-01-02"], [(0, 0), (0, 1), (1, 0), (1, 1)]
    builder = CubeBuilder(list(rows), codes, k, columns)
    for place, own in enumerate(rows.values()):
        builder.add(np.full(len(own), place), np.array(own, np.uint8))
    counts = {"valid": sum(map(len, rows.values()))}
    return score_cycle(cycle=cycle, counted=Counted(builder.cube(), counts, "0" * 64, ["s"]), by=None)


def pooled(*groups):
    """The standard deviation within columns of all these groups, in points of a scale 1–5."""
    squares = freedom = 0
    for rows in groups:
        for column in zip(*rows, strict=True):
            given = [value for value in column if 1 <= value <= 5]
            squares += variance(given) * (len(given) - 1)
            freedom += len(given) - 1
    return 25 * sqrt(squares / freedom)


def test_spread_is_pooled_within_issues_and_dimensions_of_each_group():
    found = spread_of(run_of("a-cycle", {"users": USERS, "employees": EMPLOYEES}))
    assert found.of("users") == pytest.approx(pooled(USERS))
    # 12 degrees of freedom say too little of employees alone.
    assert found.of("employees") == found.of("strangers") == pytest.approx(pooled(USERS, EMPLOYEES))


def test_spread_without_a_run_or_with_too_few_ratings_is_the_default():
    assert typical_spread(make_person()) == Spread(None, 25.0, {})
    assert spread_of(run_of("a-cycle", {"employees": EMPLOYEES})) == Spread()


def test_spread_comes_from_the_newest_run_and_from_a_sample_only_without_another():
    demo = make_run(make_cycle(sample="shown"))
    assert typical_spread(make_person()).run == demo
    make_run(make_cycle())
    newest = make_run(make_cycle())
    make_run(demo.cycle, seed=2)
    assert typical_spread(make_person()).run == newest
