"""Where a request comes from, and how often, without keeping who: addresses are counted under salted hashes in memory.

Salt and counts are each process's own and are never written: with the process they are gone.
"""

import ipaddress
import secrets
import time
from collections import deque
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address; of IPv6 the network of 64 bits, which one has.

    Of what proxies say (X-Forwarded-For) the entries of trusted ones are passed over from the right; what a stranger
    wrote before is never believed. Without any trusted proxy the header is not read.
    """
    trusted = settings.TRUSTED_PROXIES
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    text = request.META.get("REMOTE_ADDR", "")
    if settings.ENVIRONMENT.behind_proxy and not trusted:
        text = hops[-1] if hops else text
    while trusted and hops and _is_of(text, trusted):
        text = hops.pop()
    return _place(text)


def _is_of(text: str, networks: list) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        # A socket has no address: only a proxy on this machine reaches it.
        return not text
    return any(address in network for network in networks)


def _place(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(address if address.version == 4 else ipaddress.ip_network(f"{address}/64", strict=False))


class VisitWindow:
    """How often each place came in the last so many seconds: `most` times are usual, more of it are a burst."""

    MOST_PLACES = 100_000  # so many are watched; others are usual

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._salt = secrets.token_bytes(16)
        self._times: dict[bytes, deque[float]] = {}
        self._lock = Lock()

    def is_burst(self, place: str, now: float | None = None) -> bool:
        """Count one more from there, and say whether that is more than usual."""
        now = time.monotonic() if now is None else now
        with self._lock:
            key = blake2b(place.encode(), key=self._salt, digest_size=16).digest()
            times = self._times.get(key)
            if times is None:
                self._forget(now)  # which may change the salt
                if len(self._times) >= self.MOST_PLACES:
                    return False
                key = blake2b(place.encode(), key=self._salt, digest_size=16).digest()
                times = self._times[key] = deque(maxlen=self._most + 1)
            while times and times[0] <= now - self._seconds:
                times.popleft()
            times.append(now)
            return len(times) > self._most

    def _forget(self, now: float) -> None:
        """Places that have not come for a while are gone; with the last of them the salt changes."""
        over = now - self._seconds
        for key in [key for key, times in self._times.items() if times[-1] <= over]:
            del self._times[key]
        if not self._times:
            self._salt = secrets.token_bytes(16)
