"""The start page."""

import pytest

from materiality.models import Job
from tests.factories.cycles import make_cycle, move, small_library
from tests.factories.people import log_in
from tests.factories.proposals import make_proposal
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


def page(client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_start_sends_strangers_to_the_login(client):
    assert client.get("/").url == "/login/?next=/"


def test_start_of_a_new_installation_shows_three_steps_in_order(client):
    log_in(client)
    text = page(client)
    places = [text.index(words) for words in ("Look at the library", "Open a cycle", "Make a survey")]
    assert places == sorted(places)
    assert "No edition is in force yet" in text


def test_start_with_a_library_offers_to_open_a_cycle_to_those_who_may(client):
    small_library()
    log_in(client, "analyst")
    assert 'href="/cycles/new/"' in page(client)
    log_in(client, "viewer")
    assert 'href="/cycles/new/"' not in page(client)


def test_start_shows_where_the_newest_cycle_stands_and_links_the_next_step(client):
    make_cycle(code="spring")
    log_in(client)
    text = page(client)
    assert "6 groups" in text
    assert '<a class="button primary" href="/cycles/spring/surveys/">Go on: Survey</a>' in text


def test_start_lists_other_cycles_under_way_but_no_archived_one(client):
    make_cycle(code="older")
    move(make_cycle(code="done"), "archived")
    make_cycle(code="newest")
    log_in(client)
    text = page(client)
    assert "/cycles/older/" in text
    assert "/cycles/done/" not in text


def test_start_shows_running_jobs_with_progress(client):
    job = Job.objects.create(kind="score", state="running", progress=40, cycle=make_cycle())
    Job.objects.create(kind="score", state="done")
    log_in(client)
    text = page(client)
    assert (text.count("/jobs/"), f"/jobs/{job.pk}/" in text) == (1, True)
    assert '<progress max="100" value="40"' in text


def test_start_says_what_happened_last(client):
    make_cycle(code="spring", by=log_in(client))
    assert "opened the cycle spring" in page(client)


@pytest.mark.parametrize("number", [1, 30])
def test_start_asks_few_queries_however_many_cycles(client, number, django_assert_max_num_queries):
    for _number in range(number):
        cycle = make_cycle()
        Job.objects.create(kind="score", cycle=cycle)
    make_run(cycle)
    log_in(client)
    with django_assert_max_num_queries(15):
        page(client)


def test_start_says_what_is_due_and_what_is_to_be_decided(client):
    make_cycle()
    make_proposal()
    log_in(client)
    text = page(client)
    assert "Library review" in text and "Survey of stakeholders" in text
    assert "1 proposal to be decided" in text
