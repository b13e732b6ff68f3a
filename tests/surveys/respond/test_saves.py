"""Saves that are answered before Django: as Django would, and nothing else is."""

from types import SimpleNamespace

import pytest
from django.core.signals import request_started
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from surveys.models import Survey
from surveys.respond import saves
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


@pytest.fixture
def asked(client) -> list:
    """What has come to Django since."""
    found = []

    def note(environ: dict, **_others: object) -> None:
        found.append(environ["PATH_INFO"])

    request_started.connect(note)
    yield found
    request_started.disconnect(note)


def save(client: RespondentClient, path: str = "1/", *, number: int = 1, go: str = "keep", **headers: str):
    position = client.items("1/")[0]
    queue = f'[["r{position}", "{number}", 0, 100]]'
    carried, sent = client.carried("1/"), {"queue": queue, "page": 7, "number": number, "go": go}
    return carried, lambda asked: (asked.clear(), client.post_as_script(path, carried | sent, **headers))[1]


def test_save_is_answered_as_django_answers_it_and_stored_the_same(client, asked):
    client.raise_request_exception = False
    found = []
    for number, site in ((1, "same-origin"), (2, "none")):
        _carried, send = save(client, number=number, **{"sec-fetch-site": site})
        response = send(asked)
        # What packing and the page's language depend on stands on pages only.
        own = {"Content-Language", "Content-Length"}
        headers = {name: value for name, value in response.headers.items() if name not in own}
        found.append((response.status_code, headers, response.json()["others"], len(asked)))
        assert client.chosen("1/") == {client.items("1/")[0]: str(number)}
    assert found[0][3] == 0 and found[1][3] == 1 and found[0][:3] == found[1][:3]


@pytest.mark.parametrize(
    ("path", "go", "headers"),
    [
        ("1/", "next", {}),
        ("end/", "keep", {}),
        ("99/", "keep", {}),
        ("1/", "keep", {"sec-fetch-site": "same-site"}),
        ("1/", "keep", {"sec-fetch-site": "cross-site"}),
        ("1/", "keep", {"host": "elsewhere.example"}),
        ("1/", "keep", {"content-type": "application/x-www-form-urlencoded"}),
    ],
)
def test_whatever_is_not_such_a_save_goes_to_django(client, asked, path, go, headers):
    _carried, send = save(client, path, go=go, **headers)
    send(asked)
    assert asked == [client.base + path]


def test_what_is_longer_than_any_page_sends_goes_to_django_unread(client, asked):
    carried, _send = save(client)
    asked.clear()
    sent = {**carried, "queue": "[]", "page": 7, "number": 1, "go": "keep", "more": "x" * 70_000}
    assert (client.post_as_script("1/", sent).status_code, asked) == (200, [f"{client.base}1/"])


def test_another_sites_form_is_refused_whatever_it_knows_but_the_token(client, asked):
    carried, _send = save(client)
    sent = {"queue": "[]", "page": 7, "number": 1, "go": "keep", "was": carried["was"]}
    for site in ("cross-site", "same-site", "none", ""):
        assert client.post_as_script("1/", sent, **{"sec-fetch-site": site}).status_code == 403
    assert client.post_as_script("1/", sent).status_code == 200


@pytest.mark.parametrize("name", ["was", "queue", "page", "number"])
def test_what_is_not_in_order_is_said_by_django(client, asked, name):
    carried, _send = save(client)
    sent = {**carried, "queue": '[["r0", "4", 0, 0]]', "page": "7", "number": "1", "go": "keep", name: "\x00[[x"}
    asked.clear()
    assert client.post_as_script("1/", sent).status_code in (200, 409)
    assert asked == [f"{client.base}1/"] and client.chosen("1/") == {}


def test_save_whose_browser_went_away_is_left_to_django(client, asked):
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"{client.base}1/", "HTTP_HOST": "testserver", "CONTENT_LENGTH": "9",
        "HTTP_SEC_FETCH_SITE": "same-origin", "CONTENT_TYPE": "application/x-www-form-urlencoded;charset=utf-8",
        "wsgi.input": SimpleNamespace(read=broken(OSError("gone"))),
    }  # fmt: skip
    assert saves.saved(environ) is None


def test_full_disk_is_said_at_once_and_another_trouble_of_the_database_by_django(client, asked, monkeypatch, caplog):
    _carried, send = save(client)
    monkeypatch.setattr(saves, "storage_trouble", lambda _problem: 507)
    monkeypatch.setattr(saves, "draft_of", broken(OperationalError("database or disk is full")))
    assert (send(asked).status_code, asked) == (507, [])
    assert "OperationalError" in caplog.text and "disk is full" not in caplog.text
    monkeypatch.setattr(saves, "storage_trouble", lambda _problem: None)
    monkeypatch.setattr(saves, "draft_of", broken(DatabaseError("server closed the connection")))
    assert (send(asked).status_code, asked) == (200, [f"{client.base}1/"])


@pytest.mark.django_db(transaction=True)
def test_connection_that_broke_is_not_met_again(monkeypatch):
    """Of a thread that gets nothing but saves, as Django would look after it."""
    client = RespondentClient(make_open_survey(make_survey_cycle({"society": 1})))
    client.begin()
    _carried, send = save(client)
    closed = []
    monkeypatch.setattr(connection, "errors_occurred", True)
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    monkeypatch.setattr(saves, "storage_trouble", lambda _problem: 503)
    monkeypatch.setattr(saves, "draft_of", broken(InterfaceError("the connection is closed")))
    assert (send([]).status_code, closed) == (503, [True])


def broken(problem: Exception):
    def fails(*_arguments: object) -> None:
        raise problem

    return fails
