"""One entry of a paper sheet, and where two of them differ; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED

_WORDS = {"": SKIPPED, "D": DONT_KNOW, "DK": DONT_KNOW}


@dataclass(frozen=True)
class Entry:
    """What was typed from a sheet: a byte per item (255 where it does not ask), profile answers, comment."""

    ratings: bytes
    profile: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True)
class Differences:
    """Where two entries differ: positions of items, codes of profile questions, the comment."""

    items: tuple[int, ...]
    questions: tuple[str, ...]
    comment: bool

    def __bool__(self) -> bool:
        return bool(self.items or self.questions or self.comment)


def differences(first: Entry, second: Entry) -> Differences:
    """Everything in which the entries are not the same; spaces around a comment and line ends do not count."""
    items = tuple(place for place, (a, b) in enumerate(zip(first.ratings, second.ratings, strict=True)) if a != b)
    codes = [*first.profile, *(code for code in second.profile if code not in first.profile)]
    questions = tuple(code for code in codes if first.profile.get(code) != second.profile.get(code))
    return Differences(items, questions, first.comment.split() != second.comment.split())


def typed_code(text: str, k: int) -> int | None:
    """The byte of what was typed for an item: 1..`k`, D for don't know, nothing for skipped; None for anything else."""
    word = text.strip().upper()
    if word in _WORDS:
        return _WORDS[word]
    return int(word) if word.isascii() and word.isdigit() and len(word) < 3 and 1 <= int(word) <= k else None


def typed_text(code: int) -> str:
    """What is typed for a byte."""
    return {SKIPPED: "", DONT_KNOW: "D", NOT_ASKED: ""}.get(code, str(code))


def asked_positions(asked: Sequence[int]) -> list[int]:
    """The positions of the items that a sheet asks."""
    return [place for place, code in enumerate(asked) if code != NOT_ASKED]
