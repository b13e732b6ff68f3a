"""What cells of a foreign file mean: look-ups that learn the spellings they meet."""

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from materiality.tables.problems import CellProblem, cell_text, comparable
from surveys.intake.columns import LONGEST_CHANNEL, UNFINISHED, Reader, time_reader
from surveys.matching.match import FINISHED, Asked, Match
from surveys.matching.moments import read_duration, serial_moment, written_plainly, zone_info
from surveys.matching.scales import fitted_scale, known_word, own_scale
from surveys.matching.words import (
    DONT_KNOW_CODE,
    LIMESURVEY,
    TOOL_NUMBERS,
    absent,
    word,
    yes_or_no,
)
from surveys.questionnaire.asking import QUESTION_KINDS

_ABSENT = {"DK": DONT_KNOW, "NA": NOT_ASKED, "": SKIPPED}
_LONGEST_LEARNT = 100


class RatingWords(dict):
    """Cell -> byte code; KeyError for an answer that the value map does not hold. Spellings are learnt as they come."""

    def __init__(self, values: Mapping[str, str], tool: str = "") -> None:
        super().__init__()
        self.values_by_word = {key: _code(value) for key, value in values.items()}
        self.tool = tool

    def __missing__(self, cell: object) -> int:
        try:
            text = cell_text(cell)
        except CellProblem:
            raise KeyError(cell) from None
        key = word(text)
        code = self.values_by_word.get(key)
        if code is None:
            kind = absent(key, self.tool)
            if kind is None:
                raise KeyError(cell)
            code = _ABSENT[kind]
        if len(text) <= _LONGEST_LEARNT:
            self[cell] = code
        return code


def _code(value: str) -> int:
    return _ABSENT[value] if value in _ABSENT else int(value)


def word_reader(values: Mapping[str, object], problem: str, *, empty: object) -> Callable[[object], object]:
    """Reads a cell by its `word`; `empty` for an empty or skipped one, CellProblem `problem` for an unknown one."""
    learnt: dict[str, object] = {}

    def read(cell: object) -> object:
        text = cell_text(cell)
        if text in learnt:
            return learnt[text]
        key = word(text)
        if key in values:
            value = values[key]
        elif absent(key) is not None and absent(key) != "DK":
            value = empty
        else:
            raise CellProblem(problem, value=text[:100])
        if len(text) <= _LONGEST_LEARNT and len(learnt) < 10_000:
            learnt[text] = value
        return value

    return read


def ticked(cell: object) -> bool:
    """Whether the column of one choice among several says that it was taken."""
    text = comparable(cell_text(cell))
    if text in ("", "0", "未选", "未选中", "not selected", "unchecked", "#null!") or absent(word(text)) is not None:
        return False
    return yes_or_no(text) != "no"


_BETWEEN = re.compile(r"[┋|;；\n]|,\s*|，|、")
_REMARK = re.compile(r"\s*(?:〖.*〗|[:：].*|\(.*\)|（.*）)$")
_LONGEST_TEXT = 500


def profile_reader(kind: str, options: Mapping[str, str], option: str) -> Callable[[object], object]:
    """Reader of a question's cell: a code, a list of codes, or text; None for no answer.

    `options` is `word` of an option -> its code; `option` the one that the column stands for.
    """
    if option:
        return lambda cell: [option] if ticked(cell) else []
    if not QUESTION_KINDS[kind].has_options:
        return _text
    return _several(options) if QUESTION_KINDS[kind].several else _one(options)


def _text(cell: object) -> str | None:
    text = cell_text(cell).strip()
    if absent(word(text)) is not None:
        return None
    return text[:_LONGEST_TEXT]


def _one(options: Mapping[str, str]) -> Callable[[object], str | None]:
    def read(cell: object) -> str | None:
        text = cell_text(cell)
        code = _option_code(text, options)
        if code is None and absent(word(text)) is None:
            raise CellProblem("unknown_value", value=text[:100])
        return code

    return read


