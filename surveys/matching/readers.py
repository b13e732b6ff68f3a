"""Readers of the fields of a foreign file, by its match."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from surveys.intake.cells import CellProblem, cell_text
from surveys.intake.columns import UNFINISHED
from surveys.intake.plan import LONGEST_CHANNEL, Reader, field_readers
from surveys.matching.answers import absent
from surveys.matching.asked import Asked
from surveys.matching.durations import read_duration
from surveys.matching.match import FINISHED, Match
from surveys.matching.moments import written_plainly
from surveys.matching.tables import word_reader
from surveys.matching.texts import word

# What LimeSurvey writes for a submission of which it keeps no time.
_NO_DATE = "1980-01-01 00:00"
_SKIPPED = {"(空)", "(跳过)", "(空白)"}


def match_readers(match: Match, asked: Asked, plain: Mapping[str, Reader]) -> dict[str, Reader]:
    """Readers of all fields by name; `plain` are those of the `responses` format."""
    maps, readers = match.maps, dict(plain)
    places = {group.code: place for place, group in enumerate(asked.groups)}
    groups = {key: places[code] for key, code in maps.get("group", {}).items() if code in places}
    readers["group"] = _needed(word_reader(groups, "unknown_group_word", empty=None))
    consent = {key: value != "no" for key, value in maps.get("consent", {}).items()}
    readers["consent"] = word_reader(consent, "unknown_value", empty=True)
    readers["language"] = word_reader(maps.get("language", {}), "unknown_value", empty="")
    finished = {key: value == "no" if value else None for key, value in maps.get(FINISHED, {}).items()}
    readers[UNFINISHED] = word_reader(finished, "unknown_value", empty=None)
    readers["comment"] = _unless_skipped(plain["comment"], set(maps.get("comment", {})))
    readers["channel"] = _unless_skipped(_cut(plain["channel"]), _SKIPPED)
    for name in ("started_at", "submitted_at"):
        zone = match.zones.get(name)
        read = field_readers([], ZoneInfo(zone), (), neutralised=False)[name] if zone else plain[name]
        readers[name] = _time(read, match.dates)
    return readers


def duration_reader(unit: float) -> Reader:
    """Reads seconds, None for an empty cell; a bare number counts `unit` seconds."""

    def read(cell: object) -> float | None:
        text = cell_text(cell)
        if absent(word(text)) is not None:
            return None
        seconds = read_duration(text, unit)
        if seconds is None:
            raise CellProblem("unknown_duration")
        return seconds

    return read


def _time(read: Reader, order: str) -> Reader:
    """Reads a moment however the tool writes it; None for an empty or skipped cell."""

    def read_time(cell: object) -> object:
        if not isinstance(cell, str):
            return read(cell)
        if cell.startswith(_NO_DATE) or absent(word(cell)) is not None:
            return None
        try:
            return read(cell)
        except CellProblem as problem:
            plainly = written_plainly(cell, order)
            if problem.code != "time_not_readable" or plainly == cell:
                raise
        return read(plainly)

    return read_time


def _needed(read: Reader) -> Callable[[object], int]:
    def read_group(cell: object) -> int:
        place = read(cell)
        if place is None:
            raise CellProblem("missing_group")
        return place

    return read_group


def _unless_skipped(read: Reader, skipped: set[str]) -> Reader:
    def read_text(cell: object) -> object:
        return "" if isinstance(cell, str) and cell.strip() in skipped else read(cell)

    return read_text


def _cut(read: Reader) -> Reader:
    """A channel of another tool can be a long address."""

    def read_short(cell: object) -> object:
        return read(cell_text(cell).strip()[:LONGEST_CHANNEL])

    return read_short
