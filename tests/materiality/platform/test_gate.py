"""Staff requests leave threads to respondents."""

from threading import Event, Thread

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from materiality.platform.gate import Gate, StaffGateMiddleware


@pytest.fixture(autouse=True)
def narrow(settings):
    settings.STAFF_RUNNING, settings.STAFF_WAITING = 1, 0


def asked(middleware: StaffGateMiddleware, path: str) -> int:
    return middleware(RequestFactory().get(path)).status_code


def test_who_waits_too_long_is_told():
    gate = Gate(running=1, waiting=1, seconds=0.01)
    assert gate.enter()
    assert not gate.enter()
    gate.leave()
    assert gate.enter()


def test_respondents_pass_while_staff_fills_the_gate():
    inside, go = Event(), Event()

    def slow(request):
        if request.path == "/slow/":
            inside.set()
            go.wait(10)
        return HttpResponse("")

    middleware = StaffGateMiddleware(slow)
    thread = Thread(target=asked, args=[middleware, "/slow/"])
    thread.start()
    inside.wait(10)
    assert (asked(middleware, "/cycles/"), asked(middleware, "/s/spring/")) == (503, 200)
    go.set()
    thread.join()
    assert asked(middleware, "/cycles/") == 200


def test_download_keeps_its_place_until_it_is_closed():
    middleware = StaffGateMiddleware(lambda request: StreamingHttpResponse([b"x"]))
    first = middleware(RequestFactory().get("/"))
    assert asked(middleware, "/") == 503
    # As close() does, which would end connections to the database besides.
    for close in first._resource_closers:
        close()
    assert asked(middleware, "/") == 200


def test_error_gives_the_place_back():
    def broken(request):
        raise ValueError

    middleware = StaffGateMiddleware(broken)
    for _time in range(3):
        with pytest.raises(ValueError):
            asked(middleware, "/")
