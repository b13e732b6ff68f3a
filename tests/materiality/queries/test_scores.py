"""The table of scores: filters and order."""

import numpy as np
import pytest
from django.utils.translation import override

from materiality.models import IssueScore
from materiality.queries.scores import (
    SORTS,
    ScoreFilter,
    all_rows,
    cut_lines,
    group_answers,
    group_lines,
    joint_histogram,
    method_has_changed,
    wanted_rows,
)
from materiality.scoring.cube import Cube
from tests.factories.cycles import make_cycle
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return make_run(make_cycle())


def codes(run, **query) -> list[str]:
    wanted = ScoreFilter.from_query(query)
    return [row.issue.code for row in wanted_rows(all_rows(run, wanted.level, wanted.group), wanted)]


def test_scores_come_by_rank(run):
    by_rank = run.scores.filter(issue__parent__isnull=False).order_by("rank").values_list("issue__code", flat=True)
    assert codes(run) == list(by_rank)


def test_scores_of_primaries_are_a_level_of_their_own(run):
    assert sorted(codes(run, level="primary")) == ["ENV-01", "SOC-01"]


@pytest.mark.parametrize("sort", SORTS)
def test_scores_sorted_the_other_way_are_reversed(run, sort):
    key = SORTS[sort][0]
    rows = wanted_rows(all_rows(run, "secondary"), ScoreFilter(sort=sort))
    back = wanted_rows(all_rows(run, "secondary"), ScoreFilter(sort=f"-{sort}"))
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
    row = next(row for row in all_rows(run, "secondary", "media"))
    cell = row.group_cells["society"]
    assert (cell.hidden, cell.score, cell.n <= 3) == (True, None, True)
    row = next(row for row in all_rows(run, "secondary", "government"))
    assert row.group_cells["society"].score == row.score.groups["government"]["society"]["score"]


def test_joint_histogram_shows_the_counts_of_all_groups_with_the_highest_rating_first():
    run = make_run(make_cycle(), dict.fromkeys(("users", "media"), 200))
    cube = Cube.from_bytes(bytes(run.cube))
    counts = cube.counts[:, cube.issues.index("ENV-01-01")].sum(axis=0)
    lines = joint_histogram(run, "ENV-01-01")
    assert [line.society for line in lines] == [5, 4, 3, 2, 1, 0]
    shown = np.array([[cell.n for cell in line.cells] for line in lines[::-1]])
    assert (shown == counts).all()
    hidden = np.array([[cell.hidden for cell in line.cells] for line in lines[::-1]])
    assert hidden[(counts > 0) & (counts < 5)].all()
    assert not hidden[counts == 0].any()


def test_joint_histogram_of_an_issue_that_was_not_asked_is_empty():
    assert joint_histogram(make_run(make_cycle()), "ENV-01") == []


def test_group_answers_say_who_counts():
    cycle = make_cycle()
    cycle.groups.filter(code="employees").update(weight_society=0)
    run = make_run(cycle, {"media": 3})
    score = run.scores.get(issue__code="ENV-01-01")
    with override("zh-hans"):
        answers = {each.name: each for each in group_answers(score, run, list(cycle.groups.all()))}
    assert (answers["用户"].counts_society, answers["用户"].counts_business) == (True, True)
    assert (answers["员工"].counts_society, answers["员工"].counts_business) == (False, True)
    assert (answers["媒体"].counts_society, answers["媒体"].society.hidden) == (False, True)
    # Employees have no say on society, so they are not counted as asked there; the media are too few.
    assert score.base == {"society": [5, 4], "business": [6, 5]}


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
