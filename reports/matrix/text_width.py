"""Cautious text widths and line breaks, without a font at hand."""

import unicodedata
from functools import lru_cache

# Advance widths in 1/1000 em of U+0020..U+007E: the wider of Noto Sans CJK SC and DejaVu Sans, so that either fits.
_ASCII = (
    *(318, 401, 474, 838, 636, 950, 780, 278, 390, 390, 500, 838, 318, 361, 318, 392),
    *(636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531),
    *(1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 535, 656, 557, 863, 748, 787),
    *(633, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 392, 390, 838, 559),
    *(606, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 284, 974, 634, 612),
    *(635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838),
)
_LATIN = 0.84  # accented Latin, Greek, Cyrillic: most are narrower
_EMOJI = 1.4
_BOLD = 1.12
ASCENT = 1.16  # of the line box, in em, as browsers measure Noto Sans CJK: the tallest font of the stack
DESCENT = 0.29
LEADING = 1.2
_NO_START = set("，。、；：？！）》」』】’”…·,.;:?!)]}%")
_JOINTS = ("与", "和", "及", "、")  # better places to break Chinese than inside a word
_NO_END = set("（《「『【‘“([{")


def _char_em(char: str) -> float:
    code = ord(char)
    if 0x20 <= code <= 0x7E:
        return _ASCII[code - 0x20] / 1000
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn"):
        return 0.0
    if 0x1F000 <= code < 0x20000:
        return _EMOJI
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return _LATIN if code < 0x0590 else 1.0


@lru_cache(maxsize=4096)
def em_width(text: str) -> float:
    """Width of one line of `text` in em, at regular weight, not less than what a usual font renders."""
    return sum(map(_char_em, text))


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in px at `size` px."""
    return em_width(text) * size * (_BOLD if bold else 1.0)


def _is_cjk(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before text[at]."""
    before, after = text[at - 1], text[at]
    if before == " ":
        return after != " "
    if after in _NO_START or before in _NO_END or after == " ":
        return False
    if before in "–—/" and not after.isdigit():
        return True
    return _is_cjk(before) or _is_cjk(after)


@lru_cache(maxsize=4096)
def halves(text: str) -> tuple[str, str] | None:
    """The two most even lines of `text`, rather after a Chinese "and"; None where it cannot be broken."""
    pairs = [(text[:at].rstrip(), text[at:]) for at in range(1, len(text)) if _may_break(text, at)]

    def unevenness(pair: tuple[str, str]) -> float:
        return max(map(em_width, pair)) - (1.5 if pair[0].endswith(_JOINTS) else 0.0)

    return min((p for p in pairs if all(p)), key=unevenness, default=None)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of `text` no wider than `width` px; a word that is wider stands alone on its line."""
    lines: list[str] = []
    start = last = 0
    for at in range(1, len(text) + 1):
        if text_width(text[start:at].rstrip(), size, bold=bold) > width and last > start:
            lines.append(text[start:last].strip())
            start = last
        if at < len(text) and _may_break(text, at):
            last = at
    return [*lines, text[start:].strip()]
