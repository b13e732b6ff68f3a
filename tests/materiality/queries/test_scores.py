"""The table of scores: filters and order."""

import pytest

from materiality.models import IssueScore
from materiality.queries.scores import SORTS, ScoreFilter, all_rows, wanted_rows
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
