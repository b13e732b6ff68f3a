"""Health pages: nothing is touched, one word for strangers, parts for those who run it, one look at a time."""

import json
import socket
import threading
import time

import pytest
from django.test import Client

from materiality.platform import health
from materiality.platform.health import Kept
from tests.factories.people import log_in

TOKEN = "token-of-monitoring-0123456789"


def ask(path: str, **environ: str) -> tuple[str, bytes, dict[str, str]]:
    """What stands before Django says: status, body and headers; "passed on" where it leaves the answer to Django."""
    said = {}

    def passed_on(environ, start_response):
        start_response("passed on", [])
        return []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        said.update(status=status, headers=dict(headers))

    body = b"".join(health.Health(passed_on)({"PATH_INFO": path, **environ}, start_response))
    return said["status"], body, said["headers"]


def test_healthz_asks_no_database_and_no_host():
    status, body, headers = ask("/healthz", HTTP_HOST="anything.example")
    assert (status, body, headers["Cache-Control"]) == ("200 OK", b"ok\n", "no-store")
    assert "Set-Cookie" not in headers


def test_health_pages_stand_before_django_and_all_else_goes_on(settings):
    assert settings.BEFORE_DJANGO[-1] == "materiality.platform.health.Health"
    assert [ask(path)[0] for path in ("/", "/s/demo/", "/readyz/", "/healthz/x")] == ["passed on"] * 4
    assert ask("/readyz", HTTP_AUTHORIZATION="Bearer x")[0] == "passed on"
    assert ask("/readyz", HTTP_COOKIE="sessionid=x")[0] == "passed on"


@pytest.fixture
def only_the_database(monkeypatch):
    """Looks anew, in this test; there is no broker."""
    kept = Kept(health.look)
    monkeypatch.setattr("materiality.views.site.readiness", kept)
    monkeypatch.setattr("materiality.platform.health.readiness", kept)


@pytest.mark.django_db
def test_readyz_tells_strangers_one_word(client, only_the_database):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready\n")
    assert "no-store" in response["Cache-Control"]
    status, body, headers = ask("/readyz", HTTP_HOST="anything.example")
    assert (status, body, headers["Cache-Control"]) == ("503 Service Unavailable", b"not ready\n", "no-store")


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "parts"), [("administrator", True), ("lead", False), ("viewer", False)])
def test_readyz_tells_administrators_the_parts(client, only_the_database, role, parts):
    log_in(client, role)
    response = client.get("/readyz")
    if parts:
        assert response.json()["database"] == "ok" and response.json()["broker"] == "away"
    else:
        assert response.content == b"not ready\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "given", "parts"),
    [(TOKEN, TOKEN, True), (TOKEN, TOKEN[:-1], False), (TOKEN, "", False), ("", "", False), (TOKEN, "é", False)],
)
def test_readyz_tells_the_holder_of_the_token_the_parts(settings, only_the_database, token, given, parts):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, health_token=token)
    response = Client().get("/readyz", headers={"authorization": f"Bearer {given}"})
    assert response["Content-Type"].startswith("application/json" if parts else "text/plain")
    assert not parts or json.loads(response.content)["space"] == "ok"


def test_what_was_found_is_kept_and_looked_for_by_one_caller_at_a_time():
    looks, begun, go_on = [], threading.Event(), threading.Event()

    def look() -> dict[str, str]:
        looks.append(len(looks))
        if len(looks) == 2:
            begun.set()
            go_on.wait(5)
        return {"look": str(len(looks))}

    kept = Kept(look, seconds=0.2)
    assert [kept(), kept()] == [{"look": "1"}] * 2
    time.sleep(0.25)
    slow = threading.Thread(target=kept)
    slow.start()
    assert begun.wait(5)
    before = time.monotonic()
    # Seven others while one looks: nobody waits, and nobody looks, too.
    assert [kept() for _caller in range(7)] == [{"look": "1"}] * 7
    assert time.monotonic() - before < 0.1
    go_on.set()
    slow.join(5)
    assert kept() == {"look": "2"} and len(looks) == 2


@pytest.mark.django_db
def test_little_space_is_named(monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    assert health._space().endswith(" MB free")


@pytest.mark.django_db
def test_processes_for_staff_are_a_part(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(health, "_connected", None)
    settings.STAFF_SOCKET = ""
    assert "staff" not in health.look()
    settings.STAFF_SOCKET = str(tmp_path / "staff.sock")
    assert health.look()["staff"] == "away"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(settings.STAFF_SOCKET)
        listening.listen()
        assert health.look()["staff"] == "ok"
