"""Reading one cell of a field: text, group, language, consent, time."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from surveys.intake.formula import restore
from surveys.intake.nearest import Nearest, plain
from surveys.intake.problems import Fault

FIRST_YEAR, LAST_YEAR = 1990, 2100
_TIME = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
_YES_NO = dict.fromkeys(("", "yes", "true", "1", "是"), True) | dict.fromkeys(("no", "false", "0", "否"), False)
# Tags without a script or region, and those of mainland China and Singapore, mean one of the product's languages.
_LANGUAGE_ALIASES = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-hans-cn": "zh-hans"}


class CellProblem(Exception):
    """A cell that cannot be taken; `code` is a key of `problems.MESSAGES`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def cell_text(cell: object) -> str:
    """The text of a cell as a person sees it: 12345.0 is 12345, a date is ISO 8601. Raises CellProblem for a Fault."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Fault):
        raise CellProblem(cell.code)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else str(cell)


def shown(cell: object, limit: int = 100) -> str:
    """The value for a list of errors: cut to `limit` characters."""
    text = cell.shown if isinstance(cell, Fault) else cell_text(cell)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def text_reader(limit: int, *, trimmed: bool, neutralised: bool) -> Callable[[object], str]:
    """Reads text of at most `limit` characters. `neutralised`: the file is CSV, see `formula.restore`."""

    def read(cell: object) -> str:
        text = cell if isinstance(cell, str) else cell_text(cell)
        if trimmed:
            text = text.strip()
        if neutralised and text[:1] == "'":
            text = restore(text)
        if len(text) > limit:
            raise CellProblem("text_too_long", length=len(text), limit=limit)
        return text

    return read


def group_reader(codes: Sequence[str]) -> Callable[[object], int]:
    """Reads a group's code as its place in `codes`, without regard to case and surrounding spaces."""
    places = {plain(code): place for place, code in enumerate(codes)} | {code: n for n, code in enumerate(codes)}
    nearest = Nearest(codes)

    def read(cell: object) -> int:
        text = cell_text(cell)
        place = places.get(text)
        if place is None:
            place = places.get(plain(text))
        if place is None and not text.strip():
            raise CellProblem("missing_group")
        if place is None:
            raise CellProblem("unknown_group", value=shown(cell), nearest=nearest(text))
        return place

    return read


def language_reader(languages: Sequence[str]) -> Callable[[object], str]:
    """Reads a language tag as one of `languages`; '' stays ''. `en-GB` is `en`, `zh-CN` is `zh-hans`."""
    known = {plain(language): language for language in languages}

    def read(cell: object) -> str:
        tag = plain(cell_text(cell)).replace("_", "-")
        tag = _LANGUAGE_ALIASES.get(tag, tag)
        language = known.get(tag) or (known.get(tag.partition("-")[0]) if tag else "")
        if language is None:
            raise CellProblem("unknown_language", value=shown(cell), languages=", ".join(languages))
        return language

    return read


def read_consent(cell: object) -> bool:
    """`yes`, `no`, their usual spellings; empty is yes (formats.md)."""
    answer = _YES_NO.get(plain(cell_text(cell)))
    if answer is None:
        raise CellProblem("unknown_consent")
    return answer


def read_unfinished(cell: object) -> bool | None:
    """`yes`, `no`, their usual spellings; empty is None: the time of submission tells."""
    text = plain(cell_text(cell))
    if text and text not in _YES_NO:
        raise CellProblem("unknown_unfinished")
    return _YES_NO[text] if text else None


def time_reader(zone: ZoneInfo) -> Callable[[object], dt.datetime | None]:
    """Reads a moment as an aware datetime, None for an empty cell; `zone` holds where the cell names none.

    Takes ISO 8601, `2026-01-05 10:00`, `2026/1/5 10:00:00` and the spreadsheet's dates (a bare date is midnight).
    """

    def read(cell: object) -> dt.datetime | None:
        if cell == "":
            return None
        moment = _moment(cell)
        if moment is None:
            return None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise CellProblem("time_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    return read


def _moment(cell: object) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        # The spreadsheet counts days as a float: milliseconds are what it can keep.
        rounded = cell + dt.timedelta(microseconds=500)
        return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, str) and len(cell) >= 16 and cell[4:5] == "-":
        try:
            return dt.datetime.fromisoformat(cell)
        except ValueError:
            pass
    text = unicodedata.normalize("NFKC", cell_text(cell)).strip()
    return _written_moment(text) if text else None


def _written_moment(text: str) -> dt.datetime:
    found = _TIME.fullmatch(text)
    if not found:
        raise CellProblem("time_not_readable")
    *numbers, fraction, zone = found.groups()
    try:
        moment = dt.datetime(*(int(number or 0) for number in numbers), int((fraction or "0").ljust(6, "0")))
        return dt.datetime.fromisoformat(f"{moment.isoformat()}{zone.upper()}") if zone else moment
    except ValueError:
        raise CellProblem("time_not_readable") from None
