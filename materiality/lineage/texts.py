"""What changed in a text, word by word; in Chinese, which has no spaces, character by character."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Scripts that are written without spaces: kana, Chinese characters and their extensions, and their own punctuation.
_ALONE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])\w)+|\s+|.", re.DOTALL)
# Beyond this many pairs of tokens the comparison would take seconds, and nobody could read its result.
_MOST_PAIRS = 4_000_000

Kind = Literal["equal", "removed", "added"]


@dataclass(frozen=True)
class Segment:
    """A piece of the old text (`removed`), of the new one (`added`) or of both (`equal`)."""

    kind: Kind
    text: str


def text_difference(old: str, new: str) -> tuple[Segment, ...]:
    """Pieces in reading order: equal and removed ones joined are `old`, equal and added ones are `new`."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    is_short = len(before) * len(after) <= _MOST_PAIRS
    blocks = _blocks(before, after) if is_short else [(old == new, old, new)]
    return tuple(segment for block in _joined(blocks) for segment in _segments(*block))


def _blocks(before: list[str], after: list[str]) -> list[tuple[bool, str, str]]:
    """(is equal, old piece, new piece) in order."""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(tag == "equal", "".join(before[a:b]), "".join(after[c:d])) for tag, a, b, c, d in codes]


def _joined(blocks: list[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Changes that less keeps apart than changes become one: whole phrases read better than words in turn."""
    joined: list[tuple[bool, str, str]] = []
    for place, (is_equal, old, new) in enumerate(blocks):
        between = is_equal and 0 < place < len(blocks) - 1
        keeps = between and len(old) > min(_changed(joined[-1]), _changed(blocks[place + 1]))
        if joined and not joined[-1][0] and (not is_equal or (between and not keeps)):
            joined[-1] = (False, joined[-1][1] + old, joined[-1][2] + new)
        else:
            joined.append((is_equal, old, new))
    return joined


def _changed(block: tuple[bool, str, str]) -> int:
    """Characters of the longer side."""
    return max(len(block[1]), len(block[2]))


def _segments(is_equal: bool, old: str, new: str) -> list[Segment]:
    if is_equal:
        return [Segment("equal", old)] if old else []
    return [Segment(kind, text) for kind, text in (("removed", old), ("added", new)) if text]
