"""The figures from which a run states its cuts."""

from materiality.scoring.assess import assess
from materiality.scoring.method import Method
from materiality.scoring.statement import CutLine, Neighbour

from .responses import table

# P: 100, 75, 50, 50, 0 and unscored
CUBE = table([("users", [(5, 5), (4, 4), (3, 3), (2, 4), (1, 1), (0, 3)])] * 5).cube()


def test_statement_of_shares():
    found = assess(CUBE, Method(), {}).statement
    assert (found.issues, found.scored, found.top, found.bottom) == (6, 5, 2, 2)
    assert found.tiers == {"high": 2, "medium": 2, "low": 1, "unscored": 1}
    assert found.lines == (
        CutLine("low", 25, Neighbour("I-02", 50, 25), Neighbour("I-04", 0, 25)),
        CutLine("high", 62.5, Neighbour("I-01", 75, 12.5), Neighbour("I-02", 50, 12.5)),
    )


def test_statement_of_absolute_cuts():
    found = assess(CUBE, Method(cuts="absolute", cut_low=0, cut_high=75), {}).statement
    assert (found.top, found.bottom) == (None, None)
    assert found.lines == (
        CutLine("low", 0, Neighbour("I-04", 0, 0), None),
        CutLine("high", 75, Neighbour("I-01", 75, 0), Neighbour("I-02", 50, 25)),
    )


def test_statement_of_either():
    method = Method(rule="either", threshold_society=60, threshold_business=70)
    result = assess(CUBE, method, {})
    assert result.statement.lines == (
        CutLine("society", 60, Neighbour("I-01", 75, 15), Neighbour("I-02", 50, 10)),
        CutLine("business", 70, Neighbour("I-01", 75, 5), Neighbour("I-02", 50, 20)),
    )
    assert [each.tier for each in result.issues] == ["double", "double", "neither", "financial", "neither", "unscored"]
    assert [each.material for each in result.issues] == [True, True, False, True, False, False]
    assert (result.cuts.low, result.cuts.high) == (None, None)


def test_statement_of_a_cut_that_separates_nothing():
    found = assess(CUBE, Method(q_high=0), {}).statement
    assert found.lines[1] == CutLine("high", None, None, None)
