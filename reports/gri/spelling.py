"""What a person may have meant by the text of one disclosure: pure reading, no catalogue."""

import re
import unicodedata
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[;；﹔,，﹐、､\n\r\t]")
_DASHES = str.maketrans({"‐": "-", "−": "-", "‒": "–", "—": "–", "―": "–", "〜": "~", "∼": "~"})

LONGEST = 250  # characters; a code with its title, and room to spare

_PREFIX = r"(?:(?:GRI|G|standards?|标准|disclosures?|披露项|披露|指标)[\s:\-]*)*"
_NUMBER = r"(\d{1,3})\s*[-–.]\s*(\d{1,3})(?!\d)"
_YEAR = r"(?:\s*\(\s*(\d{4})\s*\)|\s+(\d{4}))?"
# A bare end (102-1~13) needs a sign that cannot be the hyphen of a code: 102-1-13 stays unread.
_RANGE = re.compile(
    rf"{_PREFIX}{_NUMBER}{_YEAR}\s*(?:(?:~|–+|至|到|to|through)\s*(?:{_PREFIX}{_NUMBER}|(\d{{1,3}}))"
    rf"|-\s*{_PREFIX}{_NUMBER}){_YEAR}",
    re.IGNORECASE,
)
_CODE = re.compile(rf"{_PREFIX}{_NUMBER}(?![a-z\-–.])(.*)", re.IGNORECASE)
_STANDARD = re.compile(rf"GRI[\s:\-]*{_PREFIX}(\d{{1,3}})(?![\da-z\-–.])(.*)", re.IGNORECASE)
_SECTOR = re.compile(rf"{_PREFIX}(1[1-4])\.(\d{{1,2}})\.(\d{{1,2}})", re.IGNORECASE)
_TAIL = re.compile(r"(.*?)(?:(?<!\d)\(?(\d{4})\)?)?", re.DOTALL)


@dataclass(frozen=True)
class CodeSpelling:
    """One disclosure, with the year and the title if they were written."""

    standard: str
    number: int
    year: int | None = None
    title: str = ""


@dataclass(frozen=True)
class RangeSpelling:
    """From one disclosure to another, both included."""

    first: CodeSpelling
    last: CodeSpelling


@dataclass(frozen=True)
class StandardSpelling:
    """A whole standard."""

    standard: str
    year: int | None = None
    title: str = ""


@dataclass(frozen=True)
class SectorSpelling:
    """A topic of a Sector Standard, as it is kept."""

    code: str


Spelling = CodeSpelling | RangeSpelling | StandardSpelling | SectorSpelling


def split_cell(text: str) -> list[str]:
    """The parts of a cell between separators, stripped, without empty ones."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def read_spelling(part: str) -> Spelling | None:
    """What one part of a cell says, or None when it has none of the accepted forms (`formats.md`, outline)."""
    if len(part) > LONGEST:
        return None
    text = unicodedata.normalize("NFKC", part).translate(_DASHES).strip()
    if found := _SECTOR.fullmatch(text):
        return SectorSpelling(".".join(str(int(number)) for number in found.groups()))
    if found := _RANGE.fullmatch(text):
        return _range(found)
    if found := _CODE.fullmatch(text):
        year, title = _tail(found[3])
        return CodeSpelling(str(int(found[1])), int(found[2]), year, title)
    if found := _STANDARD.fullmatch(text):
        year, title = _tail(found[2])
        return StandardSpelling(str(int(found[1])), year, title)
    return None


def _range(found: re.Match[str]) -> RangeSpelling:
    standard, number, *rest = found.groups()
    first_year, last_year = rest[0] or rest[1], rest[7] or rest[8]
    last_standard = rest[2] or rest[5] or standard
    last_number = rest[3] or rest[4] or rest[6]
    return RangeSpelling(
        CodeSpelling(str(int(standard)), int(number), _number(first_year or last_year)),
        CodeSpelling(str(int(last_standard)), int(last_number), _number(last_year or first_year)),
    )


def _tail(text: str) -> tuple[int | None, str]:
    """Year and title in what follows a code: `: Energy 2016`, ` (2025)`, ``."""
    found = _TAIL.fullmatch(text.strip())
    assert found is not None  # both parts may be empty
    return _number(found[2]), found[1].strip(" :()-–")


def _number(text: str | None) -> int | None:
    return int(text) if text else None