def _several(options: Mapping[str, str]) -> Callable[[object], list[str]]:
    def read(cell: object) -> list[str]:
        text = cell_text(cell)
        if _option_code(text, options):
            return [_option_code(text, options)]
        if absent(word(text)) is not None:
            return []
        for parts in (_BETWEEN.split(text), text.split()):
            codes = [_option_code(part, options) for part in parts if part.strip()]
            if codes and None not in codes:
                return list(dict.fromkeys(codes))
        raise CellProblem("unknown_value", value=text[:100])

    return read


def _option_code(text: str, options: Mapping[str, str]) -> str | None:
    """The option's code; a remark that somebody added to an option is passed over."""
    return options.get(word(text)) or options.get(word(_REMARK.sub("", text)))


_WHOLE = re.compile(r"([+-]?\d{1,4})(?:\.0+)?(?:\s*(?:分|points?|stars?|星|级|★))?")
_NUMBER_FIRST = re.compile(r"(\d{1,2})\s*(?:分|points?)?\s*[-–—.:、=)(,]+\s*(.*?)\)?")
_NUMBERED = re.compile(r"(\d{1,2})\s*(?:分|points?)?\s*([^\d\W].*)")
_NUMBER_LAST = re.compile(r"(.*?)\s*[-–—:=(,]+\s*(\d{1,2})\s*(?:分|points?)?\)?")
_CODED = re.compile(r"([a-z]{1,6})[- ]?0*(\d{1,2})")
_ABOUT = re.compile(r"(的?影响(?:程度|力)?|程度|重要性|\b(?:impact|effect|influence|importance)\b|(?<=[大小])的)")


@dataclass
class Values:
    """`known`: `word` of an answer -> "1".."K", DK, NA or ''. `doubts`: (code of a doubt, its params)."""

    known: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    doubts: list[tuple[str, dict]] = field(default_factory=list)


def looks_like_rating(texts: Iterable[str], k: int, tool: str = "") -> bool:
    """Whether most of a column's different answers could be ratings; True for a column without answers."""
    keys = {word(text) for text in texts}
    given = [key for key in keys if absent(key, tool) is None]
    if not given:
        return True
    if len(given) > 30 or max(map(len, given)) > 60:
        return False
    good = sum(1 for key in given if _number(key, k) is not None or _CODED.fullmatch(key) or _scale_word(key, k))
    return good * 2 > len(given)


def values_of(texts: Iterable[str], k: int, *, tool: str = "", options: bool = False) -> Values:
    """Read all different answers of the columns that share a vocabulary.

    `tool` says what numbers beyond the scale are; `options`: numbers are surely those of options, so that the one after
    the scale's end is *don't know*.
    """
    result = Values()
    rest = []
    for key in sorted({word(text) for text in texts}):
        kind = absent(key, tool)
        if kind is None and (found := _NUMBER_FIRST.fullmatch(key) or _NUMBERED.fullmatch(key)) and found[2]:
            kind = absent(found[2], tool)  # `9 - don't know`, `6 不了解`
        if kind is None:
            rest.append(key)
        else:
            result.known[key] = kind
    coded = _coded(rest)
    if coded:
        _take_numbers(coded, k, result, tool, known=tool == LIMESURVEY)
        return result
    numbers = {key: number for key in rest if (number := _number(key, k)) is not None}
    _take_numbers(numbers, k, result, tool, known=options)
    if numbers:
        result.known |= {str(number): str(number) for number in range(1, k + 1)}
    _take_words([key for key in rest if key not in numbers], k, result)
    if numbers:
        _check_direction(numbers, k, result)
    return result


_STARS = re.compile(r"([★⭐🌟]{1,10})([☆✩]{0,9})")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_CHINESE_NUMBERS = "一二三四五六七八九十"
_CHINESE_NUMBER = re.compile(rf"([{_CHINESE_NUMBERS}])\s*(?:颗?星|分|级|档)?")
_OF = re.compile(r"(\d{1,2})\s*(?:/|分之|out of|of)\s*(\d{1,2})(?:\s*分)?")


