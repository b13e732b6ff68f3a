"""Guessing passwords is slowed by growing pauses for the one who guesses, never by a lock on the one who is guessed."""

import secrets
import time
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.core import signing
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from materiality.platform.visitors import address_of

# So many attempts are free from one place at one name, and from one address at all names.
FREE_AT_NAME, FREE_AT_ADDRESS = 5, 30
LONGEST_AT_NAME, LONGEST_AT_ADDRESS = 900, 60
# A name that so many attempts failed at, wherever from, gives a new place one attempt, and then pauses from a minute.
GUESSED, PAUSE_WHEN_GUESSED = 50, 60
FORGOTTEN_SECONDS = 6 * 3600
_DEVICE, _DEVICE_DAYS = "yiti_device", 365
_lock = Lock()


class Attempt:
    """One attempt to log in: under which name and from which place, which is a known browser or else an address.

    Counters are in the memory of each process and say nobody's name or address.
    """

    def __init__(self, request: HttpRequest, name: str = "") -> None:
        self.name = _digest((name or request.POST.get("username", "")).strip().casefold())
        self.device = _device(request, self.name)
        address = _digest(address_of(request))
        self._at_name = f"place:{self.name}:{self.device or address}"
        self._all_at_name = f"name:{self.name}"
        # A known browser has nothing to do with what others at its address do.
        self._at_address = "" if self.device else f"address:{address}"

    def begin(self) -> int:
        """0, and the attempt counts as failed until it `succeeded`; or so many seconds before the next may be made."""
        with _lock:
            wait = max(_until(key) for key in (self._at_name, self._at_address) if key)
            if wait > 0:
                return int(wait) + 1
            guessed = not self.device and _count(self._all_at_name) >= GUESSED
            free, first = (1, PAUSE_WHEN_GUESSED) if guessed else (FREE_AT_NAME, 1)
            _add(self._at_name, free, first, LONGEST_AT_NAME)
            _add(self._all_at_name, GUESSED, 0, 0)
            if _count(self._all_at_name) >= GUESSED:
                _guessed.add(self._all_at_name)
            if self._at_address:
                _add(self._at_address, FREE_AT_ADDRESS, 1, LONGEST_AT_ADDRESS)
            return 0

    def succeeded(self, response: HttpResponse) -> None:
        """Forget the failures from here at this name, and know the browser again."""
        with _lock:
            _store().delete(self._at_name)
            for key in filter(None, (self._all_at_name, self._at_address)):
                _store().set(key, (max(0, _count(key) - 1), 0.0), FORGOTTEN_SECONDS)
        response.set_signed_cookie(
            _DEVICE,
            f"{self.name}{self.device or secrets.token_hex(8)}",
            max_age=_DEVICE_DAYS * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def names_guessed() -> int:
    """At how many names so many attempts have failed of late that somebody must be guessing."""
    with _lock:
        for key in [key for key in _guessed if _count(key) < GUESSED]:
            _guessed.discard(key)
        return len(_guessed)


_guessed: set[str] = set()


def _store():
    return caches["logins"]


def _count(key: str) -> int:
    return _store().get(key, (0, 0.0))[0]


def _until(key: str) -> float:
    """Seconds until the pause of this counter is over, whatever the clock is set to; 0 or less where there is none."""
    return _store().get(key, (0, 0.0))[1] - time.monotonic()


def _add(key: str, free: int, first: int, longest: int) -> None:
    """Count one more; the pause is `first` seconds after the free ones, and twice as long each time."""
    count = _count(key) + 1
    pause = min(first * 2 ** min(count - free, 20), longest) if count >= free else 0
    _store().set(key, (count, time.monotonic() + pause if pause else 0.0), FORGOTTEN_SECONDS)


def _device(request: HttpRequest, name: str) -> str:
    """The mark of a browser in which this name has logged in before, else empty."""
    try:
        value = request.get_signed_cookie(_DEVICE, default="", max_age=_DEVICE_DAYS * 24 * 3600)
    except signing.BadSignature:
        return ""
    return value.removeprefix(name) if value.startswith(name) else ""


def _digest(text: str) -> str:
    return sha256(f"{settings.SECRET_KEY}{text}".encode()).hexdigest()[:32]
