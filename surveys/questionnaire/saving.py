"""What a save changes: the touched answers only, each against its own version; the later tap wins."""

import struct
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from materiality.scoring.cube import NOT_ASKED
from surveys.questionnaire.responses import named_apart, with_named

# So many pages that saved lately are remembered, each with the number of its last save.
PAGES = 8
_VERSIONS, _MARKS, _LATEST = 1 << 16, 1 << 16, (1 << 32) - 1
_HEAD = struct.Struct("<H")
_PAGE = struct.Struct("<IH")
ATTENTION, COMMENT, TOP, PROFILE = "attention", "comment", "top", "p_"


class Change(NamedTuple):
    """An answer that was touched: its new value, the version that its page had of it (None = the current one), and the
    milliseconds since.
    """

    name: str
    value: object
    base: int | None = None
    age: int = 0


class Sent(NamedTuple):
    """Which page sends, by a random number (32 bits), and its how manieth save it is, from 1."""

    page: int
    number: int

    @property
    def mark(self) -> int:
        """By what an answer remembers the page that changed it last."""
        return self.page % _MARKS or 1


class History(NamedTuple):
    """Per answer, in the order of its slots, how often it was changed, when last (centiseconds since the beginning) and
    by which page (its mark, 0 = unknown); those beyond the end were never changed. `pages` are those that saved last.
    """

    versions: Sequence[int] = array("H")
    taps: Sequence[int] = array("I")
    marks: Sequence[int] = array("H")
    pages: tuple[Sent, ...] = ()

    def version(self, slot: int) -> int:
        """How often the answer was changed."""
        return self.versions[slot] if slot < len(self.versions) else 0

    def has(self, sent: Sent | None) -> bool:
        """Whether this save, or a later one of its page, was taken before."""
        return sent is not None and any(sent.page == page and sent.number <= number for page, number in self.pages)

    def pack(self) -> bytes:
        own = (_little("H", self.versions), _little("H", self.marks), _little("I", self.taps))
        pages = b"".join([_PAGE.pack(*each) for each in self.pages])
        packed = [_HEAD.pack(len(self.versions)), *[numbers.tobytes() for numbers in own], pages]
        return b"".join(packed).ljust(self.size(len(self.versions)), b"\0")

    @classmethod
    def unpack(cls, packed: bytes, at: int = 0) -> "History":
        """What was packed, from there on; of nothing nothing."""
        if len(packed) <= at:
            return cls()
        (number,) = _HEAD.unpack_from(packed, at)
        begin, end = at + _HEAD.size, at + cls.size(number)
        marks, taps, pages = (begin + size * number for size in (2, 4, 8))
        return cls(
            _little("H", packed[begin:marks]),
            _little("I", packed[taps:pages]),
            _little("H", packed[marks:taps]),
            tuple([Sent(*page) for page in _PAGE.iter_unpack(packed[pages:end]) if page[1]]),
        )

    @staticmethod
    def size(slots: int) -> int:
        """Bytes that it takes."""
        return _HEAD.size + 8 * slots + PAGES * _PAGE.size


def _little(kind: str, numbers: bytes | Sequence[int]) -> array:
    """As stored: the lowest byte first."""
    found = array(kind, numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found


class Held(Protocol):
    """Answers in progress."""

    ratings: bytes
    comment: str
    profile: dict
    attention: int | None
    history: History


def slots_of(items: int, questions: Iterable[str]) -> dict[str, int]:
    """The place of every answer in a history, by the name that pages give it: `r0`… for the ratings, then the others;
    `questions` are the codes of the questions about oneself.
    """
    names = [f"r{position}" for position in range(items)]
    names += [ATTENTION, COMMENT, TOP, *[PROFILE + code for code in questions]]
    return {name: place for place, name in enumerate(names)}


def merged(
    held: Held, changes: Iterable[Change], slots: Mapping[str, int], elapsed: int, sent: Sent | None = None
) -> dict[str, object]:
    """The fields of the answers after these changes, `elapsed` centiseconds after the beginning.

    A change is taken where nobody else has changed the answer since its page was shown, or its tap was later. A save
    that was taken before changes nothing; what is not asked stays so.
    """
    fields = {name: getattr(held, name) for name in ("ratings", "comment", "profile", "attention", "history")}
    history, mark = held.history, sent.mark if sent else 0
    if history.has(sent):
        return fields
    fields["ratings"] = bytearray(held.ratings)
    rest = [0] * (len(slots) - len(history.versions))
    versions, taps, marks = (
        array(kind, [*each, *rest] if rest else each)
        for kind, each in (("H", history.versions), ("I", history.taps), ("H", history.marks))
    )
    for name, value, base, age in changes:
        slot, tap = slots[name], min(max(0, elapsed - max(0, age) // 10), _LATEST)
        known = base in (None, versions[slot]) or (mark and marks[slot] == mark)
        if (known or tap >= taps[slot]) and _put(fields, name, slot, value):
            versions[slot] = (versions[slot] + 1) % _VERSIONS
            taps[slot], marks[slot] = max(tap, taps[slot]), mark
    pages = history.pages
    if sent:
        pages = (*[each for each in pages if each.page != sent.page], sent)[-PAGES:]
    return {**fields, "ratings": bytes(fields["ratings"]), "history": History(versions, taps, marks, pages)}


def value_in(held: Held, name: str) -> object:
    """The answer of this name as changes give it; None where it is not asked."""
    if name[0] == "r":
        code = held.ratings[int(name[1:])]
        return None if code == NOT_ASKED else code
    if name in (ATTENTION, COMMENT):
        return getattr(held, name)
    about, named = named_apart(held.profile)
    return named if name == TOP else about.get(name.removeprefix(PROFILE), "")


def _put(fields: dict[str, object], name: str, slot: int, value: object) -> bool:
    """Put one answer among the fields, whose ratings are an array here; whether that changed anything."""
    if name[0] == "r":
        ratings = fields["ratings"]
        if ratings[slot] in (NOT_ASKED, value):
            return False
        ratings[slot] = value
        return True
    before = {own: fields[own] for own in ("comment", "profile", "attention")}
    if name == COMMENT or (name == ATTENTION and before[name] is not None):
        fields[name] = value
    elif name == TOP:
        fields["profile"] = with_named(before["profile"], value)
    elif name != ATTENTION:
        others = {code: own for code, own in before["profile"].items() if code != name.removeprefix(PROFILE)}
        fields["profile"] = {**others, name.removeprefix(PROFILE): value} if value else others
    return any(fields[own] != each for own, each in before.items())