def _number(key: str, k: int) -> int | None:
    """The number that an answer is, or says beside its words: `4`, `4分`, `★★★★`, `四`, `4/5`, `4 - important`."""
    if found := _STARS.fullmatch(key):
        whole = len(found[1]) + len(found[2])
        return len(found[1]) if not found[2] or whole == k else None
    if found := _CHINESE_NUMBER.fullmatch(key):
        return _CHINESE_NUMBERS.index(found[1]) + 1
    if found := _OF.fullmatch(key):
        return int(found[1]) if int(found[2]) == k else None
    found = _WHOLE.fullmatch(key)
    if found:
        return int(found[1])
    found = _NUMBER_FIRST.fullmatch(key)
    if found and found[2] and not found[2][0].isdigit():
        return int(found[1])
    found = _NUMBERED.fullmatch(key)
    if found and (known_word(found[2], k) or known_word(_bare(found[2]), k)):
        return int(found[1])
    found = _NUMBER_LAST.fullmatch(key)
    return int(found[2]) if found and found[1] and not found[1][-1:].isdigit() else None


def _coded(keys: list[str]) -> dict[str, int]:
    """Key -> number where all are codes such as AO01 of one kind."""
    found = {key: match for key in keys if (match := _CODED.fullmatch(key))}
    if len({match[1] for match in found.values()}) != 1 or len(found) < len(keys):
        return {}
    return {key: int(match[2]) for key, match in found.items()}


def _take_numbers(numbers: dict[str, int], k: int, result: Values, tool: str, *, known: bool) -> None:
    """Numbers in the order of the scale; the one after its end is *don't know*, and `known` says without a doubt."""
    beyond = TOOL_NUMBERS.get(tool, {})
    for key, number in numbers.items():
        if 1 <= number <= k:
            result.known[key] = str(number)
        elif str(number) in beyond:
            result.known[key] = beyond[str(number)]
        elif number == k + 1:
            result.known[key] = DONT_KNOW_CODE
            result.doubts += [] if known else [("number_after_scale", {"value": key, "k": k})]
        else:
            result.unknown.append(key)


def _take_words(keys: list[str], k: int, result: Values) -> None:
    levels = fitted_scale(keys, k) or own_scale(keys, k) or _by_script(keys, k) or _in_both(keys, k)
    if levels is None:
        bare = {key: _bare(key) for key in keys}
        fitted = fitted_scale(bare.values(), k) if len(set(bare.values())) == len(bare) else None
        levels = None if fitted is None else {key: fitted[short] for key, short in bare.items()}
    if levels is not None:
        result.known |= {key: str(level) for key, level in levels.items() if key not in result.known}
        return
    if all(_scale_word(key, k) for key in keys):
        result.doubts.append(("order_of_words", {"values": ", ".join(keys)}))
    result.unknown += keys


def _by_script(keys: list[str], k: int) -> dict[str, int] | None:
    """The levels where some answered in Chinese and some in English, each scale being clear by itself."""
    parts = [[key for key in keys if key.isascii() is latin] for latin in (True, False)]
    fitted = [fitted_scale(part, k) for part in parts]
    return fitted[0] | fitted[1] if all(parts) and None not in fitted else None


def _in_both(keys: list[str], k: int) -> dict[str, int] | None:
    """The levels of answers that are written in Chinese and English both, `非常重要 Very important`."""
    halves = [_halves(key) for key in keys]
    if not halves or not all(zh and en for zh, en in halves):
        return None
    zh, en = (fitted_scale(set(half), k) for half in zip(*halves, strict=True))
    if not zh or not en or any(zh.get(one) != en.get(other) for one, other in halves):
        return None
    return {key: zh[one] for key, (one, _en) in zip(keys, halves, strict=True)}


