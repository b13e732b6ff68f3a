"""Codes of a GRI edition: catalogue, spellings, crosswalk, and the cells of an index with every problem."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from materiality.tables.problems import N_

# In edition 2021 these standards of 2025 bear numbers that stood for something else before, so a code of theirs
# counts only with its year (architecture.md, GRI edition).
REUSED_NUMBERS = {"2021": frozenset({"102", "103"})}

_SECTOR_CODE = re.compile(r"1[1-4]\.\d{1,2}\.\d{1,2}")


@dataclass(frozen=True)
class Disclosure:
    """One disclosure, such as 303-1 of GRI 303: Water and Effluents 2018."""

    code: str
    standard_code: str
    standard_year: int
    standard_title_zh: str
    standard_title_en: str
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class Catalogue:
    """All disclosures of one edition (`2016` or `2021`). The same code may mean something else in another edition."""

    edition: str
    disclosures: Mapping[str, Disclosure]

    def __contains__(self, code: object) -> bool:
        return code in self.disclosures

    def __getitem__(self, code: str) -> Disclosure:
        return self.disclosures[code]

    def get(self, code: str) -> Disclosure | None:
        return self.disclosures.get(code)

    @cached_property
    def standards(self) -> dict[str, tuple[str, ...]]:
        """Standard code -> its disclosure codes in natural order."""
        found: dict[str, list[str]] = {}
        for code in sorted(self.disclosures, key=code_key):
            found.setdefault(self.disclosures[code].standard_code, []).append(code)
        return {standard: tuple(codes) for standard, codes in found.items()}

    def year(self, standard: str) -> int:
        """Year of the standard in this edition; KeyError when the edition does not have it."""
        return self.disclosures[self.standards[standard][0]].standard_year

    def needs_year(self, standard: str) -> bool:
        """Whether codes of this standard count only when the year is written."""
        return standard in REUSED_NUMBERS.get(self.edition, frozenset())

    def spell(self, code: str) -> str:
        """The code as it can be read back by `parse_disclosures` in this edition: `302-1`, `GRI 102-1 (2025)`."""
        found = self.get(code)
        if found is None or not self.needs_year(found.standard_code):
            return code
        return f"GRI {code} ({found.standard_year})"


def catalogue_from_rows(edition: str, rows: Iterable[Mapping[str, str]]) -> Catalogue:
    """A catalogue from rows with the columns of `gri_disclosures.csv`; rows of other editions are left out."""
    texts = ("standard_code", "standard_title_zh", "standard_title_en", "title_zh", "title_en")
    disclosures = {
        row["disclosure_code"]: Disclosure(
            code=row["disclosure_code"], standard_year=int(row["standard_year"]), **{name: row[name] for name in texts}
        )
        for row in rows
        if row["edition"] == edition
    }
    return Catalogue(edition, disclosures)


def code_key(code: str) -> tuple[int, ...]:
    """Sort key for the natural order of codes: 2-1, 2-10, 3-3, 11.2.1, 102-1."""
    return tuple(int(number) for number in re.findall(r"\d+", code))


def is_sector_code(code: str) -> bool:
    """Whether the code has the form of a GRI Sector Standard's topic (`11.2.1`), which no catalogue lists."""
    return _SECTOR_CODE.fullmatch(code) is not None


class CrosswalkRow(NamedTuple):
    """One row of `gri_2016_to_2021.csv`; `to_code` is empty where no disclosure follows."""

    from_code: str
    to_code: str
    relation: str
    note: str


class Proposal(NamedTuple):
    """A code of the other edition, how it relates (`equal`, `moved`, `merged`, …) and a note, as in the crosswalk."""

    to_code: str
    relation: str
    note: str


def crosswalk_from_rows(rows: Iterable[Mapping[str, str]]) -> list[CrosswalkRow]:
    """Crosswalk rows from rows with the columns of `gri_2016_to_2021.csv`."""
    return [CrosswalkRow(*(row[name] for name in CrosswalkRow._fields)) for row in rows]


def propose(code: str, crosswalk_rows: Iterable[CrosswalkRow], to_edition: str = "2021") -> list[Proposal]:
    """Codes in `to_edition` (`2016` or `2021`) for a code of the other edition, in the crosswalk's order.

    A 2016 code without a successor (102-54) gives one proposal whose `to_code` is empty; an unknown code gives none.
    Raises ValueError for any other edition.
    """
    if to_edition == "2021":
        return [Proposal(row.to_code, row.relation, row.note) for row in crosswalk_rows if row.from_code == code]
    if to_edition == "2016":
        return [Proposal(row.from_code, row.relation, row.note) for row in crosswalk_rows if row.to_code == code]
    raise ValueError(f"no crosswalk to GRI edition {to_edition!r}")


