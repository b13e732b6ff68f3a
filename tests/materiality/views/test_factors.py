"""The second step of the login, one's own factors and sessions."""

import re
import time
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from materiality.models import AuditEvent, StaffSession, User
from materiality.platform.factors import DIGITS, SHA1, STEP, TOTP
from materiality.platform.keys import ensure_installation_key
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def nobody_has_failed():
    """Pauses after failed logins outlive a test."""
    caches["logins"].clear()


@pytest.fixture
def person() -> User:
    ensure_installation_key()
    made = make_person("lead", username="li")
    made.set_password(PASSWORD)
    made.save()
    return made


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def log_in(client: Client):
    return client.post("/login/?next=/cycles/", {"username": "li", "password": PASSWORD})


def code_of(secret: bytes, steps: int = 0) -> str:
    return TOTP(secret, DIGITS, SHA1(), STEP).generate(int(time.time()) + steps * STEP).decode()


def add_app(client: Client) -> tuple[bytes, list[str]]:
    """Its secret, and the recovery codes that are shown."""
    client.get("/account/app/")
    secret = bytes.fromhex(client.session["app_secret"])
    assert "is wrong" in client.post("/account/app/", {"code": "000000x"}).content.decode()
    # A step back, so that the code of now is still unused.
    page = client.post("/account/app/", {"code": code_of(secret, -1)}).content.decode()
    return secret, re.findall(r'class="code once">([\w-]*)<', page)


def test_who_has_an_app_is_logged_in_only_after_its_code(person):
    first = browser()
    assert log_in(first).headers["Location"] == "/cycles/"
    secret, codes = add_app(first)
    assert len(codes) == 10

    other = browser()
    assert log_in(other).headers["Location"] == "/login/second/"
    assert other.get("/cycles/").status_code == 302
    assert other.post("/login/second/", {"code": "123"}).status_code == 200
    code = code_of(secret)
    assert other.post("/login/second/", {"code": code}).headers["Location"] == "/cycles/"
    assert other.get("/cycles/").status_code == 200

    third = browser()
    log_in(third)
    assert third.post("/login/second/", {"code": code}).status_code == 200, "a code works once"
    assert third.post("/login/second/", {"code": codes[0].upper()}).status_code == 302
    fourth = browser()
    log_in(fourth)
    assert fourth.post("/login/second/", {"code": codes[0]}).status_code == 200, "a recovery code works once"
    actions = AuditEvent.objects.order_by("number").values_list("action", flat=True)
    assert list(actions) == ["add_factor", "use_recovery_code"]


def test_second_step_without_the_first_leads_to_the_login(person):
    client = browser()
    assert client.get("/login/second/").headers["Location"] == "/login/"
    assert client.post("/login/second/", {"code": "123456"}).headers["Location"] == "/login/"


def test_guessing_codes_is_slowed(person):
    client = browser()
    log_in(client)
    add_app(client)
    guesser = browser()
    log_in(guesser)
    statuses = [guesser.post("/login/second/", {"code": f"{number:06}"}).status_code for number in range(8)]
    assert 429 in statuses


def test_role_that_needs_a_factor_sees_its_account_only_until_there_is_one(person, settings):
    settings.SECOND_FACTOR_ROLES = ["lead"]
    client = browser()
    log_in(client)
    assert [client.get(path).headers.get("Location") for path in ("/", "/cycles/", "/audit/")] == ["/account/"] * 3
    assert "Your role needs a second factor" in client.get("/account/").content.decode()
    add_app(client)
    assert client.get("/cycles/").status_code == 200
    factor = person.factors.get(kind="app")
    page = client.post(f"/account/factors/{factor.pk}/remove/", follow=True).content.decode()
    assert "Add another one first" in page and person.factors.filter(kind="app").exists()


def test_factor_of_another_person_is_not_removed(person):
    first = browser()
    log_in(first)
    add_app(first)
    stranger = Client()
    stranger.force_login(make_person("administrator"))
    assert stranger.post(f"/account/factors/{person.factors.first().pk}/remove/").status_code == 404


def test_lost_factors_are_taken_away_by_the_command_line_and_that_is_told(person):
    client = browser()
    log_in(client)
    add_app(client)
    call_command("reset_factors", "li", stdout=StringIO())
    assert client.get("/cycles/").status_code == 302, "sessions end"
    again = browser()
    assert log_in(again).headers["Location"] == "/cycles/"
    assert "took away all second factors" in again.get("/cycles/").content.decode()


@pytest.mark.parametrize(
    ("browser", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari · macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36 EdgA/142.0", "Edge · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Phone", "Phone"),
        ("", ""),
    ],
)
def test_session_is_called_by_browser_and_system(browser, shown):
    assert str(StaffSession(browser=browser)) == shown


def test_sessions_are_listed_and_ended(person):
    here, there = browser(), Client(headers={"accept-language": "en", "user-agent": "Phone"})
    log_in(here), log_in(there)
    page = here.get("/account/").content.decode()
    assert "Phone" in page and "this one" in page
    key = there.session.session_key
    make_person("lead", username="zhao")
    here.post("/account/sessions/end/", {"key": key})
    assert (there.get("/cycles/").status_code, here.get("/cycles/").status_code) == (302, 200)
    log_in(there)
    here.post("/account/sessions/end/")
    assert (there.get("/cycles/").status_code, here.get("/cycles/").status_code) == (302, 200)


def test_secrets_are_not_in_the_database(person):
    client = browser()
    log_in(client)
    secret, codes = add_app(client)
    kept = b"".join(bytes(each.secret) for each in person.factors.all())
    assert secret not in kept and codes[0].encode() not in kept
