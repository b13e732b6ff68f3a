"""Ancestors of issues over editions, with their weights."""

import pytest

from materiality.actions.drafts import add_issue, merge_issues, move_issue, split_issue
from materiality.actions.library import publish_edition, start_edition_draft
from materiality.models import Edition, IssueScore, Lineage
from materiality.queries.drafts import NoDescent, ancestors, edition_weights, numbers_of_ratings
from tests.factories.cycles import make_cycle
from tests.factories.drafts import new_texts, of
from tests.factories.scores import make_run
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db
WHY = "Because."


def told(issue, edition) -> list[tuple[str, float]]:
    return [(row.issue.code, row.weight) for row in ancestors(issue, edition)]


def test_merge_weighs_ancestors_by_their_ratings(draft):
    run = make_run(make_cycle())
    first, second = (of(draft.based_on, f"SOC-01-0{number}") for number in (1, 2))
    IssueScore.objects.filter(run=run, issue=first).update(society_n=50, business_n=25)
    IssueScore.objects.filter(run=run, issue=second).update(society_n=20, business_n=5)
    merge_issues(into=of(draft, "SOC-01-01"), others=[of(draft, "SOC-01-02")], by=None, reason=WHY)
    assert told(of(draft, "SOC-01-01"), draft.based_on) == [("SOC-01-01", 0.75), ("SOC-01-02", 0.25)]


def test_ratings_are_those_of_the_last_run_of_each_cycle(draft):
    spring, autumn = make_cycle(), make_cycle()
    runs = [make_run(spring, seed=1), make_run(spring, seed=2), make_run(autumn, seed=3)]
    numbers = [
        sum(IssueScore.objects.values_list("society_n", "business_n").get(run=run, issue__code="SOC-01-01"))
        for run in runs
    ]
    assert numbers_of_ratings([draft.based_on_id])[draft.based_on_id]["SOC-01-01"] == numbers[1] + numbers[2]
    assert numbers_of_ratings([draft.pk]) == {draft.pk: {}}


def test_merge_without_runs_is_equal_parts(draft):
    merge_issues(into=of(draft, "SOC-01-01"), others=[of(draft, "SOC-01-02")], by=None, reason=WHY)
    assert told(of(draft, "SOC-01-01"), draft.based_on) == [("SOC-01-01", 0.5), ("SOC-01-02", 0.5)]


def test_ancestors_over_three_editions_are_the_product_of_the_steps(draft):
    first = draft.based_on
    merge_issues(into=of(draft, "SOC-01-01"), others=[of(draft, "SOC-01-02")], by=None, reason=WHY)
    move_issue(issue=of(draft, "SOC-01-03"), primary=of(draft, "ENV-01"), by=None, reason=WHY)
    second = publish_edition(edition=draft, by=None)
    third = start_edition_draft(by=None)
    merge_issues(into=of(third, "SOC-01-01"), others=[of(third, "ENV-01-05")], by=None, reason=WHY)
    part, _other = split_issue(
        issue=of(third, "SOC-01-04"), parts=[new_texts("A"), new_texts("B")], by=None, reason=WHY
    )
    added = add_issue(edition=third, place=of(third, "SOC-01"), texts=new_texts("C"), by=None, reason=WHY)
    assert told(of(third, "SOC-01-01"), first) == [("SOC-01-03", 0.5), ("SOC-01-01", 0.25), ("SOC-01-02", 0.25)]
    assert told(of(third, "SOC-01-01"), second) == [("ENV-01-05", 0.5), ("SOC-01-01", 0.5)]
    assert (told(part, first), told(added, first)) == ([("SOC-01-04", 1.0)], [])
    assert told(added, third) == [(added.code, 1.0)]


def test_editions_that_do_not_descend_from_each_other_say_so(draft):
    for newer, older in ((draft.based_on, draft), (draft, Edition.objects.create(code="other"))):
        with pytest.raises(NoDescent):
            edition_weights(newer, older)


def test_edition_without_lineage_is_matched_by_codes(draft):
    with thawed():
        Lineage.objects.all().delete()
    of(draft, "SOC-01-04").delete()
    weights = edition_weights(draft, draft.based_on)
    assert weights.of("SOC-01-01") == {"SOC-01-01": 1.0}
    assert len(weights.targets) == 9


def test_weights_of_a_whole_edition_are_a_few_queries(draft, django_assert_max_num_queries):
    make_run(make_cycle())
    with django_assert_max_num_queries(4):
        edition_weights(draft, draft.based_on)
