"""Pages of assessment cycles."""

import re

import pytest

from materiality.models import AuditEvent, Cycle
from tests.factories.cycles import details, make_cycle, move, small_library
from tests.factories.people import log_in
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


def test_cycles_without_one_say_what_to_do(client):
    log_in(client)
    assert "There is no cycle yet." in client.get("/cycles/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_cycles_lists_them_under_a_fixed_number_of_queries(client, number, django_assert_max_num_queries):
    for _number in range(number):
        make_cycle()
    log_in(client)
    with django_assert_max_num_queries(8):
        text = client.get("/cycles/").content.decode()
    assert text.count('<th scope="row"><a href="/cycles/') == number


def test_cycles_are_paged_and_filtered_in_the_url(client):
    for _number in range(51):
        make_cycle()
    move(make_cycle(code="shut"), "closed")
    log_in(client)
    assert client.get("/cycles/").content.decode().count('<th scope="row"><a href="/cycles/') == 50
    assert client.get("/cycles/?page=2").content.decode().count('<th scope="row"><a href="/cycles/') == 2
    assert client.get("/cycles/?state=closed").content.decode().count('<th scope="row"><a href="/cycles/') == 1


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("committee", 403), ("analyst", 302), ("lead", 302)])
def test_new_cycle_is_for_those_who_may(client, role, status):
    small_library()
    log_in(client, role)
    response = client.post("/cycles/new/", details("spring"))
    assert (response.status_code, Cycle.objects.filter(code="spring").exists()) == (status, status == 302)


def test_new_cycle_suggests_what_is_needed_so_that_posting_it_opens_one(client):
    edition = small_library()
    person = log_in(client)
    response = client.get("/cycles/new/")
    assert "2 primary and 8 secondary issues" in response.content.decode()
    values = {name: value for name, value in response.context["form"].initial.items() if value is not None}
    assert client.post("/cycles/new/", values).url == f"/cycles/{values['code']}/"
    cycle = Cycle.objects.get()
    assert (cycle.edition, AuditEvent.objects.get(action="open_cycle").person.user) == (edition, person)


def test_new_cycle_with_errors_keeps_what_was_typed(client):
    make_cycle(code="taken")
    log_in(client)
    response = client.post("/cycles/new/", {**details("taken"), "title_en": "My title"})
    text = response.content.decode()
    assert (response.status_code, Cycle.objects.count()) == (200, 1)
    assert "There is already a cycle with this code." in text
    assert "My title" in text


def test_new_cycle_without_an_edition_leads_to_the_library(client):
    log_in(client)
    text = client.get("/cycles/new/").content.decode()
    assert "there is none yet" in text
    assert '<form method="post" data-guard' not in text


def test_cycle_shows_scope_steps_and_the_next_one(client):
    make_cycle(code="spring")
    log_in(client)
    text = client.get("/cycles/spring/").content.decode()
    known = ("2 primary and 8 secondary issues", "GRI 2021", "2026-01-01 – 2026-12-31", "6 groups", "Go on: Issues")
    for words in known:
        assert words in text
    assert text.count('class="button primary"') == 1


@pytest.mark.parametrize(
    ("role", "status", "left_out"), [("viewer", 403, []), ("analyst", 302, ["SOC-01", "SOC-01-01"])]
)
def test_scope_is_chosen_by_those_who_may(client, role, status, left_out):
    small_library(secondaries=1)
    cycle = make_cycle(code="spring")
    log_in(client, role)
    assert client.post("/cycles/spring/issues/", {"issue": ["ENV-01-01"]}).status_code == status
    cycle.refresh_from_db()
    assert cycle.left_out == left_out
    assert ("1 of 2 issues of “" in client.get("/cycles/spring/issues/").content.decode()) == (role == "analyst")


def test_cycle_that_does_not_exist_is_not_found(client):
    log_in(client)
    assert client.get("/cycles/nowhere/").status_code == 404


@pytest.mark.parametrize(("role", "status", "title"), [("viewer", 403, "Annual assessment"), ("lead", 302, "Changed")])
def test_cycle_details_are_changed_by_those_who_may(client, role, status, title):
    cycle = make_cycle()
    log_in(client, role)
    assert client.post(f"/cycles/{cycle.code}/", {**details(), "title_en": "Changed"}).status_code == status
    cycle.refresh_from_db()
    assert cycle.title_en == title


