"""The pieces of `scores.json`."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.assess import assess
from materiality.scoring.method import Method
from materiality.scoring.score_json import as_json

from .responses import answers, table

KEYS = (
    "code society society_low society_high business business_low business_high var_society var_business cov priority "
    "var_priority rank tier tier_certainty rank_low rank_high groups"
)
methods = st.sampled_from(
    [
        Method(),
        Method(min_n=2, lam=1),
        Method(min_n=2, cuts="absolute", cut_low=30, cut_high=60),
        Method(min_n=2, rule="either", threshold_society=50, threshold_business=50),
    ]
)


def leaves(value):
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


@settings(max_examples=60, deadline=None)
@given(answers, methods)
def test_json_holds_plain_values_and_no_nan(given_answers, method):
    parents = {code: f"P-{n % 2}" for n, code in enumerate(given_answers.issues)}
    found = as_json(assess(given_answers.cube(), method, parents))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {type(leaf) for leaf in leaves(found)} <= {str, int, float, type(None)}
    for issue in found["issues"] + found["primary_issues"]:
        assert " ".join(issue) == KEYS
    for issue in found["issues"]:
        for cells in issue["groups"].values():
            assert all((cell["mean"] is None) == (cell["score"] is None) == (cell["n"] < 5) for cell in cells.values())


SMALL = table([("users", [(5, 4)])] * 5 + [("media", [(3, 0)])] * 4)


def test_small_cells_are_hidden():
    found = as_json(assess(SMALL.cube(), Method(), {}))
    assert found["issues"][0]["groups"] == {
        "users": {"society": {"n": 5, "mean": 5, "score": 100}, "business": {"n": 5, "mean": 4, "score": 75}},
        "media": {"society": {"n": 4, "mean": None, "score": None}, "business": {"n": 0, "mean": None, "score": None}},
    }


def test_small_cells_are_shown_on_demand():
    found = as_json(assess(SMALL.cube(), Method(), {}), all_cells=True)
    assert found["issues"][0]["groups"]["media"] == {
        "society": {"n": 4, "mean": 3, "score": 50},
        "business": {"n": 0, "mean": None, "score": None},
    }


def test_cuts_are_stated():
    rows = [("users", [(5, 5), (3, 3), (1, 1)])] * 5
    assert as_json(assess(table(rows).cube(), Method(), {}))["cuts"] == {"low": 25, "high": 75}
