"""Points, rules and rows of a matrix are those of the run."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from materiality.models import Run
from reports.matrix import TierRule
from reports.queries.matrix import MatrixOptions, matrix_data, tier_at

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


def test_matrix_takes_one_query(run):
    with CaptureQueriesContext(connection) as queries:
        matrix_data(run, MatrixOptions())
    assert len(queries) == 1


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
