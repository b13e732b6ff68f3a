"""Scores from figures reported elsewhere."""

import pytest

from materiality.scoring.estimates import t_quantile
from materiality.scoring.method import Method
from materiality.scoring.reported import Figure, Reported
from materiality.scoring.run import run

GROUPS, ISSUES = ("staff", "users"), ("A", "B")


def figures(**sd):
    rows = [("staff", "A", 80, 40), ("users", "A", 60, 30), ("staff", "B", 50, 40), ("users", "B", 40, 30)]
    return [
        Figure(group, issue, d, n, score, sd.get(group + issue, 20.0))
        for group, issue, score, n in rows
        for d in (0, 1)
    ]


def result(found):
    return run(Reported.of_figures(found, GROUPS, ISSUES), Method(), {})


def test_figures_give_scores_with_their_own_variance():
    a = result(figures()).issues[0]
    terms = 400 / 40 / 4, 400 / 30 / 4
    assert (a.society, a.var_society, a.cov) == (70, pytest.approx(sum(terms)), 0)
    nu = sum(terms) ** 2 / (terms[0] ** 2 / 39 + terms[1] ** 2 / 29)
    assert a.society_low == pytest.approx(70 - t_quantile(nu) * sum(terms) ** 0.5)
    assert a.var_priority == pytest.approx(sum(terms) / 2)


def test_a_cell_without_sd_leaves_its_issue_without_interval():
    a, b = result(figures(staffA=None)).issues
    assert (a.society, a.var_society, a.society_low, a.tier_certainty, a.rank_low) == (70, None, None, None, None)
    assert b.var_society > 0 and b.rank_low
    assert a.disagreement["society"] is None and b.disagreement["society"] is not None


def test_a_cell_with_few_answers_does_not_count_and_needs_no_sd():
    found = [*figures()[:-1], Figure("users", "B", 1, 3, 40, None)]
    b = result(found).issues[1]
    assert (b.business, b.plain_business, b.base["business"]) == (pytest.approx(40), 50, (2, 1))
    assert b.var_business > 0


def test_figures_that_stand_twice_or_lie_off_their_scale_are_refused():
    with pytest.raises(ValueError, match="appears twice"):
        result(figures() + figures()[:1])
    with pytest.raises(ValueError, match="off its scale"):
        result([Figure("users", "A", 0, 10, 101, 5)])
