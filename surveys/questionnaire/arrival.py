"""Identifiers of responses that grow with the order of arrival."""

import secrets
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_BITS = 42
_STEPS = 1 << _STEP_BITS


class ArrivalClock:
    """Makes UUIDs of version 7: 48 bits of milliseconds since 1970, then a counter, then 32 random bits.

    Ids of one clock always grow, also where the computer's clock stands still or goes back. `now` gives nanoseconds
    since 1970.
    """

    def __init__(self, now: Callable[[], int] = time.time_ns) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._last = 0

    def take(self, number: int) -> list[uuid.UUID]:
        """`number` ids in growing order, after all ids taken before; ValueError for a negative number."""
        if number < 0:
            raise ValueError(f"cannot make {number} ids")
        with self._lock:
            # The counter starts anywhere in the lower half, so that ids of several processes do not meet.
            fresh = (self._now() // 1_000_000 << _STEP_BITS) + secrets.randbelow(_STEPS // 2)
            first = max(fresh, self._last + 1)
            self._last = first + number - 1 if number else self._last
        noise = secrets.token_bytes(4 * number)
        return [_uuid7(first + i, int.from_bytes(noise[4 * i : 4 * i + 4])) for i in range(number)]


def first_id_at(moment: datetime) -> uuid.UUID:
    """The lowest id that a response can have that arrives at this moment."""
    return _uuid7((moment - _EPOCH) // timedelta(milliseconds=1) << _STEP_BITS, 0)


def _uuid7(ticks: int, noise: int) -> uuid.UUID:
    """90 bits of time and counter and 32 random bits, in the places that RFC 9562 leaves free."""
    low = (ticks & ((1 << 30) - 1)) << 32 | noise
    middle = (ticks >> 30) & 0xFFF
    return uuid.UUID(int=(ticks >> _STEP_BITS & (1 << 48) - 1) << 80 | 7 << 76 | middle << 64 | 2 << 62 | low)


_clock = ArrivalClock()


def arrival_id() -> uuid.UUID:
    """The id of a response that arrives now; it sorts behind all ids that this process made before."""
    return _clock.take(1)[0]


def arrival_ids(number: int) -> list[uuid.UUID]:
    """Ids of `number` responses that arrive together, in their order."""
    return _clock.take(number)
