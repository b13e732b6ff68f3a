"""Saves by scripts, which are answered in few steps: as the view answers them, and nothing else is."""

import pytest
from django.db import connection

from surveys.models import Survey
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["linked", "sealed"])
def survey(request) -> Survey:
    return make_open_survey(make_survey_cycle({"society": 3}), anonymous=request.param)


@pytest.fixture
def client(survey) -> RespondentClient:
    begun = RespondentClient(survey)
    begun.begin()
    return begun


def sent(client: RespondentClient, *, number: int = 1, go: str = "keep") -> dict[str, object]:
    queue = f'[["r{client.items("1/")[0]}", "{number}", 0, 100]]'
    return {**client.carried("1/"), "queue": queue, "page": 7, "number": number, "go": go}


def test_save_is_answered_as_the_view_answers_it_and_stored_the_same(client):
    found = []
    for number, site in ((1, "same-origin"), (2, "none")):
        response = client.post_as_script("1/", sent(client, number=number), **{"sec-fetch-site": site})
        # What packing and the page's language depend on stands on pages only.
        own = {"Content-Language", "Content-Length"}
        headers = {name: value for name, value in response.headers.items() if name not in own}
        found.append((response.status_code, headers, response.json()["others"]))
        assert client.chosen("1/") == {client.items("1/")[0]: str(number)}
    assert found[0] == found[1]


def test_whatever_is_not_such_a_save_is_answered_by_its_view(client):
    assert client.post_as_script("1/", sent(client, number=1, go="next")).json()["to"] == f"{client.base}end/"
    assert client.post_as_script("end/", sent(client, number=2)).json()["others"] == {}
    assert client.post_as_script("99/", sent(client, number=3)).headers["Location"] == f"{client.base}1/"


@pytest.mark.parametrize("name", ["was", "queue", "page", "number"])
def test_what_is_not_in_order_changes_nothing(client, name):
    values = sent(client) | {"queue": '[["r0", "4", 0, 0]]', name: "\x00[[x"}
    assert client.post_as_script("1/", values).status_code in (200, 409)
    assert client.chosen("1/") == {}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a limit of SQLite")
def test_database_that_takes_nothing_is_said_at_once_and_no_answer_is_logged(client, caplog):
    values = sent(client) | {"queue": '[["comment", "only for you", 0, 0]]'}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        refused = client.post_as_script("1/", values)
        cursor.execute("PRAGMA query_only = OFF")
    assert (refused.status_code, refused.content) == (507, b"")
    assert "OperationalError" in caplog.text and "only for you" not in caplog.text
    assert client.post_as_script("1/", values).status_code == 200
