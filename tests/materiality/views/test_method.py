"""The page of the method."""

import pytest

from materiality.models import Cycle
from materiality.queries.method import method_of
from tests.factories.cycles import make_cycle, move
from tests.factories.people import log_in
from tests.factories.scores import make_run
from tests.materiality.forms.test_method import FILLED

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def stored() -> dict:
    return Cycle.objects.get(code="spring").method


@pytest.mark.parametrize(("role", "status", "least"), [("viewer", 403, 5), ("committee", 403, 5), ("analyst", 302, 9)])
def test_method_is_changed_by_those_who_may(client, cycle, role, status, least):
    log_in(client, role)
    assert client.post("/cycles/spring/method/", {**FILLED, "min_n": "9"}).status_code == status
    assert stored()["min_n"] == least


def test_method_is_seen_by_a_viewer_without_a_button(client, cycle):
    log_in(client, "viewer")
    text = client.get("/cycles/spring/method/").content.decode()
    assert ("300 journalists as much as 9,000 users" in text, "Save the method" in text) == (True, False)


def test_method_with_errors_says_so_at_the_field_in_the_readers_language(client, cycle):
    log_in(client, language="zh-hans")
    response = client.post("/cycles/spring/method/", {**FILLED, "lam": "140"})
    assert '<p class="error" id="id_lam_error">请输入 0 到 100 之间的数。</p>' in response.content.decode()
    assert stored()["lam"] == 0.5


def test_method_changed_after_a_run_is_marked(client, cycle):
    make_run(cycle)
    log_in(client)
    before = client.get("/cycles/spring/method/").content.decode()
    assert "Results have been seen: run 1 exists." in before
    client.post("/cycles/spring/method/", {**FILLED, "lam": "70"})
    after = client.get("/cycles/spring/method/").content.decode()
    assert "changed after run 1" in after
    assert "Share of society (λ) 50 % → 70 %" in after


def test_method_posted_as_shown_changes_nothing(client, cycle):
    log_in(client)
    form = client.get("/cycles/spring/method/").context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post("/cycles/spring/method/", values).status_code == 302
    assert method_of(Cycle.objects.get()) == method_of(cycle)


def test_method_in_review_stays(client, cycle):
    move(cycle, "in_review")
    log_in(client)
    response = client.post("/cycles/spring/method/", {**FILLED, "min_n": "9"})
    assert "in which this can no longer be changed" in response.content.decode()
    assert stored()["min_n"] == 5


def test_method_asks_few_queries(client, cycle, django_assert_max_num_queries):
    log_in(client)
    for least in range(6, 20):
        client.post("/cycles/spring/method/", {**FILLED, "min_n": str(least)})
    with django_assert_max_num_queries(15):
        client.get("/cycles/spring/method/")