def test_cycle_details_with_a_reversed_period_are_shown_again_with_the_error(client):
    cycle = make_cycle()
    log_in(client)
    response = client.post(f"/cycles/{cycle.code}/", {**details(), "period_end": "2025-01-01"})
    assert (response.status_code, "The period ends before it starts." in response.content.decode()) == (200, True)


@pytest.mark.parametrize(("role", "status", "state"), [("viewer", 403, "open"), ("lead", 302, "closed")])
def test_close_cycle_is_for_those_who_may(client, role, status, state):
    cycle = make_cycle()
    log_in(client, role)
    assert client.post(f"/cycles/{cycle.code}/close/").status_code == status
    cycle.refresh_from_db()
    assert cycle.state == state


def test_close_cycle_twice_says_why_not(client):
    cycle = move(make_cycle(), "closed")
    log_in(client)
    text = client.post(f"/cycles/{cycle.code}/close/", follow=True).content.decode()
    assert "The cycle is in the state “Closed”" in text


def test_close_cycle_does_nothing_by_get(client):
    cycle = make_cycle()
    log_in(client)
    assert client.get(f"/cycles/{cycle.code}/close/").status_code == 405


def test_cycle_in_review_offers_no_changes(client):
    cycle = move(make_cycle(), "in_review")
    log_in(client)
    text = client.get(f"/cycles/{cycle.code}/").content.decode()
    assert ("Change titles" in text, "Close the cycle" in text) == (False, False)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_cycle_asks_few_queries(client, language, django_assert_max_num_queries):
    cycle = make_cycle()
    make_run(cycle)
    log_in(client, language=language)
    with django_assert_max_num_queries(15):
        text = client.get(f"/cycles/{cycle.code}/").content.decode()
    assert cycle.title_zh in text if language == "zh-hans" else cycle.title_en in text


def rail(client, address="/cycles/spring/"):
    """{label of a step: what the rail says of it}."""
    text = client.get(address).content.decode()
    entries = re.findall(
        r'<li>(?:<a [^>]*>|<span class="quiet">)([^<]+?) ?(<span.*?)?</(?:a|span)></li>', text, re.DOTALL
    )
    return {label: re.sub(r"<[^>]+>", "", said).strip() for label, said in entries}


def test_rail_stands_on_every_page_and_names_the_phase(client):
    make_cycle(code="spring")
    log_in(client)
    for page in ("", "issues/", "groups/", "stakeholders/", "method/", "scores/"):
        text = client.get(f"/cycles/spring/{page}").content.decode()
        assert text.index("<h2>Plan</h2>") < text.index("<h2>Decide</h2>")
    assert 'href="#rail">Plan › Stakeholders' in client.get("/cycles/spring/stakeholders/").content.decode()


def test_step_is_done_when_a_person_has_confirmed_it_and_out_of_date_when_it_changes(client):
    cycle = make_cycle(code="spring")
    log_in(client, "lead")
    assert "✓" not in rail(client)["Stakeholders"]
    assert client.post("/cycles/spring/confirm/groups/").url == "/cycles/spring/method/"
    assert rail(client)["Stakeholders"] == "✓ 6 groups"
    assert AuditEvent.objects.get(action="confirm_step").after == {"step": "groups"}
    cycle.groups.filter(code="users").update(target=9)
    assert rail(client)["Stakeholders"] == "● 6 groups"
    assert "changed since it was confirmed" in client.get("/cycles/spring/groups/").content.decode()


def test_step_without_groups_is_not_confirmed(client):
    cycle = make_cycle(code="spring")
    cycle.groups.all().delete()
    log_in(client, "lead")
    text = client.post("/cycles/spring/confirm/groups/", follow=True).content.decode()
    assert "no group yet" in text
    assert Cycle.objects.get().confirmed == {}


@pytest.mark.parametrize(
    ("key", "role", "status"), [("groups", "viewer", 403), ("scores", "lead", 404), ("x", "lead", 404)]
)
def test_confirming_is_refused(client, key, role, status):
    make_cycle(code="spring")
    log_in(client, role)
    assert client.post(f"/cycles/spring/confirm/{key}/").status_code == status


def test_menu_of_cycles_lists_those_under_way(client):
    make_cycle(code="spring")
    move(make_cycle(code="done"), "archived")
    log_in(client)
    text = client.get("/cycles/", headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r'href="([^"]+)"', text) == ["/cycles/spring/", "/cycles/"]
