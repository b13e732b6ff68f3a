"""The pages of scores."""

import re

import pytest

from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def codes_in(response) -> list[str]:
    return re.findall(r'<span class="code quiet">([A-Z]{3}-[\d-]+)</span>', response.content.decode())


def test_scores_without_a_run_say_how_to_get_them(client, cycle):
    log_in(client)
    text = client.get("/cycles/spring/scores/").content.decode()
    assert "There are no scores yet." in text
    assert "Compute scores</button>" in text


def test_scores_are_computed_by_those_who_may_only(client, cycle):
    make_run(cycle)
    log_in(client, "committee")
    assert "Compute again</button>" not in client.get("/cycles/spring/scores/").content.decode()
    log_in(client, "lead")
    assert "Compute again</button>" in client.get("/cycles/spring/scores/").content.decode()


def test_scores_show_the_newest_run_or_the_one_named(client, cycle):
    first, second = make_run(cycle, seed=1), make_run(cycle, seed=2)
    log_in(client)
    for address, run in (("", second), ("?run=1", first), ("?run=2", second)):
        response = client.get(f"/cycles/spring/scores/{address}")
        scores = run.scores.filter(issue__parent__isnull=False).order_by("rank")
        assert codes_in(response) == list(scores.values_list("issue__code", flat=True))
    assert client.get("/cycles/spring/scores/?run=3").status_code == 404
    assert client.get("/cycles/spring/scores/?run=x").status_code == 404


def test_scores_show_figures_with_n_interval_and_the_statement(client, cycle):
    run = make_run(cycle)
    score = run.scores.get(issue__code="ENV-01-01")
    log_in(client)
    text = client.get("/cycles/spring/scores/?q=ENV-01-01").content.decode()
    for figure in (score.society, score.society_low, score.business_high, score.priority, score.pooled_priority):
        assert f"{figure:.1f}" in text
    assert f'<td class="num">{score.society_n}</td>' in text
    assert "95% intervals cover sampling error only" in text
    assert "nearest above:" in text


def test_scores_beside_show_responses_and_flags_that_were_earned(client, cycle):
    make_run(cycle)
    log_in(client)
    text = client.get("/cycles/spring/scores/").content.decode()
    assert ("Incomplete" in text, "Straight line" in text) == (True, False)
    assert "<b>120</b>" in text


def test_scores_filter_and_sort_by_the_url(client, cycle):
    run = make_run(cycle)
    log_in(client)
    found = client.get("/cycles/spring/scores/?category=society&sort=-society")
    rising = run.scores.filter(issue__code__startswith="SOC-01-").order_by("society")
    assert codes_in(found) == list(rising.values_list("issue__code", flat=True))
    assert codes_in(client.get("/cycles/spring/scores/?level=primary&sort=code")) == ["ENV-01", "SOC-01"]
    assert "No issue passes the filters." in client.get("/cycles/spring/scores/?q=zzz").content.decode()


def test_scores_of_a_group_hide_small_cells(client, cycle):
    make_run(cycle, {"media": 4})
    log_in(client)
    small = client.get("/cycles/spring/scores/?group=media").content.decode()
    large = client.get("/cycles/spring/scores/?group=users").content.decode()
    assert (small.count(">hidden</abbr>"), large.count(">hidden</abbr>") < 16) == (16, True)


def test_scores_say_when_the_method_changed_since(client, cycle):
    make_run(cycle)
    log_in(client)
    notice = "Method or weights have changed since this run."
    assert notice not in client.get("/cycles/spring/scores/").content.decode()
    cycle.groups.filter(code="users").update(weight_society=2)
    assert notice in client.get("/cycles/spring/scores/").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_scores_of_the_whole_library_ask_few_queries(client, language, django_assert_max_num_queries, library_rows):
    cycle = make_cycle(code="whole")
    make_run(cycle)
    log_in(client, language=language)
    with django_assert_max_num_queries(15):
        page = client.get("/cycles/whole/scores/?group=media")
    assert len(codes_in(page)) == 93
    for issue in ("SOC-03-01", "SOC-03"):
        with django_assert_max_num_queries(17):
            client.get(f"/cycles/whole/scores/{issue}/")
