"""Guessing is slowed, and nobody can keep somebody else out."""

from dataclasses import replace

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory

from materiality.platform import logins
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "right-password-of-hers", "guess"
HERS, STRANGERS = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> list[float]:
    """The time that pauses are measured by, and no memory of other tests."""
    caches["logins"].clear()
    moment = [1_000_000.0]
    monkeypatch.setattr(logins.time, "monotonic", lambda: moment[0])
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: moment[0])
    return moment


@pytest.fixture
def person():
    made = make_person(username="mei")
    made.set_password(RIGHT)
    made.save()
    return made


def log_in(password: str, address: str, *, name: str = "mei", browser: Client | None = None, **headers: str):
    browser = browser or Client(headers={"accept-language": "en"})
    posted = {"username": name, "password": password}
    return browser.post("/login/", posted, REMOTE_ADDR=address, headers=headers)


def status(*arguments, **options) -> int:
    return log_in(*arguments, **options).status_code


def test_guessing_is_slowed_by_pauses_that_grow(person, clock):
    assert [status(WRONG, STRANGERS) for _time in range(5)] == [200] * 5
    paused = log_in(RIGHT, STRANGERS)
    assert (paused.status_code, paused["Retry-After"]) == (429, "2")
    assert "Please wait 2 seconds" in paused.content.decode()
    pauses = []
    for _time in range(12):
        wait = int(log_in(WRONG, STRANGERS)["Retry-After"])
        clock[0] += wait
        assert status(WRONG, STRANGERS) == 200
        pauses.append(wait - 1)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def attempt(address: str, name: str = "mei") -> logins.Attempt:
    """What the page begins with, without the page."""
    return logins.Attempt(RequestFactory().post("/login/", {"username": name}, REMOTE_ADDR=address))


def test_a_thousand_guesses_take_more_than_a_week(clock):
    begun, made, guess = clock[0], 0, attempt(STRANGERS)
    while made < 1000:
        wait = guess.begin()
        made += wait == 0
        clock[0] += wait
    assert clock[0] - begun > 7 * 24 * 3600


def test_strangers_failures_do_not_keep_the_person_out(person):
    statuses = [status(WRONG, STRANGERS) for _time in range(25)]
    assert statuses.count(429) == 20
    assert status(RIGHT, HERS) == 302


def test_many_strangers_at_many_addresses_do_not_keep_the_person_out(person):
    for number in range(300):
        assert attempt(f"10.1.{number // 250}.{number % 250}").begin() == 0
    # By now a place that is not known has one attempt, which is enough for who knows the password.
    assert status(WRONG, STRANGERS) == 200 and status(WRONG, STRANGERS) == 429
    assert status(RIGHT, HERS) == 302


def test_person_logs_in_from_the_address_of_the_stranger_in_a_known_browser(person):
    own = Client(headers={"accept-language": "en"})
    assert status(RIGHT, STRANGERS, browser=own) == 302
    own.post("/logout/")
    for _time in range(200):
        log_in(WRONG, STRANGERS)
    for number in range(100):
        log_in(WRONG, STRANGERS, name=f"nobody{number}")
    assert status(RIGHT, STRANGERS) == 429
    assert status(RIGHT, STRANGERS, browser=own) == 302


def test_known_browser_of_one_person_is_a_strange_one_for_another(person):
    own = Client()
    assert status(RIGHT, STRANGERS, browser=own) == 302
    own.post("/logout/")
    assert [status(WRONG, STRANGERS, name="lead", browser=own) for _time in range(6)] == [200] * 5 + [429]


def test_guesses_at_many_names_from_one_address_are_slowed(person):
    statuses = [status(WRONG, STRANGERS, name=f"name{number}") for number in range(40)]
    assert statuses == [200] * 30 + [429] * 10
    assert status(RIGHT, HERS) == 302


def test_success_forgets_the_failures_before(person):
    for _round in range(4):
        assert [status(WRONG, HERS) for _time in range(4)] == [200] * 4
        assert status(RIGHT, HERS) == 302


def test_behind_a_proxy_its_word_counts_and_the_clients_does_not(person, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, behind_proxy=True)
    for number in range(6):
        log_in(WRONG, "127.0.0.1", **{"x-forwarded-for": f"192.0.2.{number}, {STRANGERS}"})
    assert status(RIGHT, "127.0.0.1", **{"x-forwarded-for": f"192.0.2.99, {STRANGERS}"}) == 429
    assert status(RIGHT, "127.0.0.1", **{"x-forwarded-for": HERS}) == 302


def test_addresses_of_one_ipv6_network_are_one_place(person):
    assert [status(WRONG, f"2001:db8::{number}") for number in range(1, 7)] == [200] * 5 + [429]
    assert status(RIGHT, "2001:db8:0:1::1") == 302


@pytest.mark.parametrize("name", ["", "\x00", "x" * 10_000, "名字"])
def test_odd_names_are_answered(person, name):
    assert [status(WRONG, STRANGERS, name=name) for _time in range(6)] == [200] * 5 + [429]
