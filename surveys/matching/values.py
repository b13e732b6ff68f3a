"""What cells of a foreign file mean: look-ups that learn the spellings they meet."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from materiality.tables.problems import plain
from surveys.intake.columns import LONGEST_CHANNEL, UNFINISHED, CellProblem, Reader, cell_text, field_readers
from surveys.matching.match import FINISHED, Asked, Match
from surveys.matching.words import (
    DONT_KNOW_CODE,
    DONT_KNOW_NUMBERS,
    absent,
    read_duration,
    word,
    written_plainly,
    yes_or_no,
)
from surveys.questionnaire.asking import QUESTION_KINDS

_ABSENT = {"DK": DONT_KNOW, "NA": NOT_ASKED, "": SKIPPED}
_LONGEST_LEARNT = 100


class RatingWords(dict):
    """Cell -> byte code; KeyError for an answer that the value map does not hold. Spellings are learnt as they come."""

    def __init__(self, values: Mapping[str, str], *, limesurvey: bool) -> None:
        super().__init__()
        self.values_by_word = {key: _code(value) for key, value in values.items()}
        self.limesurvey = limesurvey

    def __missing__(self, cell: object) -> int:
        try:
            text = cell_text(cell)
        except CellProblem:
            raise KeyError(cell) from None
        key = word(text)
        code = self.values_by_word.get(key)
        if code is None:
            kind = absent(key, limesurvey=self.limesurvey)
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
    text = plain(cell_text(cell))
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


Scale = tuple[frozenset[str], ...]

_ZH_DEGREES = ("重要", "同意", "满意", "关注", "关心", "相关", "显著", "严重", "必要", "认同", "紧迫", "密切", "有影响")
_ZH_PAIRS = (("小", "大"), ("低", "高"), ("弱", "强"), ("少", "多"), ("差", "好"), ("轻微", "重大"), ("轻", "重"))
_EN_DEGREES = (
    "important",
    "significant",
    "relevant",
    "material",
    "satisfied",
    "likely",
    "concerned",
    "critical",
    "useful",
)
_EN_PAIRS = (("small", "large"), ("low", "high"), ("minor", "major"), ("weak", "strong"), ("little", "great"),
             ("negligible", "critical"), ("small", "big"))  # fmt: skip

_ZH_LEAST = (
    "非常不{0} 很不{0} 极不{0} 极其不{0} 完全不{0} 十分不{0} 根本不{0} 毫不{0} "
    "一点也不{0} 一点都不{0} 最不{0} 特别不{0}"
)
_ZH_LESS = "比较不{0} 较不{0} 较为不{0} 不太{0} 不怎么{0} 不很{0} 不大{0} 不是很{0} 有点不{0} 有些不{0} 稍不{0} 略不{0}"
_ZH_MIDDLE = "一般 一般{0} 中等 中等{0} 中立 普通 中性 适中 中 一般般 中间 尚可"
_ZH_MORE = "比较{0} 较{0} 较为{0}"
_ZH_MOST = "非常{0} 很{0} 极其{0} 十分{0} 极为{0} 特别{0} 完全{0} 最{0} 极{0} 至关{0} 极度{0}"


def _level(pattern: str, *words: str, separator: str = " ") -> frozenset[str]:
    return frozenset(part.format(*words) for part in pattern.split(separator))


def _joined(*levels: frozenset[str] | str) -> frozenset[str]:
    return frozenset().union(*({level} if isinstance(level, str) else level for level in levels))


def _chinese(adjective: str) -> list[Scale]:
    least, less, middle, more, most = (
        _level(pattern, adjective) for pattern in (_ZH_LEAST, _ZH_LESS, _ZH_MIDDLE, _ZH_MORE, _ZH_MOST)
    )
    plain, plain_no = adjective, f"不{adjective}"
    some = _level("有点{0} 有些{0} 稍微{0} 略微{0} 稍{0} 略{0}", adjective)
    return [
        (least, _joined(less, plain_no), middle, _joined(more, plain), most),
        (_joined(least, plain_no), less, middle, _joined(more, plain), most),
        (_joined(least, plain_no), some, middle, _joined(more, plain), most),
        (least, frozenset({plain_no}), _joined(less, some), middle, more, frozenset({plain}), most),
        (least, frozenset({plain_no}), less, middle, _joined(more, some), frozenset({plain}), most),
        (least, _joined(less, plain_no), _joined(more, plain), most),
        (frozenset({plain_no}), middle, frozenset({plain})),
    ]


def _chinese_pair(low: str, high: str) -> list[Scale]:
    very = "非常{0} 很{0} 极{0} 极其{0} 最{0} 特别{0} 十分{0}"
    rather = "比较{0} 较{0} 较为{0} 偏{0} {0}"
    none = frozenset(
        {"无", "没有", "无影响", "没有影响", "毫无", "完全没有", "几乎没有", "几乎无", "基本没有", "可忽略"}
    )
    middle = _level(_ZH_MIDDLE, high)
    least, less, more, most = _level(very, low), _level(rather, low), _level(rather, high), _level(very, high)
    return [
        (least, less, middle, more, most),
        (none, _joined(least, less), middle, more, most),
        (none, _joined(least, less), middle, _joined(more, most)),
        (frozenset({low}), middle, frozenset({high})),
    ]


def _english(adjective: str) -> list[Scale]:
    def level(pattern: str) -> frozenset[str]:
        return _level(pattern, adjective, separator="|")

    neutral = "neutral|neither|neither important nor unimportant|neither {0} nor un{0}|average|medium|medium {0}|ok"
    least = level("not at all {0}|not {0} at all|not {0}|un{0}|in{0}|ir{0}|completely un{0}|least {0}|of no importance")
    less = level(
        "slightly {0}|a little {0}|not very {0}|not so {0}|less {0}|low {0}|minimally {0}|of little importance"
    )
    middle = level(f"moderately {{0}}|somewhat {{0}}|averagely {{0}}|of average importance|{neutral}")
    most = level("very {0}|extremely {0}|critically {0}|highly {0}|most {0}|absolutely essential")
    more = level("{0}|quite {0}|rather {0}|fairly {0}")
    against = level("very un{0}|extremely un{0}|strongly un{0}|completely un{0}|highly un{0}|very in{0}|very dis{0}")
    rather_not = level("un{0}|somewhat un{0}|rather un{0}|slightly un{0}|quite un{0}|fairly un{0}|in{0}|dis{0}|not {0}")
    return [
        (against, rather_not, level(f"{neutral}|moderately {{0}}"), _joined(more, level("somewhat {0}")), most),
        (least, less, middle, more, most),
        (least, less, middle, level("very {0}"), level("extremely {0}|critically {0}|most {0}")),
        (level("not {0}|not at all {0}|un{0}"), middle, level("{0}|very {0}")),
    ]


def _english_pair(low: str, high: str) -> list[Scale]:
    def level(pattern: str) -> frozenset[str]:
        return _level(pattern, low, high, separator="|")

    none = level("none|no|no impact|not at all|nil|no effect")
    middle = level("medium|moderate|average|neutral|mid|fair|middle|some")
    very_low, lower = level("very {0}|extremely {0}"), level("{0}|rather {0}|fairly {0}|quite {0}|slight|minor")
    more, most = (
        level("{1}|rather {1}|fairly {1}|quite {1}|significant"),
        level("very {1}|extremely {1}|severe|critical"),
    )
    return [
        (very_low, lower, middle, more, most),
        (none, _joined(lower, very_low), middle, more, most),
        (level("{0}"), middle, level("{1}")),
    ]


def _agreement() -> list[Scale]:
    return [
        tuple(
            frozenset(part.split("|"))
            for part in (
                "strongly disagree|completely disagree|totally disagree",
                "disagree|somewhat disagree|rather disagree",
                "neutral|neither agree nor disagree|neither|undecided",
                "agree|somewhat agree|rather agree",
                "strongly agree|completely agree|totally agree",
            )
        )
    ]


@cache
def scales(k: int) -> tuple[Scale, ...]:
    """All known vocabularies of `k` levels, least first; a level holds the words that can stand for it."""
    found = _agreement()
    for adjective in _ZH_DEGREES:
        found += _chinese(adjective)
    for low, high in _ZH_PAIRS:
        found += _chinese_pair(low, high)
    for adjective in _EN_DEGREES:
        found += _english(adjective)
    for low, high in _EN_PAIRS:
        found += _english_pair(low, high)
    return tuple(scale for scale in found if len(scale) == k)


def fitted_scale(words: Iterable[str], k: int) -> dict[str, int] | None:
    """Word -> 1..k where one reading alone is possible, {} for no words, None where there is none or several.

    Two words of one level are no reading. The result also holds the other words that this reading leaves no doubt of.
    """
    seen = sorted(set(words))
    if not seen:
        return {}
    readings: dict[tuple[int, ...], list[Scale]] = {}
    for scale in scales(k):
        if levels := _levels(seen, scale):
            readings.setdefault(tuple(levels), []).append(scale)
    if len(readings) != 1:
        return None
    (levels, fitting), *_rest = readings.items()
    return _without_doubt(fitting) | dict(zip(seen, levels, strict=True))


def known_word(text: str, k: int) -> bool:
    """Whether a word belongs to any known scale of `k` levels."""
    return text in _all_words(k)


@cache
def _all_words(k: int) -> frozenset[str]:
    return frozenset(each for scale in scales(k) for level in scale for each in level)


def _without_doubt(fitting: Sequence[Scale]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for scale in fitting:
        for place, level in enumerate(scale, 1):
            for each in level:
                found.setdefault(each, set()).add(place)
    return {each: places.pop() for each, places in found.items() if len(places) == 1}


def _levels(seen: Sequence[str], scale: Scale) -> list[int] | None:
    """Level of each word; None where a word is none of the scale's or two share a level."""
    places = [next((place for place, level in enumerate(scale, 1) if each in level), 0) for each in seen]
    return places if 0 not in places and len(set(places)) == len(places) else None


