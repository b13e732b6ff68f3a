"""Values that a library and its catalogues are made of, free of the database."""

from dataclasses import dataclass
from functools import cached_property

Edition = tuple[str, str]  # framework code, edition: ("GRI", "2016")
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
    name_zh: str
    name_en: str
    order: int


@dataclass(frozen=True)
class IssueRecord:
    """A primary (no `parent_code`) or secondary issue with the disclosures that it maps to, sorted."""

    code: str
    category: str
    parent_code: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    groups: tuple[str, ...]
    status: str
    mappings: tuple[Key, ...]


@dataclass(frozen=True)
class Library:
    """The contents of one edition: categories in their order, issues by code. Equal contents are equal values."""

    categories: tuple[CategoryRecord, ...]
    issues: tuple[IssueRecord, ...]
