"""Values that a library and its catalogues are made of, free of the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

Edition = tuple[str, str]  # framework code, edition: ("GRI", "2016")
Texts = Mapping[str, str]  # by language
LEVELS = 3  # of issues, at most
Key = tuple[str, str, str]  # framework code, edition, disclosure code; the code alone can mean two disclosures


@dataclass(frozen=True)
class FrameworkRecord:
    """One edition of a framework."""

    code: str
    edition: str
    title_zh: str
    title_en: str
    publisher: str


@dataclass(frozen=True)
class DisclosureRecord:
    """One disclosure, goal or topic; `parent_code` is of the same framework edition, "" at the top."""

    framework: Edition
    code: str
    title_zh: str
    title_en: str
    order: int
    parent_code: str = ""
    standard_code: str = ""
    standard_title_zh: str = ""
    standard_title_en: str = ""
    standard_year: int | None = None
    series: str = ""
    colour: str = ""

    @property
    def key(self) -> Key:
        return (*self.framework, self.code)


@dataclass(frozen=True)
class LinkRecord:
    """A GRI disclosure bears on a goal."""

    disclosure: Key
    goal: Key
    basis: str


@dataclass(frozen=True)
class CrosswalkRecord:
    """Where the subject of a GRI 2016 disclosure went; `target` is None where it has no code any more."""

    source: Key
    target: Key | None
    relation: str
    note: str


@dataclass(frozen=True)
class Catalogues:
    """Every framework edition with its disclosures, and the ways between them."""

    frameworks: tuple[FrameworkRecord, ...]
    disclosures: tuple[DisclosureRecord, ...]
    links: tuple[LinkRecord, ...]
    crosswalk: tuple[CrosswalkRecord, ...]

    @cached_property
    def of(self) -> dict[Edition, dict[str, DisclosureRecord]]:
        """Framework edition → code → disclosure."""
        found: dict[Edition, dict[str, DisclosureRecord]] = {}
        for record in self.disclosures:
            found.setdefault(record.framework, {})[record.code] = record
        return found


@dataclass(frozen=True)
class CategoryRecord:
    """One category, with its place among the others."""

    code: str
    name: Texts
    order: int


@dataclass(frozen=True)
class IssueRecord:
    """A primary (no `parent_code`) or secondary issue with the disclosures that it maps to, sorted."""

    code: str
    category: str
    parent_code: str
    name: Texts
    definition: Texts
    groups: tuple[str, ...]
    status: str
    mappings: tuple[Key, ...]


@dataclass(frozen=True)
class Library:
    """The contents of one edition: categories in their order, issues by code. Equal contents are equal values.

    `languages`: those in which every issue has a name.
    """

    categories: tuple[CategoryRecord, ...]
    issues: tuple[IssueRecord, ...]
    languages: tuple[str, ...] = field(default=("zh", "en"), compare=False)


@dataclass(frozen=True)
class NewerStandard:
    """A standard that takes the place of disclosures (`replaces`, codes of both sets) from a day on."""

    code: str
    year: int
    title_zh: str
    title_en: str
    applies_from: date
    replaces: tuple[str, ...]


@dataclass(frozen=True)
class StandardWarning:
    """On the day `standard` is in force; `codes` of older disclosures are concerned, in the catalogue's order."""

    standard: NewerStandard
    codes: tuple[str, ...]


def _codes(standard: int, last: int) -> tuple[str, ...]:
    return tuple(f"{standard}-{number}" for number in range(1, last + 1))


NEWER_STANDARDS = (
    NewerStandard("101", 2024, "生物多样性", "Biodiversity", date(2026, 1, 1), _codes(304, 4)),
    NewerStandard("102", 2025, "气候变化", "Climate Change", date(2027, 1, 1), ("201-2", *_codes(305, 5))),
    NewerStandard("103", 2025, "能源", "Energy", date(2027, 1, 1), _codes(302, 5)),
)


def standard_warnings(day: date, used: Collection[str] | None = None) -> list[StandardWarning]:
    """Standards that are in force on a day of publication, each with the older codes it replaces.

    With `used`, only codes among them, and no warning where none is.
    """
    found = []
    for standard in NEWER_STANDARDS:
        codes = tuple(code for code in standard.replaces if used is None or code in used)
        if day >= standard.applies_from and codes:
            found.append(StandardWarning(standard, codes))
    return found