def _halves(key: str) -> tuple[str, str]:
    zh = re.sub(r"[\x00-\x7f]+", "", key)
    en = re.sub(r"[^\x00-\x7f]+", " ", key).strip(" /()|-·,:;")
    return zh, re.sub(r"\s+", " ", en)


def natural_order(texts: Sequence[str]) -> list[str]:
    """Answers in the order in which a person would read them: by number, by letter, else as they are."""

    def key(text: str) -> tuple[float, str]:
        found = re.search(r"-?\d+(?:\.\d+)?", text)
        if text in _STEMS:
            return (float(_STEMS.index(text)), text)
        return (float(found[0]), text) if found else (0.0, text if text.isascii() else "")

    return sorted(texts, key=key)


def _check_direction(numbers: dict[str, int], k: int, result: Values) -> None:
    """`1 = very important` turns the scale round: words beside the numbers say so."""
    beside = {}
    for key, number in numbers.items():
        found = _NUMBER_FIRST.fullmatch(key) or _NUMBER_LAST.fullmatch(key) or _NUMBERED.fullmatch(key)
        text = next((part for part in found.groups() if part and not part.isdigit()), "") if found else ""
        if text:
            beside[text] = number
    levels = fitted_scale(beside, k)
    if levels and any(levels[text] != number for text, number in beside.items()):
        result.doubts.append(("numbers_against_words", {"values": ", ".join(numbers)}))


def _scale_word(key: str, k: int) -> bool:
    if known_word(key, k) or known_word(_bare(key), k):
        return True
    zh, en = _halves(key)
    return bool(zh and en) and known_word(zh, k) and known_word(en, k)


def _bare(key: str) -> str:
    return _ABOUT.sub("", key).strip() or key


# What LimeSurvey writes for a submission of which it keeps no time.
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d")  # most cells: read at once
_NO_DATE = "1980-01-01 00:00"
_SKIPPED = {"(空)", "(跳过)", "(空白)"}


def match_readers(match: Match, asked: Asked, plain: Mapping[str, Reader]) -> dict[str, Reader]:
    """Readers of all fields by name; `plain` are those of the `responses` format."""
    maps, readers = match.maps, dict(plain)
    places = {group.code: place for place, group in enumerate(asked.groups)}
    groups = {word(code): place for code, place in places.items()}
    groups |= {key: places[code] for key, code in maps.get("group", {}).items() if code in places}
    readers["group"] = _needed(word_reader(groups, "unknown_group_word", empty=None))
    consent = {key: value != "no" for key, value in maps.get("consent", {}).items()}
    readers["consent"] = word_reader(consent, "unknown_value", empty=True)
    readers["language"] = word_reader(maps.get("language", {}), "unknown_value", empty="")
    finished = {key: value == "no" if value else None for key, value in maps.get(FINISHED, {}).items()}
    readers[UNFINISHED] = word_reader(finished, "unknown_value", empty=None)
    readers["comment"] = _unless_skipped(plain["comment"], set(maps.get("comment", {})))
    readers["channel"] = _unless_skipped(_cut(plain["channel"]), _SKIPPED)
    for name in ("started_at", "submitted_at"):
        zone = zone_info(match.zones.get(name) or match.zone or "")
        read = time_reader(zone) if zone else plain[name]
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
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            cell = _of_number(float(cell))
        if not isinstance(cell, str):
            return read(cell)
        if _ISO_MOMENT.match(cell) and not cell.startswith(_NO_DATE):
            with contextlib.suppress(CellProblem):
                return read(cell)
        if re.fullmatch(r"\d{5}(\.\d+)?|\d{10}|\d{13}", cell.strip()):
            cell = _of_number(float(cell))
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


def _of_number(value: float) -> str:
    """A number in a column of times: a day number, seconds since 1970, or a date run together."""
    return serial_moment(value) or cell_text(value)


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
