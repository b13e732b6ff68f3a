"""Which issue a header names: by code or by name, in either language."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.intake.nearest import Nearest
from surveys.matching.texts import cleaned, number_of, squashed

_BRACKETS = re.compile(r"[\[【(]([^\[\]【】()]{1,200})[\]】)][\s.?。？*]*$")
_PARTS = re.compile(r"—+|–|--+|\s-\s|-(?=[^\x00-\x7f])|[:|>→/\\»]|\.\s")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class IssueNames:
    """An issue as a survey knows it."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Found:
    """The issue of a header, and how sure that is: `sure` or only `near`; `rest` is the header without its name."""

    code: str
    sure: bool
    rest: str = ""


class Issues:
    """Finds issues in headers. Codes win over names, whole parts of a header over its end."""

    def __init__(self, issues: Sequence[IssueNames]) -> None:
        self.codes = {squashed(issue.code): issue.code for issue in issues}
        self.names: dict[str, str] = {}
        doubled = set()
        for issue in issues:
            for name in {squashed(issue.zh), squashed(issue.en)} - {""}:
                if self.names.setdefault(name, issue.code) != issue.code:
                    doubled.add(name)
        for name in doubled:
            del self.names[name]
        self._longest_first = sorted((name for name in self.names if len(name) > 1), key=len, reverse=True)
        self._nearest = Nearest(self.names)
        self._code = _code_pattern(self.codes)

    def find(self, header: str) -> Found | None:
        """The issue that a cleaned header is about, or None."""
        coded = self._by_code(header)
        if coded:
            return coded
        for part, rest in _parts(header):
            key = squashed(part)
            code = self.names.get(key) or self.names.get(squashed(number_of(part)[1]))
            if code:
                return Found(code, True, rest)
        whole = squashed(header)
        for name in self._longest_first:
            if whole.endswith(name) and len(name) >= (3 if name.isascii() is False else 8):
                return Found(self.names[name], True, header[: -len(name)])
        for name in self._longest_first:
            if whole.startswith(name) and len(name) >= (4 if name.isascii() is False else 8):
                return Found(self.names[name], True, header[len(name) :])
        return None

    def near(self, text: str) -> Found | None:
        """The issue whose name is most like the last part of a header."""
        for part, rest in _parts(text):
            key = squashed(number_of(part)[1])
            if 3 <= len(key) <= _LONGEST_NAME and (name := self._nearest(key)):
                return Found(self.names[name], False, rest)
        return None

    def _by_code(self, header: str) -> Found | None:
        found = list(self._code.finditer(header.casefold())) if self._code else []
        codes = {self.codes[squashed(match[0])] for match in found}
        if len(codes) != 1:
            return None
        first = found[-1]
        return Found(codes.pop(), True, header[: first.start()] + " " + header[first.end() :])


def _parts(header: str) -> Iterable[tuple[str, str]]:
    """Parts of a header that can be the name, most likely first, each with the rest of the header."""
    inside = _BRACKETS.search(header)
    if inside:
        yield inside[1], header[: inside.start()]
        yield header[: inside.start()], inside[1]
    breaks = list(_PARTS.finditer(header))
    for each in reversed(breaks):
        yield header[each.end() :], header[: each.start()]
    yield header, ""
    for each in breaks[:1]:
        yield header[: each.start()], header[each.end() :]


def _code_pattern(codes: Iterable[str]) -> re.Pattern | None:
    """Codes with whatever stands between letters and digits, but not within a longer word or number."""
    patterns = []
    for code in sorted(codes, key=len, reverse=True):
        pieces = re.findall(r"[a-z]+|\d\d|\d", cleaned(code))
        if pieces and any(piece.isdigit() for piece in pieces) and pieces[0].isalpha():
            patterns.append(r"[-_ .]?".join(pieces))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(patterns)})(?![-_.]?\d)") if patterns else None
