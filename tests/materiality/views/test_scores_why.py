"""The page that says why an issue stands where it stands."""

import pytest

from materiality.models import Decision
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def test_why_shows_answers_by_group_and_pairs(client, cycle):
    run = make_run(cycle, {"media": 3})
    score = run.scores.get(issue__code="ENV-01-01")
    log_in(client)
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    assert f"Rank {score.rank} of 8, priority {score.priority:.1f}." in text
    assert f"{score.groups['users']['society']['score']:.1f}" in text
    assert text.count("5 of 6 asked") == 2
    assert "Pairs of ratings" in text
    assert text.count(">hidden</abbr>") >= 4
    assert 'class="bars"' in text


def test_why_keeps_a_place_for_decision_and_panel(client, cycle):
    run = make_run(cycle)
    log_in(client)
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    assert "none of its own: the tier of the rule stands" in text
    assert "none: these are views of stakeholders; severity and likelihood are not assessed" in text
    issue = run.scores.get(issue__code="ENV-01-01").issue
    Decision.objects.create(run=run, issue=issue, tier="high", reason="Asked by the committee")
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    assert "Asked by the committee" in text and "the tier of the rule stands" not in text


def test_why_writes_out_the_priority_with_exact_shares(client, cycle):
    cycle.method = {**cycle.method, "lam": 0.125}
    cycle.save()
    score = make_run(cycle).scores.get(issue__code="ENV-01-01")
    log_in(client)
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    terms = f"12.5% × {score.society:.1f} (Society) + 87.5% × {score.business:.1f} (Business)"
    assert f"Priority = {terms} = {score.priority:.1f}" in text


def test_why_of_a_primary_lists_its_secondaries(client, cycle):
    make_run(cycle)
    log_in(client)
    text = client.get("/cycles/spring/scores/ENV-01/").content.decode()
    assert "plain means of its scored secondary issues" in text
    assert text.count("/cycles/spring/scores/ENV-01-0") == 4


def test_why_of_an_unscored_issue_says_so(client, cycle):
    run = make_run(cycle)
    run.scores.filter(issue__code="ENV-01-01").update(
        priority=None, society=None, society_low=None, society_high=None, rank=None, tier="unscored"
    )
    log_in(client)
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    assert "The issue has no priority" in text


def test_why_that_does_not_exist_is_not_found(client, cycle):
    log_in(client)
    assert client.get("/cycles/spring/scores/ENV-01-01/").status_code == 404
    make_run(cycle)
    assert client.get("/cycles/spring/scores/ENV-09-01/").status_code == 404


def test_why_says_what_would_move_the_issue_and_links_the_sheet(client, cycle):
    make_run(cycle)
    log_in(client)
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    assert text.count("What would move it") == 1
    assert "Weight of one group, from 0 to 4 times" in text
    assert 'href="/cycles/spring/scores/ENV-01-01/sheet.pdf?run=1"' in text


def test_why_of_a_run_of_version_1_does_not_say_what_would_move_it(client, cycle):
    run = make_run(cycle)
    type(run).objects.filter(pk=run.pk).update(scoring=1)
    log_in(client)
    assert "What would move it" not in client.get("/cycles/spring/scores/ENV-01-01/").content.decode()


def test_why_says_how_many_named_the_issue_where_they_were_asked(client, cycle):
    run = make_run(cycle)
    log_in(client)
    assert "Named among the three" not in client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    named = {"users": {"ENV-01-01": [5, 20]}, "media": {"ENV-01-01": [1, 4]}}
    type(run).objects.filter(pk=run.pk).update(responses={**run.responses, "named": named})
    text = client.get("/cycles/spring/scores/ENV-01-01/").content.decode()
    assert "Named among the three most important" in text
    assert '<td class="num">20</td><td class="num">25%</td><td class="num">11%–47%</td>' in text
    assert '<td class="num">4</td>' not in text.split("Named among the three most important")[1].split("</table>")[0]