_WHOLE = re.compile(r"([+-]?\d{1,4})(?:\.0+)?(?:\s*(?:分|points?|stars?|星|级|★))?")
_NUMBER_FIRST = re.compile(r"(\d{1,2})\s*(?:分|points?)?\s*[-–—.:、=)(,]+\s*(.*?)\)?")
_NUMBER_LAST = re.compile(r"(.*?)\s*[-–—:=(,]+\s*(\d{1,2})\s*(?:分|points?)?\)?")
_CODED = re.compile(r"([a-z]{1,6})[- ]?0*(\d{1,2})")
_ABOUT = re.compile(r"(的?影响(?:程度|力)?|程度|重要性|\b(?:impact|effect|influence|importance)\b|(?<=[大小])的)")


@dataclass
class Values:
    """`known`: `word` of an answer -> "1".."K", DK, NA or ''. `doubts`: (code of a doubt, its params)."""

    known: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    doubts: list[tuple[str, dict]] = field(default_factory=list)


def looks_like_rating(texts: Iterable[str], k: int, *, limesurvey: bool = False) -> bool:
    """Whether most of a column's different answers could be ratings; True for a column without answers."""
    keys = {word(text) for text in texts}
    given = [key for key in keys if absent(key, limesurvey=limesurvey) is None]
    if not given:
        return True
    if len(given) > 30 or max(map(len, given)) > 60:
        return False
    good = sum(1 for key in given if _number(key) is not None or _CODED.fullmatch(key) or _scale_word(key, k))
    return good * 2 > len(given)


