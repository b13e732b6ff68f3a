"""The page of a background job."""

import re
from uuid import uuid4

import pytest

from materiality.models import Job
from tests.factories.cycles import make_cycle, move, small_library
from tests.factories.people import log_in, make_person
from tests.factories.proposals import make_proposal
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def make_job(**columns) -> Job:
    return Job.objects.create(**{"kind": "score", "cycle": make_cycle(code="spring"), **columns})


def test_job_that_runs_shows_progress_and_refreshes_itself(client):
    job = make_job(state="running", progress=42, progress_text="Counting responses")
    log_in(client)
    text = client.get(f"/jobs/{job.pk}/?next=/cycles/").content.decode()
    assert '<progress max="100" value="42"' in text
    assert f'hx-get="/jobs/{job.pk}/?next=/cycles/" hx-trigger="every 1s"' in text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text
    assert "Counting responses" in text


def test_job_asked_for_by_htmx_is_the_status_alone(client):
    job = make_job(state="running")
    log_in(client)
    text = client.get(f"/jobs/{job.pk}/", headers=HTMX).content.decode()
    assert text.startswith('<div class="job"')
    assert "<html" not in text


def test_job_that_failed_shows_the_error_and_stops_refreshing(client):
    job = make_job(state="failed", error="There is no valid response.")
    log_in(client)
    text = client.get(f"/jobs/{job.pk}/?next=/cycles/").content.decode()
    assert "There is no valid response." in text
    assert ("every 1s" in text, "http-equiv" in text) == (False, False)


def test_job_that_is_done_goes_on_to_next(client):
    job = make_job(state="done", progress=100)
    log_in(client)
    plain = client.get(f"/jobs/{job.pk}/?next=/cycles/spring/scores/")
    by_htmx = client.get(f"/jobs/{job.pk}/?next=/cycles/spring/scores/", headers=HTMX)
    assert (plain.status_code, plain.url) == (302, "/cycles/spring/scores/")
    assert (by_htmx.status_code, by_htmx.headers["HX-Redirect"]) == (200, "/cycles/spring/scores/")


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_job_that_is_done_never_goes_elsewhere(client, address):
    job = make_job(state="done", progress=100, result={"url": address})
    log_in(client)
    response = client.get(f"/jobs/{job.pk}/", {"next": address})
    assert response.status_code == 200
    assert "elsewhere" not in links_of(response)
    assert "javascript" not in links_of(response)
    assert 'href="/cycles/spring/"' in response.content.decode()


def links_of(response) -> str:
    """All link targets of a page as one text."""
    return " ".join(part.split('"')[0] for part in response.content.decode().split('href="')[1:])


def test_job_that_is_done_links_its_result(client):
    job = make_job(state="done", progress=100, result={"url": "/cycles/spring/scores/"})
    log_in(client)
    assert '<a class="button primary" href="/cycles/spring/scores/">' in client.get(f"/jobs/{job.pk}/").content.decode()


def test_job_is_for_staff_and_must_exist(client):
    job = make_job()
    assert client.get(f"/jobs/{job.pk}/").url == f"/login/?next=/jobs/{job.pk}/"
    log_in(client, "viewer")
    assert client.get(f"/jobs/{job.pk}/").status_code == 200
    assert client.get(f"/jobs/{uuid4()}/").status_code == 404


def test_job_poll_asks_few_queries(client, django_assert_max_num_queries):
    job = make_job(state="running")
    log_in(client)
    with django_assert_max_num_queries(4):
        client.get(f"/jobs/{job.pk}/", headers=HTMX)


def page(client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_start_sends_strangers_to_the_login(client):
    assert client.get("/").url == "/login/?next=/"


def test_start_of_a_new_installation_shows_three_steps_in_order(client):
    log_in(client)
    text = page(client)
    places = [text.index(words) for words in ("Library, languages, name", "New cycle", "New survey")]
    assert places == sorted(places)
    assert "Which issues to begin with" in text


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
    assert "Plan ›" in text and "not confirmed yet" in text
    assert '<a class="button primary" href="/cycles/spring/issues/">Go on: Issues in scope</a>' in text


def test_start_lists_other_cycles_under_way_but_no_archived_one(client):
    make_cycle(code="older")
    move(make_cycle(code="done"), "archived")
    make_cycle(code="newest")
    log_in(client)
    text = page(client)
    assert "/cycles/older/" in text
    assert "/cycles/done/" not in text


def test_start_shows_the_cycle_that_is_over_where_none_is_under_way_and_no_first_steps(client):
    move(make_cycle(code="done"), "signed_off")
    log_in(client)
    text = page(client)
    assert ("/cycles/done/" in text, "Welcome to Yiti" in text) == (True, False)


def test_start_shows_running_jobs_with_progress(client):
    job = Job.objects.create(kind="score", state="running", progress=40, cycle=make_cycle())
    Job.objects.create(kind="score", state="done")
    log_in(client)
    text = page(client)
    assert (text.count("/jobs/"), f"/jobs/{job.pk}/" in text) == (1, True)
    assert '<progress max="100" value="40"' in text


def test_start_says_what_happened_last(client):
    make_cycle(code="spring", by=make_person())
    make_cycle(code="own", by=log_in(client))
    text = page(client)
    assert "created the cycle spring" in text and "created the cycle own" not in text


def test_start_welcomes_beside_a_sample_until_it_is_put_aside(client):
    make_cycle(code="demo", sample="shown")
    log_in(client, "analyst")
    text = page(client)
    assert "Welcome to Yiti" in text and "/cycles/demo/" in text
    client.post("/cycles/demo/sample/")
    assert 'href="/cycles/demo/"' not in page(client)
    assert "/cycles/demo/" in client.get("/cycles/?aside=1").content.decode()
    client.post("/cycles/demo/sample/", {"show": "1"})
    assert 'href="/cycles/demo/"' in page(client)


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
    assert "1 suggestion to be decided" in text


USERS = "/cycles/spring/groups/users/points/"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("ENV-01-02", ["/library/…/ENV-01-02/"]),
        ("spring", ["/cycles/spring/"]),
        ("users", ["/cycles/spring/groups/users/points/"]),
    ],
)
def test_search_finds_issues_cycles_and_groups(client, text, links):
    edition = make_cycle(code="spring").edition
    log_in(client)
    page = client.get("/search/", {"q": text}).content.decode()
    assert re.findall(r'<li><a href="([^"]+)">', page[page.index("<main") :]) == [
        link.replace("…", edition.code) for link in links
    ]


def test_search_takes_no_part_of_the_page_for_text(client):
    log_in(client)
    assert "&lt;b&gt;" in client.get("/search/", {"q": "<b>"}).content.decode()
