import gzip
import re

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.test.client import ClientHandler

from surveys.models import Survey
from surveys.respond.pages import _answer
from surveys.respond.visit import SeeOther
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
LONG_WAY = [name for name in settings.MIDDLEWARE if name != "surveys.respond.pages.RespondentMiddleware"]


@pytest.fixture
def survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}))


def answered(survey: Survey, method: str, path: str, **headers: str) -> tuple[int, dict[str, object]]:
    """Status and headers of Django, with nothing before it; without Vary, as nobody keeps these pages."""
    client = RespondentClient(survey, **headers)
    client.handler = ClientHandler(enforce_csrf_checks=True)
    client.raise_request_exception = False
    response = client.generic(method, path.format(base=client.base), headers=headers)
    found = {name.lower(): value for name, value in response.headers.items() if name not in ("Content-Length", "Vary")}
    return response.status_code, found


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "{base}", {}, 200),
        ("GET", "{base}", {"accept-encoding": "gzip", "accept-language": "zh-CN"}, 200),
        ("HEAD", "{base}", {}, 200),
        ("GET", "{base}1/", {}, 404),
        ("GET", "/s/nothing/", {}, 404),
        ("GET", "/s/nothing/here/", {}, 404),
        ("GET", "/s/nothing", {}, 301),
        ("POST", "{base}", {}, 403),
        ("OPTIONS", "{base}", {}, 405),
        ("PUT", "{base}", {}, 403),
        ("GET", "{base}", {"host": "elsewhere.example"}, 400),
        ("GET", "{base}i/aaaa/", {}, 404),
        ("POST", "{base}i/aaaa/unsubscribe/", {}, 404),
    ],
)
def test_the_short_way_answers_as_the_long_one(survey, method, path, headers, status):
    short_status, short = answered(survey, method, path, **headers)
    with override_settings(MIDDLEWARE=LONG_WAY):
        long_status, long = answered(survey, method, path, **headers)
    assert short_status == long_status == status
    assert {"x-frame-options": "DENY", **short} == {"x-frame-options": "DENY", **long}


@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_sent_to_https_as_on_the_long_way(survey):
    short = answered(survey, "GET", "{base}")
    with override_settings(MIDDLEWARE=LONG_WAY):
        long = answered(survey, "GET", "{base}")
    assert short[0] == long[0] == 301
    assert short[1]["location"] == long[1]["location"] == f"https://testserver/s/{survey.code}/"


def test_a_form_with_the_pages_own_token_passes_the_check_and_another_does_not(survey):
    client = RespondentClient(survey)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(client.base).content.decode())[1]
    assert client.post(client.base, {"csrfmiddlewaretoken": token, "size": "large"}).status_code == 303
    other = ("b" if token[0] == "a" else "a") + token[1:]
    assert client.post(client.base, {"csrfmiddlewaretoken": other, "size": "large"}).status_code == 403


@pytest.mark.parametrize("short", [SeeOther("/s/a/"), _answer(HttpRequest(), b"", 200)])
def test_responses_that_are_made_like_another_lack_nothing_that_django_gives_them(short):
    made = HttpResponse(status=short.status_code)
    assert vars(short).keys() == vars(made).keys()
    short.headers["X-Own"], short.cookies["own"] = "1", "1"
    short.write(b"own")
    again = type(short)("/s/b/" if short.status_code == 303 else 200)
    assert "X-Own" not in again.headers and not again.cookies and again.content == b""
    assert again.closed is False and again._resource_closers is not short._resource_closers


def test_pages_are_packed_for_whoever_unpacks_them(survey):
    plain = RespondentClient(survey).get(survey_path := f"/s/{survey.code}/")
    packed = RespondentClient(survey).get(survey_path, headers={"accept-encoding": "gzip, br"})
    unmasked = re.compile(rb'(?<=csrfmiddlewaretoken" value=")\w+')
    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert unmasked.sub(b"", gzip.decompress(packed.content)) == unmasked.sub(b"", plain.content)


def test_no_hole_of_a_page_is_left_open(survey):
    client = RespondentClient(survey)
    html = client.get(client.base).content.decode()
    assert not re.search("[\ue000\ue001]", html) and f'action="{client.base}"' in html


def test_an_error_in_a_view_keeps_the_headers_that_protect(survey, monkeypatch):
    client = RespondentClient(survey)
    client.raise_request_exception = False
    monkeypatch.setattr("surveys.respond.entrance.survey_of", None)
    response = client.get(client.base)
    assert (response.status_code, response["X-Frame-Options"]) == (500, "DENY")
    assert "default-src 'none'" in response["Content-Security-Policy"]
