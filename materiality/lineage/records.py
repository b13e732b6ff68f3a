"""Values that a library and its catalogues are made of, free of the database."""

from collections.abc import Mapping as TextsByLanguage
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

Edition = tuple[str, str]  # framework code, edition: ("GRI", "2016")
Texts = TextsByLanguage[str, str]  # by language
LEVELS = 3  # of issues, at most
Key = tuple[str, str, str]  # framework code, edition, disclosure code; the code alone can mean two disclosures
Mapping = tuple[str, str, str, str]  # key of a disclosure, and how the issue is mapped to it
EQUAL = "equal"


@dataclass(frozen=True)
class FrameworkRecord:
    """One edition of a framework. `column` names it in sheets; `successor` is an edition of the same framework.

    `installed`: it is there from the beginning; others are taken in when somebody wants them.
    """

    code: str
    edition: str
    column: str
    title_zh: str
    title_en: str
    publisher: str
    in_force_from: date | None = None
    in_force_until: date | None = None
    successor: str = ""
    note_zh: str = ""
    note_en: str = ""
    installed: bool = True

    @property
    def key(self) -> Edition:
        return self.code, self.edition


@dataclass(frozen=True)
class DisclosureRecord:
    """One disclosure, goal or topic; `parent_code` is of the same framework edition, "" at the top.

    `identity` tells apart what one code meant in different years; `own_wording` are the languages whose title is ours,
    and a code that is not `code_official` is ours too and is not printed. It is in force from `effective_from` until
    the day before `withdrawn_from`.
    """

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
    kind: str = ""
    identity: str = ""
    effective_from: date | None = None
    withdrawn_from: date | None = None
    replaced_by: str = ""
    code_official: bool = True
    own_wording: tuple[str, ...] = ()
    other_titles: tuple[str, ...] = ()  # in further languages

    @property
    def key(self) -> Key:
        return (*self.framework, self.code)

    @property
    def titles(self) -> tuple[str, ...]:
        """In all languages."""
        return (self.title_zh, self.title_en, *self.other_titles)

    @property
    def bare_code(self) -> str:
        """Without the year that tells it from a newer one: `GRI 303` for `GRI 303 (2016)`."""
        return self.code.partition(" (")[0]


@dataclass(frozen=True)
class LinkRecord:
    """A GRI disclosure bears on a goal."""

    disclosure: Key
    goal: Key
    basis: str


@dataclass(frozen=True)
class CrosswalkRecord:
    """Where the subject of a disclosure went; `target` is None where it has no code any more."""

    source: Key
    target: Key | None
    relation: str
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Catalogues:
    """Every framework edition with its disclosures, and the ways between them.

    `replaced`: framework edition, a code of the edition before it, and the code that has taken its place.
    """

    frameworks: tuple[FrameworkRecord, ...]
    disclosures: tuple[DisclosureRecord, ...]
    links: tuple[LinkRecord, ...]
    crosswalk: tuple[CrosswalkRecord, ...]
    replaced: tuple[tuple[Edition, str, str], ...] = ()

    @cached_property
    def columns(self) -> dict[str, Edition]:
        """Column of a sheet → framework edition, in the order of the columns."""
        return {record.column: record.key for record in self.frameworks if record.column}

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
    """A primary (no `parent_code`) or secondary issue with what it is mapped to, sorted."""

    code: str
    category: str
    parent_code: str
    name: Texts
    definition: Texts
    groups: tuple[str, ...]
    status: str
    mappings: tuple[Mapping, ...]


@dataclass(frozen=True)
class Library:
    """The contents of one edition: categories in their order, issues by code. Equal contents are equal values.

    `languages`: those in which every issue has a name.
    """

    categories: tuple[CategoryRecord, ...]
    issues: tuple[IssueRecord, ...]
    languages: tuple[str, ...] = field(default=("zh", "en"), compare=False)