def values_of(texts: Iterable[str], k: int, *, limesurvey: bool = False, options: bool = False) -> Values:
    """Read all different answers of the columns that share a vocabulary.

    `options`: numbers are surely those of options, so that the one after the scale's end is *don't know*.
    """
    result = Values()
    rest = []
    for key in sorted({word(text) for text in texts}):
        kind = absent(key, limesurvey=limesurvey)
        if kind is None:
            rest.append(key)
        else:
            result.known[key] = kind
    coded = _coded(rest)
    if coded:
        _take_codes(coded, k, result)
        return result
    numbers = {key: number for key in rest if (number := _number(key)) is not None}
    _take_numbers(numbers, k, result, options)
    _take_words([key for key in rest if key not in numbers], k, result)
    if numbers:
        _check_direction(numbers, k, result)
    return result


def _number(key: str) -> int | None:
    found = _WHOLE.fullmatch(key)
    if found:
        return int(found[1])
    found = _NUMBER_FIRST.fullmatch(key)
    if found and found[2] and not found[2][0].isdigit():
        return int(found[1])
    found = _NUMBER_LAST.fullmatch(key)
    return int(found[2]) if found and found[1] and not found[1][-1:].isdigit() else None


def _coded(keys: list[str]) -> dict[str, int]:
    """Key -> number where all are codes such as AO01 of one kind."""
    found = {key: match for key in keys if (match := _CODED.fullmatch(key))}
    if len({match[1] for match in found.values()}) != 1 or len(found) < len(keys):
        return {}
    return {key: int(match[2]) for key, match in found.items()}


def _take_codes(coded: dict[str, int], k: int, result: Values) -> None:
    """Answer codes are numbered in the order of the scale; the one after its end is *don't know*."""
    for key, number in coded.items():
        if 1 <= number <= k:
            result.known[key] = str(number)
        elif number == k + 1 or number in DONT_KNOW_NUMBERS:
            result.known[key] = DONT_KNOW_CODE
        else:
            result.unknown.append(key)


def _take_numbers(numbers: dict[str, int], k: int, result: Values, options: bool) -> None:
    for key, number in numbers.items():
        if 1 <= number <= k:
            result.known[key] = str(number)
        elif number in DONT_KNOW_NUMBERS:
            result.known[key] = DONT_KNOW_CODE
        elif number == k + 1:
            result.known[key] = DONT_KNOW_CODE
            result.doubts += [] if options else [("number_after_scale", {"value": key, "k": k})]
        else:
            result.unknown.append(key)
    if numbers:
        result.known |= {str(number): str(number) for number in range(1, k + 1)}


def _take_words(keys: list[str], k: int, result: Values) -> None:
    levels = fitted_scale(keys, k) or _by_script(keys, k)
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


def _check_direction(numbers: dict[str, int], k: int, result: Values) -> None:
    """`1 = very important` turns the scale round: words beside the numbers say so."""
    beside = {}
    for key, number in numbers.items():
        found = _NUMBER_FIRST.fullmatch(key) or _NUMBER_LAST.fullmatch(key)
        text = next((part for part in found.groups() if part and not part.isdigit()), "") if found else ""
        if text:
            beside[text] = number
    levels = fitted_scale(beside, k)
    if levels and any(levels[text] != number for text, number in beside.items()):
        result.doubts.append(("numbers_against_words", {"values": ", ".join(numbers)}))


def _scale_word(key: str, k: int) -> bool:
    return known_word(key, k) or known_word(_bare(key), k)


def _bare(key: str) -> str:
    return _ABOUT.sub("", key).strip() or key


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
