"""What is answered before Django: as Django would, and nothing else is."""

import sqlite3
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.core.signals import request_started
from django.db import OperationalError, connection
from django.test.client import ClientHandler

from surveys.actions.surveys import open_survey
from surveys.models import Survey
from tests.factories.paper import make_question
from tests.factories.respondent import FORM, RespondentClient
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["linked", "sealed"])
def survey(request) -> Survey:
    made = make_survey(make_survey_cycle({"society": 8}), anonymous=request.param, ranking=True)
    make_question(made)
    return open_survey(survey=made, by=None)


@pytest.fixture
def client(survey) -> RespondentClient:
    begun = RespondentClient(survey)
    begun.begin()
    return begun


@pytest.fixture
def asked() -> list[str]:
    """What has come to Django since."""
    found = []

    def note(environ: dict, **_others: object) -> None:
        found.append(environ["PATH_INFO"])

    request_started.connect(note)
    yield found
    request_started.disconnect(note)


def walked(client: RespondentClient) -> list[tuple]:
    """A respondent from the first page to the last: of each answer its status, headers and cookies without values."""
    found = []

    def note(response) -> None:
        headers = {name.lower(): value for name, value in response.headers.items() if name != "Content-Length"}
        if policy := headers.get("content-security-policy"):
            headers["content-security-policy"] = sorted(policy.split("; "))
        headers["location"] = headers.get("location", "").partition("#")[0]
        cookies = {
            name: {part: str(value) for part, value in morsel.items() if part != "expires"}
            for name, morsel in response.cookies.items()
        }
        found.append((response.status_code, headers, cookies))

    note(client.get(client.base))
    note(client.send(group="users", go="start"))
    note(client.get(client.base))
    note(client.begin())
    for path, values in (
        ("1/", {f"r{client.items('1/')[0]}": "4", "go": "next"}),
        ("2/", {"language": "zh-hans"}),
        ("one/1/", {"go": "next"}),
        ("top/", {"top": ["SOCIETY-01-01"], "go": "next"}),
        ("about/", {"p_age": "b", "go": "back"}),
        ("3/", {"go": "next"}),
        ("nothing/", {}),
        ("end/", {"comment": "好", "go": "submit"}),
        ("thanks/", {"size": "large"}),
        ("end/", {"go": "submit"}),
    ):
        note(client.get(client.base + path))
        note(client.send(path, **values))
    return found


def test_a_whole_questionnaire_is_answered_as_django_answers_it(survey, asked):
    short, long = RespondentClient(survey), RespondentClient(survey)
    long.handler = ClientHandler(enforce_csrf_checks=True)
    found = walked(short)
    assert set(asked) == {f"{short.base}nothing/"}
    assert found == walked(long)
    assert {status for status, *_others in found} >= {200, 303, 404}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"host": "elsewhere.example"},
        {"content-type": f"{FORM};charset=gbk"},
    ],
)
def test_form_that_no_page_of_ours_sends_goes_to_django_which_refuses_it(client, asked, headers):
    response = client.post_as_script("1/", {"go": "next"}, **headers)
    assert (response.status_code in (400, 403), asked) == (True, [f"{client.base}1/"])


@pytest.mark.parametrize(
    ("method", "path"),
    [("HEAD", "1/"), ("OPTIONS", "1/"), ("GET", "1/?a=b"), ("GET", "%E9%A1%B5/"), ("GET", "nothing/here/")],
)
def test_what_browsers_do_not_ask_of_a_page_goes_to_django(client, asked, method, path):
    client.generic(method, client.base + path)
    assert len(asked) == 1


def test_what_is_longer_than_any_page_sends_goes_to_django_unread(client, asked):
    carried = client.carried("end/")
    assert client.post_as_script("end/", {**carried, "go": "next", "more": "x" * 70_000}).status_code == 303
    assert asked == [f"{client.base}end/"]


def test_another_sites_form_is_refused_whatever_it_knows_but_the_token(client):
    carried = client.carried("1/")
    values = {"queue": "[]", "page": 7, "number": 1, "go": "keep", "was": carried["was"]}
    for site in ("cross-site", "same-site", "none", ""):
        assert client.post_as_script("1/", values, **{"sec-fetch-site": site}).status_code == 403
    assert client.post_as_script("1/", values).status_code == 200


@pytest.mark.parametrize("more", [{}, {"sec-fetch-site": "none"}], ids=["short", "long"])
def test_form_whose_browser_went_away_amid_it_changes_nothing(client, more):
    answers = {f"r{place}": "4" for place in client.items("1/")}
    client.send("1/", **answers, go="next")
    carried, chosen = client.carried("1/"), client.chosen("1/")
    whole = urlencode({**carried, "go": "next", **answers})
    cut = {"wsgi.input": BytesIO(whole[:-30].encode()), "CONTENT_LENGTH": str(len(whole))}
    path, headers = f"{client.base}1/", {"sec-fetch-site": "same-origin", **more}
    assert client.generic("POST", path, b"x", FORM, headers=headers, **cut).status_code == 400
    assert client.chosen("1/") == chosen and len(chosen) == len(answers)


@pytest.mark.parametrize("language", ["en", "ko", "zh-TW"])
def test_database_that_is_away_is_said_to_be_so_in_whatever_language(client, language):
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorname = "SQLITE_BUSY"

    def away(*_query: object) -> None:
        raise OperationalError from locked

    client.raise_request_exception = False
    with connection.execute_wrapper(away):
        assert client.get(client.base, headers={"accept-language": language}).status_code == 503


def test_browsers_are_told_to_stay_with_https_by_it_alone(survey, settings):
    settings.SECURE_HSTS_SECONDS = 100
    client = RespondentClient(survey)
    said = [client.get(client.base, secure=secure).headers.get("Strict-Transport-Security") for secure in (True, False)]
    assert said == ["max-age=100", None]


def test_code_that_no_survey_has_is_written_into_no_cookie(client):
    for code in ("a%0d%0aX-Evil: 1", "a; Domain=x.example", "%00"):
        response = client.get(f"/s/{code}/1/", headers={"cookie": "yiti_draft=zz"})
        assert response.status_code == 404 and set(response.cookies) <= {"csrftoken"}
