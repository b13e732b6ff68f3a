"""The table of scores: filters and order."""

import pytest
from django.utils.translation import override

from materiality.formats.scores import scores_json
from materiality.models import IssueScore, Run
from materiality.queries.scores import (
    SORTS,
    WARNINGS,
    ScoreFilter,
    all_rows,
    cut_lines,
    group_lines,
    method_has_changed,
    wanted_rows,
    warning_lines,
)
from tests.factories.cycles import make_cycle
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return make_run(make_cycle())


def codes(run, **query) -> list[str]:
    wanted = ScoreFilter.from_query(query)
    return [row.issue.code for row in wanted_rows(all_rows(run, wanted.group)[wanted.level], wanted)]


def test_scores_come_by_rank(run):
    by_rank = run.scores.filter(issue__parent__isnull=False).order_by("rank").values_list("issue__code", flat=True)
    assert codes(run) == list(by_rank)


def test_scores_of_primaries_are_a_level_of_their_own(run):
    assert sorted(codes(run, level="primary")) == ["ENV-01", "SOC-01"]


@pytest.mark.parametrize("sort", SORTS)
def test_scores_sorted_the_other_way_are_reversed(run, sort):
    key = SORTS[sort][0]
    rows = wanted_rows(all_rows(run)["secondary"], ScoreFilter(sort=sort))
    back = wanted_rows(all_rows(run)["secondary"], ScoreFilter(sort=f"-{sort}"))
    assert [key(row) for row in rows] == [key(row) for row in back][::-1]
    assert len(rows) == 8


def test_scores_that_are_missing_stand_last_either_way(run):
    IssueScore.objects.filter(run=run, issue__code="ENV-01-02").update(priority=None, rank=None, tier="unscored")
    assert {codes(run, sort=sort)[-1] for sort in ("priority", "-priority", "rank", "-rank")} == {"ENV-01-02"}


def test_scores_filtered_by_category_tier_and_words(run):
    assert codes(run, category="society", sort="code") == [f"SOC-01-0{n}" for n in range(1, 5)]
    high = run.scores.filter(tier="high", issue__parent__isnull=False).order_by("rank")
    assert codes(run, tier="high") == list(high.values_list("issue__code", flat=True))
    assert codes(run, q="issue ENV-01-03") == ["ENV-01-03"]
    assert codes(run, q="议题 soc-01-02") == ["SOC-01-02"]
    assert codes(run, q="nothing like it") == []


def test_scores_where_the_pooled_tier_differs(run):
    IssueScore.objects.filter(run=run).update(tier="medium", pooled_tier="medium")
    IssueScore.objects.filter(run=run, issue__code="SOC-01-01").update(pooled_tier="high")
    assert codes(run, differs="1") == ["SOC-01-01"]


def test_scores_of_unknown_sort_and_level_are_the_default(run):
    assert ScoreFilter.from_query({"sort": "colour", "level": "third"}) == ScoreFilter()


def test_scores_with_a_group_show_its_cells_by_the_small_cell_rule():
    run = make_run(make_cycle(), {"media": 3, "government": 40})
    row = next(row for row in all_rows(run, "media")["secondary"])
    cell = row.group_cells["society"]
    assert (cell.hidden, cell.score, cell.n <= 3) == (True, None, True)
    row = next(row for row in all_rows(run, "government")["secondary"])
    assert row.group_cells["society"].score == row.score.groups["government"]["society"]["score"]


def test_group_lines_name_groups_that_are_gone_by_their_code():
    cycle = make_cycle()
    run = make_run(cycle)
    cycle.groups.filter(code="users").delete()
    lines = group_lines(run, list(cycle.groups.all()))
    assert [(line.code, line.name) for line in lines][-1] == ("users", "users")
    assert sum(line.valid for line in lines) == run.responses["valid"]


def test_cut_lines_name_the_nearest_issues_with_the_highest_cut_first():
    run = make_run(make_cycle())
    lines = cut_lines(run.statement, {"ENV-01-01": "Water"})
    assert [line.name for line in lines] == ["high", "low"]
    assert lines[0].value == run.cuts["high"]
    scores = {score.issue.code: score.priority for score in run.scores.select_related("issue")}
    above = lines[0].above
    assert above.distance == pytest.approx(scores[above.code] - lines[0].value)


def test_method_has_changed_once_a_weight_or_parameter_does():
    cycle = make_cycle()
    run = make_run(cycle)
    assert not method_has_changed(run, cycle, list(cycle.groups.all()))
    cycle.groups.filter(code="users").update(weight_business=2)
    assert method_has_changed(run, cycle, list(cycle.groups.all()))
    cycle.groups.filter(code="users").update(weight_business=1)
    cycle.method = {**cycle.method, "min_n": 9}
    assert method_has_changed(run, cycle, list(cycle.groups.all()))


def test_scores_json_of_version_1_has_the_keys_and_numbers_that_it_had():
    run = make_run(make_cycle())
    Run.objects.filter(pk=run.pk).update(scoring=1, figures={}, cuts={"low": 40.0, "high": 60.0})
    IssueScore.objects.filter(run=run).update(level=None, base={}, disagreement={}, base_groups=6)
    stored = Run.objects.get(pk=run.pk)
    stored.method.pop("estimator")
    found = scores_json(stored)
    assert list(found) == ["cycle", "run", "method", "responses", "cuts", "issues", "primary_issues"]
    assert (found["method"]["scoring"], found["method"]["estimator"]) == (1, "plain")
    assert found["cuts"] == {"low": 40.0, "high": 60.0}
    assert (len(found["issues"]), len(found["primary_issues"])) == (8, 2)
    assert "plain_society" not in found["issues"][0]


def test_warnings_are_said_in_words():
    run = make_run(make_cycle())
    run.figures["warnings"] = [
        {
            "code": "not_comparable",
            "dimension": "society",
            "components": [{"groups": ["users"], "issues": ["A"]}, {"groups": ["media"], "issues": ["B", "C"]}],
        },
        {"code": "thin_link", "dimension": "business", "group": "media", "shared": 3},
        {"code": "thin_link", "dimension": "business", "group": "users", "shared": 1},
        {"code": "dominant_group", "group": "media", "share": 0.7},
        {"code": "no_responses", "group": "users"},
        {"code": "one_cluster", "survey": "s", "group": "users"},
        {"code": "halo", "r_corrected": 0.876},
    ]
    with override("en"):
        said = warning_lines(run, {"media": "Media", "users": "Users"}, {"B": "Water"})
    assert len(said) == len(WARNINGS)
    parts = ("no group links Water, C with", "alone: Media (3), Users (1).", "70% of the uncertainty comes from Media")
    parts += ("Users has a weight but no valid response", "In the survey s all responses of Users", "at 0.88.")
    for sentence, part in zip(said, parts, strict=True):
        assert part in sentence


def test_habits_are_not_shown_where_small_cells_count():
    cycle = make_cycle()
    assert group_lines(make_run(cycle), list(cycle.groups.all()))[0].habits
    cycle.method = {**cycle.method, "min_n": 2}
    assert not group_lines(make_run(cycle), list(cycle.groups.all()))[0].habits
