"""Times of other tools: durations, dates in every order, day numbers, time zones in words."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surveys.matching.words import cleaned

_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_DURATION_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
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
    if found := _DURATION_CLOCK.fullmatch(text):
        hours, minutes, seconds = found.groups()
        return int(hours or 0) * 3_600 + int(minutes) * 60 + float(seconds)
    found = _ISO.fullmatch(text) or _WORDS.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return float(sum(float(part or 0) * worth for part, worth in zip(found.groups(), _WORTH, strict=True)))


_OFFSET = re.compile(r"\b(?:gmt|utc)\s*([+\-−]\s*\d{1,2}(?::?\d{2})?)?(?!\w)", re.IGNORECASE)
_PLACES = re.compile(
    r"\b((?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_]+(?:/[A-Za-z_]+)?)\b"
)
_ZONE_WORDS = {
    "北京时间": "Asia/Shanghai", "中国标准时间": "Asia/Shanghai", "beijing time": "Asia/Shanghai",
    "china standard time": "Asia/Shanghai", "世界协调时": "UTC", "协调世界时": "UTC", "格林尼治": "UTC",
    "东八区": "Asia/Shanghai", "香港时间": "Asia/Hong_Kong", "hong kong time": "Asia/Hong_Kong",
}  # fmt: skip
_ABOUT_ZONE = re.compile(r"时区|time ?zone|\b(?:[A-Z]{1,3}[SD]T|CEST)\b|(?:[(\[（]|\s)(?:CET|BST|Z)[)\]）]?$")


def zone_of(text: str) -> str:
    """The time zone that a text names, as IANA name or `+08:00`; '?' for one that is not known, '' for none.

    Three letters alone, such as CST, name several zones.
    """
    text = cleaned(text)
    if found := _PLACES.search(text):
        return found[1]
    low = text.casefold()
    if known := next((zone for name, zone in _ZONE_WORDS.items() if name in low), ""):
        return known
    if found := _OFFSET.search(text):
        return _offset(found[1] or "")
    return "?" if _ABOUT_ZONE.search(text) else ""


def _offset(text: str) -> str:
    """`+8`, `-05:30` as `+08:00`; UTC for none."""
    bare = text.replace(" ", "").replace("−", "-")
    if not bare:
        return "UTC"
    hours, _colon, minutes = bare[1:].partition(":")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return f"{bare[0]}{int(hours):02d}:{minutes or '00'}"


_SLASHED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日(.*)", re.DOTALL)
_NOON = re.compile(r"(?<![a-z])(am|pm|a\.m\.|p\.m\.)(?![a-z])|(上午|下午|晚上|中午|凌晨)", re.IGNORECASE)
_CHINESE_CLOCK = re.compile(r"(\d{1,2})\s*[时点](?:\s*(\d{1,2})\s*分?(?:\s*(\d{1,2})\s*秒)?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?")
_ZONE = re.compile(r"\b(?:gmt|utc)\s*([+-])?(\d{1,2})?(?::?(\d{2}))?|(?<=[\d\s])Z$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)[T\s]*(.*)", re.DOTALL)
_RUN_TOGETHER = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:[T\s]*(\d\d)(\d\d)(\d\d)?)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_NAME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_TH = r"(?:st|nd|rd|th)?"
_NAMED_FIRST = re.compile(rf"{_DAY_NAME}{_MONTH}\s+(\d{{1,2}}){_TH},?\s+(\d{{4}})(?!\d),?(.*)", re.I | re.S)
_DAY_FIRST = re.compile(rf"{_DAY_NAME}(\d{{1,2}}){_TH}[\s-]+{_MONTH},?[\s-]+(\d{{4}})(?!\d),?(.*)", re.I | re.S)


def date_order(texts: Iterable[str]) -> tuple[str, str]:
    """`ymd`, `dmy` or `mdy`, and an example where the rows do not settle which (then the order is '').

    Dates with dots, 31.12.2026, have the day first.
    """
    example, firsts, seconds, dotted = "", 0, 0, True
    for text in texts:
        found = _SLASHED.match(cleaned(text))
        if found:
            example = example or text
            firsts, seconds = max(firsts, int(found[1])), max(seconds, int(found[3]))
            dotted = dotted and found[2] == "."
    if not example:
        return "ymd", ""
    if firsts > 12 >= seconds or (dotted and seconds <= 12):
        return "dmy", ""
    return ("mdy", "") if seconds > 12 >= firsts else ("", example)


def written_plainly(text: str, order: str) -> str:
    """The moment as `2026-01-03 09:31:35+08:00`, for `intake.cells`; the text itself where it is no such date."""
    bare = cleaned(text)
    read = _date_of(bare, order)
    if read is None:
        return text
    year, month, day, rest = read
    date = f"{year}-{int(month):02d}-{int(day):02d}"
    rest = _CHINESE_CLOCK.sub(lambda found: ":".join(part.zfill(2) for part in found.groups("0")), rest)
    clock = _CLOCK.search(rest)
    if not clock:
        return text if rest.strip() else date
    zone = _written_zone(rest, clock.end())
    if zone is None or not 0 <= int(clock[1]) <= 23:
        return text
    return f"{date} {_hour(clock[1], rest):02d}:{clock[2]}:{clock[3] or '00'}{clock[4] or ''}{zone}"


def _date_of(bare: str, order: str) -> tuple[str, str | int, str, str] | None:
    """Year, month, day and what follows them; None for no such date."""
    if found := _CHINESE.match(bare) or _YEAR_FIRST.match(bare):
        return found[1], found[2], found[3], found[4]
    if found := _RUN_TOGETHER.fullmatch(bare):
        clock = f"{found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else ""
        return found[1], found[2], found[3], clock
    if found := _NAMED_FIRST.fullmatch(bare):
        return found[3], _MONTHS.index(found[1].casefold()) + 1, found[2], found[4]
    if found := _DAY_FIRST.fullmatch(bare):
        return found[3], _MONTHS.index(found[2].casefold()) + 1, found[1], found[4]
    found = _SLASHED.match(bare)
    if not found or order == "ymd":
        return None
    first, second, year = found[1], found[3], found[4] if len(found[4]) == 4 else f"20{found[4]}"
    day, month = (first, second) if order == "dmy" else (second, first)
    return year, month, day, found[5]


def _written_zone(rest: str, after: int) -> str | None:
    """The offset behind the clock, '' for none; None where something stands there that is not understood."""
    if found := _ZONE.search(rest):
        sign, hours, minutes = found.groups()
        return f"{sign or '+'}{int(hours or 0):02d}:{minutes or '00'}"
    left = _NOON.sub("", rest[after:]).strip()
    if re.fullmatch(r"[+-]\d\d:?\d\d", left):
        return left
    return None if left else ""


_LEAST_SERIAL, _MOST_SERIAL = 32_874, 73_050  # 1990 to 2099, as days since 1899-12-30


def serial_moment(value: float) -> str | None:
    """A day number of a spreadsheet, or seconds or milliseconds since 1970, as a plain moment; None for another number.

    Seconds since 1970 are UTC and say so.
    """
    if _LEAST_SERIAL <= value < _MOST_SERIAL:
        moment = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(value * 86_400))
        return moment.isoformat(" ")
    for unit in (1, 1_000):
        if 946_684_800 <= value / unit < 4_102_444_800:
            return dt.datetime.fromtimestamp(value / unit, dt.UTC).isoformat(" ", "milliseconds")
    return None


def looks_like_moment(text: str, order: str = "dmy") -> bool:
    """Whether a text is a date, or a date and time, however written."""
    bare = cleaned(text)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", bare):
        return serial_moment(float(bare)) is not None
    if re.fullmatch(r"\d{10}(?:\d{3})?", bare):
        return serial_moment(float(bare)) is not None
    read = _date_of(bare, order)
    return read is not None and 1 <= int(read[1]) <= 31 and 1 <= int(read[2]) <= 31


def _hour(hour: str, text: str) -> int:
    """The hour of 24: after noon by the words around it."""
    number, found = int(hour), _NOON.search(text)
    if not found:
        return number
    late = (found[1] or "").casefold().startswith("p") or found[2] in ("下午", "晚上", "中午")
    if found[2] == "中午" and number > 10:
        return number
    return number % 12 + 12 * late


def zone_info(name: str) -> dt.tzinfo | None:
    """The zone of a name or an offset such as `+08:00`; None for one that there is not."""
    if found := re.fullmatch(r"([+-])(\d\d):(\d\d)", name):
        minutes = int(found[2]) * 60 + int(found[3])
        return dt.timezone(dt.timedelta(minutes=minutes if found[1] == "+" else -minutes)) if minutes < 1440 else None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def same_zone(one: str, other: str) -> bool:
    """Whether two zones show the same time in winter and in summer."""
    zones = [zone_info(one), zone_info(other)]
    moments = [dt.datetime(2026, month, 15, tzinfo=dt.UTC) for month in (1, 7)]
    return None not in zones and all(
        len({moment.astimezone(zone).utcoffset() for zone in zones}) == 1 for moment in moments
    )
