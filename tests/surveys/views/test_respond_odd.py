"""Odd requests to respondents' pages: none ends in an error of ours, none changes anything."""

import pytest

from surveys.models import Draft, Survey, Tally
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}))


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "\x00;q=x,,,en;q=9"},
        {"accept-language": "x" * 9000},
        {"accept-encoding": "gzip;q=0.0.0, \x7f"},
        {"cookie": "yiti_draft=:::::; yiti_done=; yiti_size=huge; yiti_contrast=\x01; yiti_first=a:b:c"},
        {"cookie": "yiti_draft=" + "a" * 8000},
        {"x-forwarded-for": "1.2.3.4, <script>", "x-forwarded-proto": "gopher", "referer": "data:,x"},
        {"range": "bytes=0-1", "if-none-match": "*", "expect": "100-continue"},
    ],
)
def test_odd_headers_get_the_first_page(survey, headers):
    client = RespondentClient(survey)
    response = client.get(client.base, headers=headers)
    assert response.status_code == 200 and Draft.objects.count() == 0


@pytest.mark.parametrize("path", ["%00/", "a%00b/1/", "../s/", "%F0%9F%98%80/", "-/i/x/", "x/99999999999999999999/"])
def test_odd_addresses_lead_to_no_survey(path):
    client = RespondentClient(Survey(code="x"))
    assert client.get(f"/s/{path}", follow=True).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(survey, method):
    client = RespondentClient(survey)
    client.handler.enforce_csrf_checks = False
    assert getattr(client, method)(client.base).status_code == 405


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_body_of_another_type_begins_nothing(survey, content_type):
    client = RespondentClient(survey)
    client.page()
    client.handler.enforce_csrf_checks = False
    response = client.generic("POST", client.base, b'{"group": "users", "consent": "yes"}', content_type=content_type)
    assert response.status_code in (400, 422) and Draft.objects.count() == 0


def test_junk_on_the_first_page_begins_nothing(survey):
    client = RespondentClient(survey)
    for junk in ({"group": "users\x00"}, {"group": "' OR 1=1 --"}, {"group": "users", "notice": "\x00"}):
        assert client.send(**junk, consent="yes", go="start").status_code == 422
    assert Draft.objects.count() == 0 and not Tally.objects.filter(measure="started").exists()


def test_names_and_values_given_twice_count_once(survey):
    client = RespondentClient(survey)
    client.begin()
    first = client.items("1/")[0]
    client.send("1/", **{f"r{first}": ["1", "4"], "go": "next"})
    assert bytes(Draft.objects.get().ratings)[first] == 4
