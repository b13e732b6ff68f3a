"""Titles of ESRS matters and exchange topics, as people write them, to catalogue codes."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

Topics = Mapping[str, tuple[str, str]]  # code -> (title, parent code or "")

_QUOTES = str.maketrans({"’": "'", "‘": "'", "＇": "'"})
_FULL_WIDTH = str.maketrans({"：": ":", "／": "/", "\u3000": " "})


class UnknownTitle(ValueError):
    """A title that no topic of the catalogue bears; `nearest` is the spelling that comes closest, or ""."""

    def __init__(self, title: str, nearest: str):
        self.title = title
        self.nearest = nearest
        hint = f"; the nearest is “{nearest}”" if nearest else ""
        super().__init__(f"“{title}” is not in the catalogue{hint}")


def resolve_esrs(title: str, topics: Topics) -> str:
    """Code of the ESRS matter that `title` names. Raises UnknownTitle.

    Accepted: a code (`E1.2`), a standard alone (`S4`), or a standard with a path of titles or codes under it
    (`E1: Energy`, `S1: Working conditions / Secure employment`, `ESRS 2: GOV-1`).
    """
    text = " ".join(title.translate(_FULL_WIDTH).split())
    if text in topics:
        return text
    standard, _, path = text.partition(":")
    code: str | None = standard.strip()
    if code not in topics or not path.strip():
        raise UnknownTitle(title, _nearest(text, _spellings(topics)))
    for part in re.split(r"\s+/\s+", path.strip()):
        code = _child(code, part, topics)
        if code is None:
            raise UnknownTitle(title, _nearest(text, _spellings(topics)))
    return code


def resolve_exchange(title_zh: str, topics: Topics) -> str:
    """Code of the exchanges' topic with this Chinese title or code. Raises UnknownTitle, also for a group heading."""
    text = "".join(title_zh.split())
    listed = {code: title for code, (title, parent) in topics.items() if parent}
    if text in listed:
        return text
    for code, title in listed.items():
        if title == text:
            return code
    raise UnknownTitle(title_zh, _nearest(text, listed.values()))


def _child(parent: str, part: str, topics: Topics) -> str | None:
    for code, (title, above) in topics.items():
        if above == parent and part != "" and (_plain(title) == _plain(part) or code == part):
            return code
    return None


def _plain(title: str) -> str:
    return " ".join(title.translate(_QUOTES).casefold().split())


def _spellings(topics: Topics) -> list[str]:
    """Every topic as it is written in a library file."""
    return [_spelling(code, topics) for code in topics]


def _spelling(code: str, topics: Topics) -> str:
    titles: list[str] = []
    while "." in code or "-" in code:  # a standard's own code has neither
        title, parent = topics[code]
        titles.insert(0, code if "-" in code else title)
        code = parent
    return f"{code}: {' / '.join(titles)}" if titles else code


def _nearest(text: str, spellings: Iterable[str]) -> str:
    def likeness(spelling: str) -> float:
        return SequenceMatcher(None, _plain(text), _plain(spelling), autojunk=False).ratio()

    return max(spellings, key=likeness, default="")
