"""One way to write values as bytes, so that a digest made of them today can be made again on any database."""

import hashlib
import json
from datetime import date, datetime, time
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class _Encoder(json.JSONEncoder):
    """JSON that keeps microseconds and writes bytes as hexadecimal digits."""

    def default(self, value: Any) -> str:
        if isinstance(value, datetime | date | time):
            return value.isoformat()
        if isinstance(value, bytes | memoryview):
            return bytes(value).hex()
        return str(value)


# Made once: the encoder's making costs as much as encoding an event.
_encode = _Encoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def sha256_of(value: Any) -> str:
    """SHA-256, in hexadecimal digits, of lists, mappings and what tables hold (UUIDs, moments, bytes)."""
    return hashlib.sha256(_encode(value).encode()).hexdigest()


def plain(value: Any) -> Any:
    """The value as every database gives it back from a JSON column.

    PostgreSQL returns 1e22 as a whole number and -0.0 as 0.0; whole numbers are therefore written without fraction.
    """
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder), parse_float=_number)


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number
