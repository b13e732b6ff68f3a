"""Dates as survey tools write them: made ISO-like, with the order of day and month settled by all rows."""

import re
from collections.abc import Iterable

from surveys.matching.texts import cleaned

_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\b(.*)", re.DOTALL)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日(.*)", re.DOTALL)
_NOON = re.compile(r"\b(am|pm|a\.m\.|p\.m\.)|(上午|下午|晚上|中午|凌晨)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?")
_ZONE = re.compile(r"\b(?:gmt|utc)\s*([+-])?(\d{1,2})?(?::?(\d{2}))?|\bZ$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)[T\s]*(.*)", re.DOTALL)


def date_order(texts: Iterable[str]) -> tuple[str, str]:
    """`ymd`, `dmy` or `mdy`, and an example where the rows do not settle which (then the order is '')."""
    example, firsts, seconds = "", 0, 0
    for text in texts:
        found = _SLASHED.match(cleaned(text))
        if found:
            example = example or text
            firsts, seconds = max(firsts, int(found[1])), max(seconds, int(found[2]))
    if not example:
        return "ymd", ""
    if firsts > 12 >= seconds:
        return "dmy", ""
    return ("mdy", "") if seconds > 12 >= firsts else ("", example)


def written_plainly(text: str, order: str) -> str:
    """The moment as `2026-01-03 09:31:35+08:00`, for `intake.cells`; the text itself where it is no such date."""
    bare = cleaned(text)
    found = _CHINESE.match(bare) or _YEAR_FIRST.match(bare)
    if found:
        year, month, day, rest = found.groups()
    elif order != "ymd" and (found := _SLASHED.match(bare)):
        first, second, year, rest = found.groups()
        day, month = (first, second) if order == "dmy" else (second, first)
    else:
        return text
    clock = _CLOCK.search(rest)
    date = f"{year}-{int(month):02d}-{int(day):02d}"
    if not clock:
        return text if rest.strip() else date
    if found := _ZONE.search(rest):
        sign, hours, minutes = found.groups()
        zone = f"{sign or '+'}{int(hours or 0):02d}:{minutes or '00'}"
    else:
        left = rest[clock.end() :].strip()
        zone = left if re.fullmatch(r"[+-]\d\d:?\d\d", left) else ""
    return f"{date} {_hour(clock[1], rest):02d}:{clock[2]}:{clock[3] or '00'}{clock[4] or ''}{zone}"


def _hour(hour: str, text: str) -> int:
    """The hour of 24: after noon by the words around it."""
    number, found = int(hour), _NOON.search(text)
    if not found:
        return number
    late = (found[1] or "").casefold().startswith("p") or found[2] in ("下午", "晚上", "中午")
    if found[2] == "中午" and number > 10:
        return number
    return number % 12 + 12 * late
