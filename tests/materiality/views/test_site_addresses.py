"""What a browser, or somebody with worse in mind, may put into the language switch and into forms."""

import pytest
from django.conf import settings
from django.test import Client

from tests.factories.people import log_in

pytestmark = pytest.mark.django_db
CHARSETS = ["utf-16", "base64", "rot13", "no-such", "utf-7", "idna", "%s" % ("x" * 5000), "é", "hex"]


@pytest.mark.parametrize("address", ["/library/?q=305-1", "http://testserver/library/?q=305-1", "/s/demo/", "/"])
def test_language_goes_back_to_own_pages(client, address):
    response = client.post("/language/", {"next": address, "language": "en"})
    assert (response.status_code, response["Location"]) == (302, address.removeprefix("http://testserver"))
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "//evil.example/", "http://testserver//evil.example/", "http://testserver/\\evil.example",
        "/\\evil.example", "///evil.example", "/%0a/evil", "/\x00", "\x00/library/", "javascript:alert(1)", "start",
        "login", "relative/page", "/" + "x" * 5000, "http://[::1", "http://testserver@evil.example/",
        "/\t/evil.example", "\n//evil.example", "",
    ],
)  # fmt: skip
def test_language_goes_home_from_anything_else(client, address):
    response = client.post("/language/", {"next": address, "language": "zh-hans"})
    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("language", [["en", "fr"], "fr", "\x00", "x" * 10_000, "../en", "en\r\nSet-Cookie: a=b", ""])
def test_language_that_is_not_ours_is_not_remembered(client, language):
    response = client.post("/language/", {"next": "/login/", "language": language})
    assert response.status_code == 302 and settings.LANGUAGE_COOKIE_NAME not in response.cookies


def test_language_with_an_odd_referer_goes_home(client):
    response = client.post("/language/", {"language": "en"}, headers={"referer": "http://[broken"})
    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("path", ["/login/", "/language/", "/s/none/"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_wrong_charset_of_a_form_is_a_400(charset, path, kind):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    response = client.generic("POST", path, b"username=a", content_type=f"{kind}; charset={charset}")
    assert response.status_code == 400


def test_form_in_utf_8_by_another_case_is_taken(client):
    response = client.post(
        "/language/", b"language=en", content_type="application/x-www-form-urlencoded; charset=UTF-8"
    )
    assert response.status_code == 302


@pytest.mark.parametrize("path", ["/people/{}/", "/cycles/demo/engagements/{}/", "/library/proposals/{}/"])
def test_keys_that_no_database_has_lead_nowhere(client, path):
    log_in(client, "administrator" if "people" in path else "lead")
    assert client.get(path.format(99999999999999999999)).status_code == 404
