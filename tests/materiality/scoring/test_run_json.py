"""The pieces of scores.json from a run of version 2."""

import json

from materiality.scoring.parameters import Method
from materiality.scoring.run import Counts, run
from materiality.scoring.run_json import as_json

from .test_run_against_reference import incomplete

PARENTS = {"I-00": "P", "I-01": "P", "I-02": "P"}


def found(method, **options):
    return as_json(run(Counts.of(incomplete().cube()), method, PARENTS), **options)


def test_keys_are_those_of_the_format():
    data = json.loads(json.dumps(found(Method()), allow_nan=False))
    assert list(data) == [
        *("method", "cuts", "habits", "variance_share", "halo", "warnings", "issues", "primary_issues")
    ]
    assert data["method"]["scoring"] == 2 and data["method"]["estimator"] == "comparable"
    assert set(data["cuts"]) == {"low", "high", "society", "business", "primary"}
    assert set(data["cuts"]["primary"]) == {"1"}
    leaf, parent = data["issues"][0], data["primary_issues"][0]
    assert {"plain_society", "base", "disagreement", "not_comparable", "groups"} <= set(leaf)
    assert leaf["base"]["society"] == {"asked": 2, "counted": 2}
    assert parent["level"] == 1 and parent["groups"] == {}
    assert not {"base", "plain_society", "disagreement", "not_comparable"} & set(parent)
    assert sum(data["variance_share"].values()) > 0.999999


def test_a_method_read_back_from_scores_json_is_the_same():
    method = Method(lam=0.3, min_n=7)
    assert Method.from_dict(found(method)["method"]) == method


def test_small_cells_and_what_would_undo_them_are_hidden():
    hidden, shown = found(Method(min_n=2)), found(Method(min_n=2), all_cells=True)
    assert (hidden["habits"], hidden["issues"][0]["disagreement"]) == (None, {"society": None, "business": None})
    assert shown["habits"]["g0"]["society"] and shown["issues"][4]["disagreement"]["society"] is not None
    for each in hidden["issues"]:
        for cells in each["groups"].values():
            assert all((cell["mean"] is None) == (cell["n"] < 5) for cell in cells.values())
