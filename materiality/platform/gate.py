"""The gate to staff's pages: who answers a survey waits for no member of staff.

Of a process's threads (`--blocking-threads`) staff requests take a few only; the rest is left to those who answer.
Which requests are respondents' is said by their path; static files pass, too, and so does /readyz in parts, which is to
say that staff's pages are away. Other health pages come before the gate.
"""

from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPException
from io import BytesIO
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from materiality.platform.health import READY_PATH
from materiality.platform.people import RESPONDENT_PATH
from materiality.platform.relay import Unanswered, drain, relay
from materiality.platform.storage import BUSY

_TURNED_AWAY = "yiti.turned_away"
UNKNOWN = 502  # what was sent may have been done


class StaffGate:
    """A WSGI application before another: so many staff requests may be inside, more are told at once that they are.

    Where processes for staff listen, they do the work, and the thread only waits for it.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._work = relay if settings.STAFF_SOCKET else application
        self._places = BoundedSemaphore(settings.STAFF_AT_ONCE)
        self._free = (RESPONDENT_PATH, settings.STATIC_URL, READY_PATH)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(self._free):
            return self._application(environ, start_response)
        if not self._places.acquire(blocking=False):
            return self._turned_away(environ, start_response)
        inside = False
        try:
            answer = _Inside(self._work(environ, start_response), self._places)
            inside = True
            return answer
        except (OSError, HTTPException) as problem:  # no process for staff answers
            unknown = isinstance(problem, Unanswered)
            if not unknown:
                drain(environ["wsgi.input"])
            return self._turned_away(environ, start_response, UNKNOWN if unknown else BUSY)
        finally:
            if not inside:
                self._places.release()

    def _turned_away(self, environ: dict, start_response: Callable, status: int = BUSY) -> Iterable[bytes]:
        nothing = {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "", "CONTENT_TYPE": "", "wsgi.input": BytesIO()}
        return self._application({**environ, **nothing, _TURNED_AWAY: status}, start_response)


class _Inside:
    """The answer to a staff request, which keeps its place until the server closes what it has sent or given up."""

    def __init__(self, answer: Iterable[bytes], places: BoundedSemaphore) -> None:
        self._answer, self._places = answer, places

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            self._places.release()


class TurnedAwayMiddleware:
    """Says kindly that there is no room at the moment, or that it is not known what became of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = request.META.get(_TURNED_AWAY)
        if status is None:
            return self.get_response(request)
        page = get_template("500.html").render({"status": status})
        later = {"Retry-After": "3"} if status == BUSY else {}
        return HttpResponse(page, status=status, headers={"Cache-Control": "no-store", **later})
