"""Durations as survey tools write them, in seconds."""

import re
import unicodedata

_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_ISO = re.compile(r"p(?:(\d+)d)?t?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
_WORDS = re.compile(
    r"(?:(\d+)\s*(?:天|days?|d))?[\s,]*(?:(\d+)\s*(?:小时|时|hours?|hrs?|h))?[\s,]*"
    r"(?:(\d+)\s*(?:分钟|分|minutes?|mins?|m))?[\s,]*(?:(\d+(?:\.\d+)?)\s*(?:秒钟|秒|seconds?|secs?|s))?"
)
_WORTH = (86_400, 3_600, 60, 1)


def read_duration(text: str, unit: float = 1.0) -> float | None:
    """`75秒`, `1分15秒`, `00:01:15`, `PT1M15S`, `1 min 15 s` or a number of units as seconds; None where it is none.

    A bare `m:ss` is minutes and seconds.
    """
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", ".")) * unit
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = found.groups()
        return int(hours or 0) * 3_600 + int(minutes) * 60 + float(seconds)
    found = _ISO.fullmatch(text) or _WORDS.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return float(sum(float(part or 0) * worth for part, worth in zip(found.groups(), _WORTH, strict=True)))
