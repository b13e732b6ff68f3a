"""Words of rating scales in Chinese and English, and which level each of a file's words is."""

from collections.abc import Iterable, Sequence
from functools import cache

from surveys.questionnaire.instrument import INSTRUMENTS

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


# The words of our own instrument (surveys/questionnaire/instrument.py) as they are shown in Chinese.
OWN_ZH = {
    "very little": "很小", "little": "较小", "rather little": "略小", "some": "一般", "medium": "中等",
    "rather much": "略大", "much": "较大", "very much": "很大",
}  # fmt: skip


def own_scale(words: Iterable[str], k: int) -> dict[str, int] | None:
    """Word -> 1..k where the words are those of a version of our own instrument; None where they are not, or fewer than
    three of them, which others may use as well.
    """
    seen, found = set(words), []
    for english in (instrument.scale(k) for instrument in INSTRUMENTS.values()):
        for names in (english, [OWN_ZH.get(word, "") for word in english]):
            if all(names) and seen <= set(names):
                found.append({name: level for level, name in enumerate(names, start=1)})
    if len(seen) < min(3, k) or not found:
        return None
    return found[0] if all(each[word] == found[0][word] for each in found for word in seen) else None


def rescaled(rating: int, length: int, k: int) -> int | None:
    """A rating on a scale of `length` points on one of `k`, exactly; None where the points do not meet."""
    if length < 2 or not 1 <= rating <= length or (k - 1) % (length - 1):
        return None
    return 1 + (rating - 1) * (k - 1) // (length - 1)


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
