"""What the answers in rating columns mean: a value map, and what in it is not certain."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from surveys.matching.answers import DONT_KNOW, DONT_KNOW_NUMBERS, absent
from surveys.matching.scales import fit, known_word
from surveys.matching.texts import word

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
            result.known[key] = DONT_KNOW
        else:
            result.unknown.append(key)


def _take_numbers(numbers: dict[str, int], k: int, result: Values, options: bool) -> None:
    for key, number in numbers.items():
        if 1 <= number <= k:
            result.known[key] = str(number)
        elif number in DONT_KNOW_NUMBERS:
            result.known[key] = DONT_KNOW
        elif number == k + 1:
            result.known[key] = DONT_KNOW
            result.doubts += [] if options else [("number_after_scale", {"value": key, "k": k})]
        else:
            result.unknown.append(key)
    if numbers:
        result.known |= {str(number): str(number) for number in range(1, k + 1)}


def _take_words(keys: list[str], k: int, result: Values) -> None:
    levels = fit(keys, k) or _by_script(keys, k)
    if levels is None:
        bare = {key: _bare(key) for key in keys}
        fitted = fit(bare.values(), k) if len(set(bare.values())) == len(bare) else None
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
    fitted = [fit(part, k) for part in parts]
    return fitted[0] | fitted[1] if all(parts) and None not in fitted else None


def _check_direction(numbers: dict[str, int], k: int, result: Values) -> None:
    """`1 = very important` turns the scale round: words beside the numbers say so."""
    beside = {}
    for key, number in numbers.items():
        found = _NUMBER_FIRST.fullmatch(key) or _NUMBER_LAST.fullmatch(key)
        text = next((part for part in found.groups() if part and not part.isdigit()), "") if found else ""
        if text:
            beside[text] = number
    levels = fit(beside, k)
    if levels and any(levels[text] != number for text, number in beside.items()):
        result.doubts.append(("numbers_against_words", {"values": ", ".join(numbers)}))


def _scale_word(key: str, k: int) -> bool:
    return known_word(key, k) or known_word(_bare(key), k)


def _bare(key: str) -> str:
    return _ABOUT.sub("", key).strip() or key
