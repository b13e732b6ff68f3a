"""Threads for respondents: of a process's threads staff requests take a few only, so that nobody waits for staff.

A process has more threads (`--blocking-threads`) than may run for staff or wait to run: the rest is left to those who
answer. Which requests are respondents' is said by their path; health pages and static files come before the gate.
"""

from collections.abc import Callable
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from materiality.platform.people import RESPONDENT_PATH
from materiality.platform.storage import BUSY


class Gate:
    """`running` may be inside at once and `waiting` more may stand before it, each for so many seconds."""

    def __init__(self, running: int, waiting: int, seconds: float) -> None:
        self._inside = BoundedSemaphore(running)
        self._standing = BoundedSemaphore(running + waiting)
        self._seconds = seconds

    def enter(self) -> bool:
        """Whether there was room; who got in has to leave."""
        if not self._standing.acquire(blocking=False):
            return False
        if self._inside.acquire(timeout=self._seconds):
            return True
        self._standing.release()
        return False

    def leave(self) -> None:
        self._inside.release()
        self._standing.release()


class StaffGateMiddleware:
    """Lets few staff requests run at once; where too many wait already the answer is a page that says so, at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.gate = Gate(settings.STAFF_RUNNING, settings.STAFF_WAITING, settings.STAFF_WAITING_SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(RESPONDENT_PATH):
            return self.get_response(request)
        if not self.gate.enter():
            page = get_template("500.html").render({"busy": True})
            return HttpResponse(page, status=BUSY, headers={"Retry-After": "3", "Cache-Control": "no-store"})
        try:
            response = self.get_response(request)
        except BaseException:
            self.gate.leave()
            raise
        if response.streaming:
            # Its thread is taken until all is sent; the server closes what it has sent or given up.
            response._resource_closers.append(self.gate.leave)
        else:
            self.gate.leave()
        return response
