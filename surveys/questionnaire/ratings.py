"""Rating vectors: spreadsheet cell <-> byte code, bytes <-> numpy."""

import re
import secrets
import threading
import time
import unicodedata
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SCALE_MAX, SCALE_MIN, SKIPPED

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


# A rating of an item that the response's group was not asked, kept beside the plan: 100 + rating, `~4` in a file.
OUTSIDE = 100
OUTSIDE_MARK = "~"


def is_kept(ratings: np.ndarray) -> np.ndarray:
    """bool: a rating (uint8) that is kept outside the plan."""
    return ratings - np.uint8(OUTSIDE + 1) < SCALE_MAX  # what is less wraps round to what is more


def within_plan(ratings: np.ndarray) -> np.ndarray:
    """The ratings (uint8) as everything that counts sees them: what was kept outside the plan was not asked."""
    outside = is_kept(ratings)
    return np.where(outside, np.uint8(NOT_ASKED), ratings) if outside.any() else ratings


WORDS = {"": SKIPPED, "DK": DONT_KNOW, "NA": NOT_ASKED}
_SPECIAL = {DONT_KNOW: "DK", NOT_ASKED: "NA"} | {
    OUTSIDE + value: f"{OUTSIDE_MARK}{value}" for value in range(1, SCALE_MAX + 1)
}
# Text of every byte in an exported cell; a byte that is no code has None.
CELL_TEXT: tuple[str | None, ...] = tuple(
    "" if code == SKIPPED else str(code) if code <= SCALE_MAX else _SPECIAL.get(code) for code in range(256)
)
_WHOLE = re.compile(r"[+-]?\d{1,15}(\.0*)?")
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
_LONGEST_KNOWN = 12


class RatingError(ValueError):
    """A cell that is no rating; `code` is the key of the problem, `params` its values."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def check_scale(k: int) -> None:
    """Raise ValueError unless the scale 1..`k` is one that a survey can have."""
    if not SCALE_MIN <= k <= SCALE_MAX:
        raise ValueError(f"the scale must end between {SCALE_MIN} and {SCALE_MAX}, not {k}")


def rating_code(cell: object, k: int) -> int:
    """Byte code of one spreadsheet cell: 1..`k`, '' skipped, DK, NA (formats.md), ~1..~`k` outside the plan.

    Takes text (any case, surrounding spaces, full-width characters, `5.0`) and the spreadsheet's own numbers.
    Raises RatingError with code `rating_out_of_range`, `rating_not_whole` or `rating_not_a_number`.
    """
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        raise RatingError("rating_not_a_number", k=k)
    text = unicodedata.normalize("NFKC", str(cell)).strip().upper()
    if text in WORDS:
        return WORDS[text]
    if text.startswith(OUTSIDE_MARK) and text != OUTSIDE_MARK:
        return OUTSIDE + _rating(text.removeprefix(OUTSIDE_MARK).strip(), k)
    return _rating(text, k)


def _rating(text: str, k: int) -> int:
    if _WHOLE.fullmatch(text):
        value = int(text.partition(".")[0])
        if 1 <= value <= k:
            return value
        raise RatingError("rating_out_of_range", k=k)
    raise RatingError("rating_not_whole" if _NUMBER.fullmatch(text) else "rating_not_a_number", k=k)


class RatingTable(dict):
    """Cell -> byte code by look-up; KeyError for a bad cell (then ask `rating_code` what is wrong).

    Good spellings are learnt as they come. A bool equals 0 or 1 as a key, so callers keep bools out.
    """

    def __init__(self, k: int) -> None:
        check_scale(k)
        super().__init__({**WORDS, **{str(value): value for value in range(1, k + 1)}})
        self.k = k

    def __missing__(self, cell: object) -> int:
        try:
            code = rating_code(cell, self.k)
        except RatingError:
            raise KeyError(cell) from None
        if len(str(cell)) <= _LONGEST_KNOWN:
            self[cell] = code
        return code
