"""Points, rules and rows of a matrix are those of the run."""

import statistics

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from materiality.models import Decision, Run
from reports.matrix import TierRule
from reports.queries.matrix import MatrixOptions, decided_line, grey_rules, matrix_data, tier_at
from tests.factories.reports import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cycle):
    return Run.objects.get(cycle=cycle)


def test_points_are_business_across_and_society_up(run):
    data = matrix_data(run, MatrixOptions(), "en")
    score = run.scores.select_related("issue").get(issue__code="SOC-03-01")
    point = next(point for point in data.points if point.code == "SOC-03-01")
    assert (point.x, point.y, point.x_low, point.y_high) == (
        score.business, score.society, score.business_low, score.society_high
    )  # fmt: skip
    assert (point.label, point.tier, point.rank, point.priority) == (
        score.issue.name_en, score.tier, score.rank, score.priority
    )  # fmt: skip
    assert len(data.points) == 93 and data.rule == TierRule("priority", 0.5, run.cuts["low"], run.cuts["high"])


def test_points_of_every_view_lie_in_the_zone_of_their_tier(run):
    for level in ("secondary", "primary"):
        for weighting in ("balanced", "pooled"):
            data = matrix_data(run, MatrixOptions(level=level, weighting=weighting))
            assert [(p.code, p.tier) for p in data.points] == [
                (p.code, tier_at(data.rule, p.x, p.y)) for p in data.points
            ]
            assert len(data.points) == (93 if level == "secondary" else 23)


def test_matrix_of_a_category_has_its_issues_only(run):
    data = matrix_data(run, MatrixOptions(category="technology"), "zh-hans")
    assert {point.category for point in data.points} == {"technology"} and len(data.points) == 19
    assert [category.label for category in data.categories] == ["科技"]
    assert [category.code for category in data.all_categories] == ["environment", "society", "economy", "technology"]


def test_matrix_of_a_group_shows_its_own_scores(run):
    data = matrix_data(run, MatrixOptions(group="media", level="primary", weighting="pooled"))
    score = run.scores.get(issue__code="SOC-03-01")
    point = next(point for point in data.points if point.code == "SOC-03-01")
    assert (data.options.level, data.options.weighting) == ("secondary", "balanced")
    assert (point.x, point.y) == tuple(score.groups["media"][d]["score"] for d in ("business", "society"))
    assert point.n == min(score.groups["media"][d]["n"] for d in ("business", "society"))


def test_matrix_of_a_small_group_hides_its_scores_and_one_more(run):
    groups = run.cycle.groups.values_list("code", flat=True)
    small = matrix_data(run, MatrixOptions(group=list(groups)[-1]))
    assert {(point.x, point.y, point.tier) for point in small.points} == {(None, None, "unscored")}
    hidden = [
        code for code in groups
        if all(point.x is None for point in matrix_data(run, MatrixOptions(group=code)).points)
    ]  # fmt: skip
    assert len(hidden) == 2


def test_matrix_takes_three_queries(run):
    with CaptureQueriesContext(connection) as queries:
        matrix_data(run, MatrixOptions())
    assert len(queries) == 3


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        (
            TierRule("priority", 0.5, 40.0, 60.0),
            {(60.0, 60.0): "high", (59.0, 60.0): "medium", (40.0, 40.0): "medium", (39.0, 40.0): "low",
             (None, 60.0): "unscored"},
        ),
        (TierRule("priority", 1.0, 40.0, 60.0), {(None, 60.0): "high", (90.0, None): "unscored"}),
        (TierRule("priority", 0.5, None, None), {(1.0, 1.0): "medium"}),
        (
            TierRule("either", society=50.0, business=60.0),
            {(60.0, 50.0): "double", (59.0, 50.0): "impact", (60.0, 49.0): "financial", (59.0, 49.0): "neither",
             (None, 50.0): "impact", (None, 49.0): "unscored"},
        ),
    ],
)  # fmt: skip
def test_tier_at_follows_the_rule(rule, places):
    assert {place: tier_at(rule, *place) for place in places} == places


def test_cuts_moved_on_the_page_judge_anew_and_leave_the_run(run):
    cut = run.cuts["high"] + 3
    data = matrix_data(run, MatrixOptions.from_query({"high": str(cut)}), "en")
    own = matrix_data(run, MatrixOptions(), "en")
    assert (data.rule.high, data.rule.low, own.rule.high) == (cut, run.cuts["low"], run.cuts["high"])
    tiers = {row.point.code: (row.point.tier, row.other_tier) for row in data.rows}
    for row in own.rows:
        expected = "high" if row.point.priority >= cut else "low" if row.point.priority < run.cuts["low"] else "medium"
        assert tiers[row.point.code] == (expected, row.point.tier)


@pytest.mark.parametrize(
    "query", [{"high": "nonsense"}, {"high": "101"}, {"low": "99", "high": "20"}, {"society": "40"}]
)
def test_cuts_that_cannot_be_are_those_of_the_run(run, query):
    assert matrix_data(run, MatrixOptions.from_query(query), "en").rule == matrix_data(run, MatrixOptions(), "en").rule


def test_points_know_where_they_stood_in_another_run_and_how_sure_they_are(cycle, run):
    later = make_run(cycle, seed=2)
    score = run.scores.get(issue__code="SOC-03-01")
    data = matrix_data(later, MatrixOptions(since=str(run.number)), "en")
    point = next(point for point in data.points if point.code == "SOC-03-01")
    assert (point.x_from, point.y_from) == (score.business, score.society)
    now = later.scores.get(issue__code="SOC-03-01")
    assert point.certainty == now.tier_certainty
    assert point.rho == pytest.approx(now.cov / (now.var_society * now.var_business) ** 0.5)
    nowhere = matrix_data(later, MatrixOptions(since="nowhere"), "en")
    assert {point.x_from for point in nowhere.points} == {None}


def test_grey_zone_lies_around_the_cuts_as_wide_as_the_usual_error(run):
    assert grey_rules(matrix_data(run, MatrixOptions(), "en")) == []
    high, low = grey_rules(matrix_data(run, MatrixOptions(grey=True), "en"))
    usual = statistics.median(run.scores.exclude(var_priority=None).values_list("var_priority", flat=True)) ** 0.5
    assert (high.low + high.high) / 2 == pytest.approx(run.cuts["high"])
    assert (low.high - low.low) / 2 == pytest.approx(0.8416 * usual, rel=1e-3)


def test_tier_after_review_stands_in_the_matrix_and_says_what_the_rule_says(run):
    low = run.scores.filter(tier="low", level=None, derived=False).select_related("issue").first()
    Decision.objects.create(run=run, issue=low.issue, tier="high", reason="Asked by the committee")
    data = matrix_data(run, MatrixOptions(), "en")
    point = next(point for point in data.points if point.code == low.issue.code)
    assert (point.tier, point.proposed) == ("high", "low")
    with override("en"):
        line = decided_line(data)
    assert line == f"Decided otherwise than by the rule: {low.issue.name_en} High (by the rule: Low)."
    assert sum(bool(point.proposed) for point in data.points) == 1
    for what_if in (MatrixOptions(weighting="pooled"), MatrixOptions(group="media"), MatrixOptions(high=70.0)):
        assert not any(point.proposed for point in matrix_data(run, what_if, "en").points)
