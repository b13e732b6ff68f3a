"""Staff requests leave threads to respondents."""

from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from materiality.platform import relay
from materiality.platform.gate import StaffGate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def narrow(settings):
    settings.STAFF_AT_ONCE = 1


def asked(gate: StaffGate, path: str) -> tuple[int, bytes]:
    """Status and body; closed as the server does."""
    told = []
    environ = {**RequestFactory().get(path).environ, "wsgi.input": BytesIO()}
    answer = gate(environ, lambda status, headers: told.append(int(status[:3])))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return told[-1], body


class Application:
    """Says that it was asked; at /slow/ not before it is told to go on, at /broken/ not at all. Whom the gate turns
    away the real one tells so.
    """

    def __init__(self) -> None:
        self.inside, self.go = Event(), Event()
        self.django = get_wsgi_application()

    def __call__(self, environ, start_response):
        if "yiti.turned_away" in environ:
            return self.django(environ, start_response)
        if environ["PATH_INFO"] == "/slow/":
            self.inside.set()
            self.go.wait(10)
        if environ["PATH_INFO"] == "/broken/":
            raise ValueError
        start_response("200 OK", [])
        return [b"asked"]


def test_respondents_and_static_files_pass_while_staff_fills_the_gate():
    application = Application()
    gate = StaffGate(application)
    thread = Thread(target=asked, args=[gate, "/slow/"])
    thread.start()
    application.inside.wait(10)
    assert [asked(gate, path)[0] for path in ("/cycles/", "/s/spring/", "/static/a.css", "/readyz")] == [
        503,
        200,
        200,
        200,
    ]
    assert "请稍候再试" in asked(gate, "/cycles/")[1].decode()
    application.go.set()
    thread.join()
    assert asked(gate, "/cycles/") == (200, b"asked")


def test_download_keeps_its_place_until_it_is_closed():
    gate = StaffGate(Application())
    first = gate(RequestFactory().get("/").environ, lambda status, headers: None)
    assert asked(gate, "/")[0] == 503
    first.close()
    assert asked(gate, "/")[0] == 200


def test_error_gives_the_place_back():
    gate = StaffGate(Application())
    for _time in range(3):
        with pytest.raises(ValueError):
            asked(gate, "/broken/")
    assert asked(gate, "/")[0] == 200


def test_who_finds_no_process_for_staff_is_told_and_gives_the_place_back(settings, tmp_path, monkeypatch):
    settings.STAFF_SOCKET = str(tmp_path / "staff.sock")
    monkeypatch.setattr(relay, "START_SECONDS", 0.1)
    gate = StaffGate(Application())
    environ = RequestFactory().post("/", b"x" * 200_000, content_type="text/plain").environ
    environ["wsgi.input"] = BytesIO(b"x" * 200_000)
    told = []
    gate(environ, lambda status, headers: told.append((status, dict(headers)["Retry-After"])))
    assert told == [("503 Service Unavailable", "3")]
    # It would hang up on a browser that still sends.
    assert environ["wsgi.input"].read() == b""
    assert [asked(gate, path)[0] for path in ("/", "/", "/s/spring/")] == [503, 503, 200]
    assert "什么也没有改动" in asked(gate, "/")[1].decode()


def test_body_without_an_end_is_read_to_a_limit(settings, tmp_path, monkeypatch):
    settings.STAFF_SOCKET = str(tmp_path / "staff.sock")
    monkeypatch.setattr(relay, "START_SECONDS", 0.1)
    told = []
    with Path("/dev/zero").open("rb") as endless:
        environ = {**RequestFactory().post("/login/").environ, "wsgi.input": endless}
        StaffGate(Application())(environ, lambda status, headers: told.append(status))
    assert told == ["503 Service Unavailable"]