OFFERED = 3
MOST_DIGITS = 12  # more cannot be a slip of the pen


def nearest_codes(standard: str, number: int, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three spellings: of the same standard the closest numbers, else the codes that look most alike."""
    if standard not in catalogue.standards:
        return nearest_to_text(f"{standard}-{number}", catalogue)
    by_distance = sorted(catalogue.standards[standard], key=lambda code: abs(code_key(code)[1] - number))
    return tuple(catalogue.spell(code) for code in by_distance[:OFFERED])


def nearest_to_text(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three spellings that look like the text; none when it holds no digit or far too many.

    What the text can only mean stands alone: `302` the standard, `2-1-a` the code, `102-1-13` the range.
    """
    numbers = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", text))
    if not numbers or len("".join(numbers)) > MOST_DIGITS:
        return ()
    typed = "-".join(numbers)
    if typed in catalogue.standards:
        return (spell_standard(typed, catalogue),)
    standard, *rest = numbers
    codes = [f"{standard}-{number}" for number in rest]
    if 1 <= len(codes) <= 2 and all(code in catalogue for code in codes):
        return (" ~ ".join(catalogue.spell(code) for code in sorted(codes, key=code_key)),)
    ranked = _most_alike(typed, catalogue.disclosures)
    return tuple(catalogue.spell(code) for code in ranked[:OFFERED])


def nearest_standards(standard: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three whole standards with the closest numbers."""
    ranked = _most_alike(standard, catalogue.standards)
    return tuple(spell_standard(known, catalogue) for known in ranked[:OFFERED])


def spell_standard(standard: str, catalogue: Catalogue) -> str:
    """The whole standard as it can be read back: `GRI 302`, `GRI 102 (2025)`."""
    year = f" ({catalogue.year(standard)})" if catalogue.needs_year(standard) else ""
    return f"GRI {standard}{year}"


def _most_alike(typed: str, known: Iterable[str]) -> list[str]:
    """The known codes, those that look most like the typed one first, then by distance of the numbers."""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(typed)  # kept between comparisons, which is what takes the time

    def key(code: str) -> tuple[float, tuple[int, ...]]:
        matcher.set_seq1(code)
        return -matcher.ratio(), _distance(typed, code)

    return sorted(known, key=key)


def _distance(typed: str, code: str) -> tuple[int, ...]:
    return tuple(abs(a - b) for a, b in zip(code_key(typed), code_key(code), strict=False))


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


COUNTERPARTS = 5  # the most that are offered; GRI 2 as a whole would have fifty


class Refused(Exception):
    """A part of a cell is not accepted; `problem` is a key of `problems.CODE_PROBLEMS`."""

    def __init__(self, problem: str, suggestions: Iterable[str] = (), **params: object):
        super().__init__(problem)
        self.problem = problem
        self.suggestions = tuple(dict.fromkeys(suggestions))
        self.params = {name: str(value) for name, value in params.items()}


@dataclass(frozen=True)
class Editions:
    """The edition in use, the other one, and the way between them (may be empty)."""

    catalogue: Catalogue
    other: Catalogue
    crosswalk: tuple[CrosswalkRow, ...] = ()


@dataclass(frozen=True)
class _Meaning:
    """What a code or a standard stands for in one edition."""

    year: int
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class _Subject:
    """A code or a standard as written: how to name it, how to write it so that it can be read, what else is near."""

    label: str
    spelled: str
    standard: str
    here: _Meaning | None
    there: _Meaning | None
    nearest: tuple[str, ...]
    unknown: str


def accept_code(spelling: CodeSpelling, editions: Editions) -> str:
    """The code in the catalogue's edition. Raises Refused."""
    code = f"{spelling.standard}-{spelling.number}"
    offered = _counterparts((code,), editions) or nearest_codes(spelling.standard, spelling.number, editions.catalogue)
    here, there = _code_meaning(code, editions.catalogue), _code_meaning(code, editions.other)
    spelled = editions.catalogue.spell(code)
    _accept(_Subject(code, spelled, spelling.standard, here, there, offered, "unknown_code"), spelling, editions)
    return code


def accept_standard(spelling: StandardSpelling, editions: Editions) -> tuple[str, ...]:
    """All codes of the standard in the catalogue's edition. Raises Refused."""
    standard, catalogue = spelling.standard, editions.catalogue
    replaced = editions.other.standards.get(standard, ())
    offered = _counterparts(replaced, editions) or nearest_standards(standard, catalogue)
    here, there = _standard_meaning(standard, catalogue), _standard_meaning(standard, editions.other)
    spelled = spell_standard(standard, catalogue) if here else ""
    label = f"GRI {standard}"
    _accept(_Subject(label, spelled, standard, here, there, offered, "unknown_standard"), spelling, editions)
    return catalogue.standards[standard]


def _accept(subject: _Subject, spelling: CodeSpelling | StandardSpelling, editions: Editions) -> None:
    year, here, there = spelling.year, subject.here, subject.there
    edition, other = editions.catalogue.edition, editions.other.edition
    if here is None or year not in (None, here.year):
        if there and year in (None, there.year):
            titles = {"title_zh": there.title_zh, "title_en": there.title_en}
            params = {"code": subject.label, "edition": edition, "other_edition": other, **titles}
            raise Refused("other_edition", subject.nearest, **params)
        if here is None:
            raise Refused(subject.unknown, subject.nearest, code=subject.label, edition=edition)
        params = {"standard": subject.standard, "edition": edition, "year": here.year, "given": year}
        raise Refused("wrong_year", (subject.spelled,), **params)
    if year is None and editions.catalogue.needs_year(subject.standard):
        raise _year_needed(subject, here, editions)
    if spelling.title and _folded(spelling.title) not in _known_titles(subject, editions):
        titles = {"title_zh": here.title_zh, "title_en": here.title_en}
        raise Refused("wrong_title", (subject.spelled,), code=subject.label, **titles)


def _year_needed(subject: _Subject, here: _Meaning, editions: Editions) -> Refused:
    old = subject.there or _standard_meaning(subject.standard, editions.other)
    return Refused(
        "year_needed" if subject.there else "year_needed_new",
        (subject.spelled,),
        code=subject.label,
        standard=subject.standard,
        spelling=subject.spelled,
        year=here.year,
        other_edition=editions.other.edition,
        title_zh=here.title_zh,
        title_en=here.title_en,
        old_title_zh=old.title_zh if old else "",
        old_title_en=old.title_en if old else "",
    )


def _code_meaning(code: str, catalogue: Catalogue) -> _Meaning | None:
    found = catalogue.get(code)
    return _Meaning(found.standard_year, found.title_zh, found.title_en) if found else None


def _standard_meaning(standard: str, catalogue: Catalogue) -> _Meaning | None:
    if standard not in catalogue.standards:
        return None
    found = catalogue[catalogue.standards[standard][0]]
    return _Meaning(found.standard_year, found.standard_title_zh, found.standard_title_en)


def _counterparts(codes: Iterable[str], editions: Editions) -> tuple[str, ...]:
    """Where the other edition's codes went, as spellings of this edition; none for codes that are here as well."""
    catalogue = editions.catalogue
    found = [p.to_code for code in codes for p in propose(code, editions.crosswalk, catalogue.edition)]
    return tuple(dict.fromkeys(catalogue.spell(code) for code in found if code in catalogue))[:COUNTERPARTS]


def _known_titles(subject: _Subject, editions: Editions) -> set[str]:
    """Wordings of both editions count, unless the number was given to another standard."""
    reused = any(c.needs_year(subject.standard) for c in (editions.catalogue, editions.other))
    meanings = [subject.here] if reused else [subject.here, subject.there]
    return {_folded(title) for meaning in meanings if meaning for title in (meaning.title_zh, meaning.title_en)}


def _folded(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())


@dataclass(frozen=True)
class CodeProblem:
    """One part of a cell that is not accepted.

    `code` is a key of `problems.CODE_PROBLEMS`; every suggestion is a spelling that can be read in the same edition.
    """

    value: str
    code: str
    params: Mapping[str, str]
    suggestions: tuple[str, ...] = ()

    def params_in(self, language: str) -> dict[str, str]:
        """Params for the template, titles in the language (`en` or `zh-hans`)."""
        suffix = "_en" if language.lower().startswith("en") else "_zh"
        titles = {name.removesuffix(suffix): text for name, text in self.params.items() if name.endswith(suffix)}
        return {**self.params, **titles, "value": self.value}


@dataclass(frozen=True)
class ParsedCodes:
    """Codes in the order written, each once; and the parts that could not be taken."""

    codes: list[str] = field(default_factory=list)
    problems: list[CodeProblem] = field(default_factory=list)


def parse_disclosures(
    text: str, catalogue: Catalogue, other: Catalogue, crosswalk: Iterable[CrosswalkRow] = ()
) -> ParsedCodes:
    """Codes of the catalogue's edition in a cell, in any accepted spelling (`formats.md`, outline).

    `other` is the other edition, for errors that name both meanings of a code; with `crosswalk`, a code of the other
    edition gets its counterparts as suggestions. A part is taken whole or not at all: of a bad range, nothing. Sector
    topics (`11.2.1`) are kept as they are, since no catalogue lists them.
    """
    editions = Editions(catalogue, other, tuple(crosswalk))
    codes: dict[str, None] = {}
    problems: list[CodeProblem] = []
    for part in split_cell(text):
        try:
            codes.update(dict.fromkeys(_read(part, editions)))
        except Refused as refused:
            problems.append(CodeProblem(part, refused.problem, refused.params, refused.suggestions))
    return ParsedCodes(list(codes), problems)


def _read(part: str, editions: Editions) -> tuple[str, ...]:
    match read_spelling(part):
        case SectorSpelling(code):
            return (code,)
        case CodeSpelling() as spelling:
            return (accept_code(spelling, editions),)
        case StandardSpelling() as spelling:
            return accept_standard(spelling, editions)
        case RangeSpelling(first, last):
            return _slice(first, last, editions)
    raise Refused("not_a_code", nearest_to_text(part, editions.catalogue))


def _slice(first: CodeSpelling, last: CodeSpelling, editions: Editions) -> tuple[str, ...]:
    if first.standard != last.standard:
        raise Refused("two_standards")
    start, end = accept_code(first, editions), accept_code(last, editions)
    if last.number < first.number:
        raise Refused("backwards")
    codes = editions.catalogue.standards[first.standard]
    return codes[codes.index(start) : codes.index(end) + 1]


CODE_PROBLEMS = {
    "not_a_code": N_("“%(value)s” is not a GRI disclosure. Write for example “102-1”, “GRI 302” or “102-1 ~ 102-13”."),
    "unknown_code": N_("“%(value)s”: there is no disclosure %(code)s in GRI edition %(edition)s."),
    "other_edition": N_(
        "“%(value)s”: %(code)s (%(title)s) belongs to GRI edition %(other_edition)s, not to edition %(edition)s."
    ),
    "unknown_standard": N_("“%(value)s”: there is no standard %(code)s in GRI edition %(edition)s."),
    "year_needed": N_(
        "“%(value)s” has two meanings: %(code)s was “%(old_title)s” in GRI edition %(other_edition)s and is "
        "“%(title)s” since %(year)s. Write “%(spelling)s” if you mean the new one."
    ),
    "year_needed_new": N_(
        "“%(value)s”: GRI %(standard)s was “%(old_title)s” in edition %(other_edition)s; since %(year)s %(code)s is "
        "“%(title)s”. Write “%(spelling)s” if you mean it."
    ),
    "wrong_year": N_(
        "“%(value)s”: GRI %(standard)s in edition %(edition)s is the standard of %(year)s, not of %(given)s."
    ),
    "wrong_title": N_("“%(value)s”: the title of %(code)s is “%(title)s”."),
    "two_standards": N_("“%(value)s”: a range has to stay within one standard. Write one range for each."),
    "backwards": N_("“%(value)s”: the range ends before it begins."),
}

INDEX_WARNINGS = {
    "section_without_location": N_("“%(section)s” reports %(codes)s but has no location."),
    "disclosure_without_location": N_("%(code)s has no location in any section."),
    "unknown_code": N_("%(code)s in “%(section)s” is not in GRI edition %(edition)s."),
    "sector_code": N_(
        "%(code)s in “%(section)s”: sector topics go with GRI edition 2021, not with edition %(edition)s."
    ),
    "management_missing": N_("GRI %(standard)s is reported without 3-3 beside it (%(codes)s)."),
    "general_missing": N_("%(present)s of %(total)s general disclosures are reported; missing: %(codes)s."),
}
