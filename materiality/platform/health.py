"""Whether this process answers, and whether all that it needs does."""

import shutil
import socket
import time
from collections.abc import Callable, Iterable
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpResponse

from materiality.celery import app
from materiality.platform.keys import missing_keys
from materiality.platform.storage import FULL, server_is_away, short_transaction, storage_trouble

LIVE_PATH, READY_PATH = "/healthz", "/readyz"
KEPT_SECONDS = 5.0
OLDEST_SECONDS = 60.0
LEAST_FREE_BYTES = 200_000_000
BEAT_SECONDS = 40  # beat has its sweep done every 10 s
_BEAT_KEY = "yiti:beat"
_LOCK_MILLISECONDS = 500
# A session that nobody has: a row that is always there to be written.
_WRITE = """
INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('readyz', '', '2000-01-01 00:00:00+00:00')
ON CONFLICT (session_key) DO UPDATE SET session_data = excluded.session_data
"""


class Health:
    """A WSGI application before another: answers /healthz, and /readyz to strangers, before anything else is looked at.

    Django would look at settings, connections, headers and cookies first, which takes ten times as long, and eight
    callers without pause would take that time from respondents. Who brings a session or a token goes on to the view,
    which may show more.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == LIVE_PATH:
            return _answer(start_response, "200 OK", b"ok\n")
        if path == READY_PATH and not (
            "HTTP_AUTHORIZATION" in environ or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "")
        ):
            if all_well(readiness()):
                return _answer(start_response, "200 OK", b"ready\n")
            return _answer(start_response, "503 Service Unavailable", b"not ready\n")
        return self._application(environ, start_response)


def _answer(start_response: Callable, status: str, word: bytes) -> Iterable[bytes]:
    length = ("Content-Length", str(len(word)))
    start_response(status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store"), length])
    return [word]


def in_one_word(states: dict[str, str]) -> HttpResponse:
    """`ready` with 200, or `not ready` with 503."""
    word, status = ("ready\n", 200) if all_well(states) else ("not ready\n", 503)
    return HttpResponse(word, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})


def all_well(states: dict[str, str]) -> bool:
    """Whether every part answers."""
    return set(states.values()) == {"ok"}


class Kept:
    """What `look` found in the last `seconds`; one caller at a time looks, the others take what was found before."""

    def __init__(self, look: Callable[[], dict[str, str]], seconds: float = KEPT_SECONDS) -> None:
        self._look, self._seconds = look, seconds
        self._looking = Lock()
        self._found: dict[str, str] = {}
        self._at = float("-inf")

    def __call__(self) -> dict[str, str]:
        if self._age() < self._seconds:
            return self._found
        if not self._looking.acquire(blocking=self._age() > OLDEST_SECONDS):
            return self._found
        try:
            if self._age() >= self._seconds:
                self._found, self._at = self._look(), time.monotonic()
            return self._found
        finally:
            self._looking.release()

    def _age(self) -> float:
        return time.monotonic() - self._at


def look() -> dict[str, str]:
    """`ok`, or what is wrong, of each part that is needed. Takes about 3 s at most."""
    close_old_connections()  # as Django does for each request that comes to it
    states = {"database": _database(), "keys": _keys(), "space": _space(), "broker": _broker()}
    if settings.STAFF_SOCKET:
        states["staff"] = _staff()
    reached = states["broker"] == "ok"
    states["worker"] = worker() if reached else "unknown"
    states["beat"] = _beat() if reached else "unknown"
    return states


readiness = Kept(look)


def note_beat() -> None:
    """Beat has had something done by a worker now. A broker that is away is found by others."""
    try:
        with _connected() as broker:
            broker.default_channel.client.set(_BEAT_KEY, "1", ex=BEAT_SECONDS)
    except Exception:
        return


def _database() -> str:
    """A row is written and committed."""
    try:
        with short_transaction(_LOCK_MILLISECONDS), connection.cursor() as cursor:
            cursor.execute(_WRITE)
        return "ok"
    except DatabaseError as problem:
        trouble = None if server_is_away(problem) else storage_trouble(problem)
        return "away" if trouble is None else "full or read-only" if trouble == FULL else "locked"


def _keys() -> str:
    """Every key that the database counts on lies in YITI_KEYS."""
    try:
        missing = missing_keys()
    except DatabaseError:
        return "unknown"
    return f"missing: {', '.join(missing)}" if missing else "ok"


def _space() -> str:
    try:
        free = shutil.disk_usage(settings.DATA).free
    except OSError:
        return "away"
    return "ok" if free >= LEAST_FREE_BYTES else f"{free // 1_000_000} MB free"


def _staff() -> str:
    """A process for staff listens."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(settings.STAFF_SOCKET)
        return "ok"
    except OSError:
        return "away"


def _connected():
    return app.connection_for_write(transport_options={"socket_connect_timeout": 1, "socket_timeout": 1})


def _broker() -> str:
    try:
        with _connected() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
            broker.default_channel.client.ping()
        return "ok"
    except Exception:
        return "away"


def worker() -> str:
    """A worker answers a ping within a second."""
    try:
        return "ok" if app.control.broadcast("ping", reply=True, limit=1, timeout=1) else "away"
    except Exception:
        return "away"


def _beat() -> str:
    try:
        with _connected() as broker:
            return "ok" if broker.default_channel.client.exists(_BEAT_KEY) else "away"
    except Exception:
        return "away"
