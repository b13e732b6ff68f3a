"""The GRI Standards by identity: what a number stood for in which year, its titles, days in force, successors."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from materiality.library_file.catalogues import day_of, read_fixture

EDITIONS = ("2016", "2021")
# In edition 2021 these numbers, which meant something else before, count only with the year (architecture.md).
YEAR_NEEDED = frozenset({"102", "103"})
FOUNDATION, GENERAL, TOPICS, MANAGEMENT = "1", "2", "3", "3-3"


@dataclass(frozen=True)
class Titled:
    """What has titles in both languages and days in force (`until` is the first day that it is not)."""

    title_zh: str
    title_en: str
    since: date | None
    until: date | None
    replaced_by: str

    def title(self, chinese: bool) -> str:
        return self.title_zh if chinese else self.title_en

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Standard(Titled):
    """One standard of one year, such as GRI 303 of 2018: `303@2018`."""

    code: str
    year: int
    kind: str  # universal, topic or sector
    series: str
    editions: frozenset[str]

    @property
    def identity(self) -> str:
        return f"{self.code}@{self.year}"


@dataclass(frozen=True)
class Disclosure(Titled):
    """One disclosure of a standard of one year, such as 303-3 of 2018: `303-3@2018`.

    `default_from` to `default_before` are the days of publication on which the bare number means this one.
    """

    identity: str
    code: str
    standard: Standard
    editions: frozenset[str]
    default_from: date | None = None
    default_before: date | None = None

    @property
    def year(self) -> int:
        return self.standard.year

    @property
    def number(self) -> int:
        return int(self.code.partition("-")[2])

    def is_meant_on(self, day: date) -> bool:
        return (self.default_from is None or self.default_from <= day) and (
            self.default_before is None or day < self.default_before
        )


@dataclass(frozen=True)
class SectorTopic:
    """A topic of a sector standard in one version: `12.1` of `12@1.0`."""

    code: str
    version: str
    title_zh: str
    title_en: str

    def title(self, chinese: bool) -> str:
        return self.title_zh if chinese else self.title_en


@dataclass(frozen=True)
class SectorReference:
    """What a sector standard lists under a topic: 3-3, a disclosure (`identity`), or an additional one."""

    ref: str
    version: str
    topic: str
    kind: str
    identity: str


@dataclass(frozen=True)
class Successor:
    """Where the subject of a disclosure went: `target` is empty where nothing follows."""

    source: str
    target: str
    relation: str
    note_zh: str
    note_en: str

    def note(self, chinese: bool) -> str:
        return self.note_zh if chinese else self.note_en

    @property
    def is_doubtful(self) -> bool:
        return "doubt" in self.note_en


@dataclass(frozen=True)
class Standards:
    """All of GRI that an index is read, checked and printed by."""

    standards: dict[str, Standard]
    disclosures: dict[str, Disclosure]
    topics: tuple[SectorTopic, ...]
    references: tuple[SectorReference, ...]
    successors: tuple[Successor, ...]
    variants: tuple[tuple[str, str], ...] = ()  # identity, or `GRI 303@2018`, and another wording of its title
    reasons: dict[str, str] = field(default_factory=dict)  # folded wording -> key of a reason for omission
    no_omission: frozenset[str] = frozenset()  # identities that cannot be left out

    def __post_init__(self) -> None:
        assert self.disclosures, "no disclosure was read"

    @cached_property
    def by_code(self) -> dict[str, tuple[Disclosure, ...]]:
        """Code -> what it meant, the oldest first."""
        found: dict[str, list[Disclosure]] = defaultdict(list)
        for disclosure in sorted(self.disclosures.values(), key=lambda each: each.year):
            found[disclosure.code].append(disclosure)
        return {code: tuple(meanings) for code, meanings in found.items()}

    @cached_property
    def by_number(self) -> dict[str, tuple[Standard, ...]]:
        """Number of a standard -> the standards that bear or bore it, the oldest first."""
        found: dict[str, list[Standard]] = defaultdict(list)
        for standard in sorted(self.standards.values(), key=lambda each: each.year):
            found[standard.code].append(standard)
        return {code: tuple(standards) for code, standards in found.items()}

    @cached_property
    def of_standard(self) -> dict[str, tuple[Disclosure, ...]]:
        """Identity of a standard -> its disclosures in order."""
        found: dict[str, list[Disclosure]] = defaultdict(list)
        for disclosure in sorted(self.disclosures.values(), key=lambda each: each.number):
            found[disclosure.standard.identity].append(disclosure)
        return {identity: tuple(each) for identity, each in found.items()}

    @cached_property
    def titled(self) -> dict[str, frozenset[str]]:
        """Folded title in any wording -> identities of disclosures that have it."""
        return _by_title(
            [(d.identity, title) for d in self.disclosures.values() for title in (d.title_zh, d.title_en)]
            + [(identity, text) for identity, text in self.variants if not identity.startswith("GRI ")]
        )

    @cached_property
    def titled_standards(self) -> dict[str, frozenset[str]]:
        """Folded title in any wording -> identities of standards that have it."""
        return _by_title(
            [(s.identity, title) for s in self.standards.values() for title in (s.title_zh, s.title_en)]
            + [(name.removeprefix("GRI "), text) for name, text in self.variants if name.startswith("GRI ")]
        )

    @cached_property
    def titled_topics(self) -> dict[str, frozenset[str]]:
        """Folded title -> codes of the sector topics that have it."""
        return _by_title([(topic.code, title) for topic in self.topics for title in (topic.title_zh, topic.title_en)])

    @cached_property
    def _pairs(self) -> dict[str, list[frozenset[str]]]:
        """Identity of a disclosure -> the pairs of letters of each wording of its title."""
        found: dict[str, list[frozenset[str]]] = defaultdict(list)
        for title, identities in self.titled.items():
            for identity in identities:
                found[identity].append(_letter_pairs(title))
        return found

    def better_title(self, words: str, meant: Iterable[Disclosure], least: float = 0.5) -> str:
        """The identity whose title the words look like (at least so much, 0 to 1) and clearly more than like any that
        is meant; "" where there is none.
        """
        if not 6 <= len(title_key(words)) <= 150:
            return ""
        pairs = _letter_pairs(title_key(words))
        found = {identity: _likeness(pairs, titles) for identity, titles in self._pairs.items()}
        best = max(found, key=found.__getitem__)
        own = max(found[each.identity] for each in meant)
        return best if found[best] >= least and own < found[best] / 2 else ""

    @cached_property
    def sector_topics(self) -> dict[str, tuple[SectorTopic, ...]]:
        """`12.1` -> the topic in each version that has it."""
        return _grouped(self.topics, lambda topic: topic.code)

    @cached_property
    def sector_references(self) -> dict[str, tuple[SectorReference, ...]]:
        """`12.3.4` -> the reference in each version that has it."""
        return _grouped(self.references, lambda reference: reference.ref)

    @cached_property
    def followed(self) -> dict[str, tuple[Successor, ...]]:
        """Identity -> what follows it."""
        return _grouped(self.successors, lambda row: row.source)

    @cached_property
    def joined(self) -> frozenset[frozenset[str]]:
        """Pairs of codes of which one took over from the other."""
        pairs = ((row.source.partition("@")[0], row.target.partition("@")[0]) for row in self.successors if row.target)
        return frozenset(frozenset(pair) for pair in pairs)

    def spell(self, identity: str, edition: str, *, sure: bool = False) -> str:
        """The code as the edition reads it back: `302-1`, `303-3 (2016)`, `GRI 102-1 (2025)`; or `GRI 302`.

        `sure`: with the year wherever the edition has two, so that no day and no heading can change it.
        """
        code, _at, year = identity.partition("@")
        known = self.by_code if "-" in code else self.by_number
        years = [each.year for each in known.get(code, ()) if edition in each.editions]
        needed = edition == "2021" and code.partition("-")[0] in YEAR_NEEDED
        if "-" not in code:
            return f"GRI {code} ({year})" if year and (needed or len(years) > 1) else f"GRI {code}"
        if needed:
            return f"GRI {code} ({year})"
        bare = len(years) < 2 if sure else not years or max(years) == int(year)
        return code if bare else f"{code} ({year})"


def _letter_pairs(folded: str) -> frozenset[str]:
    return frozenset(folded[at : at + 2] for at in range(len(folded) - 1))


def _likeness(pairs: frozenset[str], titles: Iterable[frozenset[str]]) -> float:
    """The pairs of letters that a text has in common with the nearest of the titles (Dice)."""
    return max(2 * len(pairs & own) / (len(pairs) + len(own) or 1) for own in titles)


def _grouped(rows: Iterable, key) -> dict:
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return {name: tuple(each) for name, each in found.items()}


def _by_title(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for identity, title in pairs:
        found[title_key(title)].add(identity)
    return {title: frozenset(identities) for title, identities in found.items()}


# British spellings of words that stand in titles.
_BRITISH = (
    *(("isation", "ization"), ("organis", "organiz"), ("labour", "labor"), ("labelling", "labeling")),
    *(("behaviour", "behavior"), ("programme", "program"), ("minimis", "minimiz"), ("utilis", "utiliz")),
)


def title_key(title: str) -> str:
    """The title without what two prints of it may differ in: case, width, punctuation, spaces, British spelling."""
    text = unicodedata.normalize("NFKC", title).casefold().replace("&", "and")
    text = "".join(letter for letter in text if letter.isalnum())
    for british, american in _BRITISH:
        text = text.replace(british, american)
    return text


def code_key(code: str) -> tuple[int, ...]:
    """Sort key for the natural order of codes and identities: 2-1, 2-10, 11.2.1, 303-3@2016, 303-3@2018."""
    head, _at, year = code.partition("@")
    return (*map(int, re.findall(r"\d+", head)), int(year.partition(".")[0] or 0) if year else 0)


def read_standards(folder: Path) -> Standards:
    """The facts of the fixtures folder."""
    standards = {standard.identity: standard for standard in _standards(folder)}
    requirements = list(read_fixture(folder, "gri_requirements"))
    disclosures = {each.identity: each for each in _disclosures(folder, standards)}
    return Standards(
        standards,
        disclosures,
        tuple(
            SectorTopic(row["topic_code"], f"{row['standard_code']}@{row['version']}", row["title_zh"], row["title_en"])
            for row in read_fixture(folder, "gri_sector_topics")
        ),
        tuple(_references(folder)),
        tuple(_successors(folder, disclosures)),
        tuple((row["identity"], row["variant"]) for row in read_fixture(folder, "title_variants")),
        {
            title_key(row[name]): row["key"]
            for row in requirements
            if "reason" in row["kind"] or "spelling" in row["kind"]
            for name in ("text_zh", "text_en")
            if row[name]
        },
        frozenset(f"{row['key']}@2021" for row in requirements if row["kind"] == "no_omission"),
    )


def _titled(row: dict[str, str]) -> dict:
    days = {"since": day_of(row["effective_from"]), "until": day_of(row["withdrawn_from"])}
    return {"title_zh": row["title_zh"], "title_en": row["title_en"], "replaced_by": row["replaced_by"], **days}


def _standards(folder: Path) -> Iterator[Standard]:
    for row in read_fixture(folder, "gri_standards"):
        yield Standard(
            **_titled(row),
            code=row["standard_code"],
            year=int(row["standard_year"]),
            kind=row["kind"],
            series=row["series"],
            editions=frozenset(row["editions"].split(";")),
        )


def _disclosures(folder: Path, standards: dict[str, Standard]) -> Iterator[Disclosure]:
    rules = read_fixture(folder, "gri_identity_rules")
    windows = {row["identity"]: (day_of(row["default_from"]), day_of(row["default_before"])) for row in rules}
    editions: dict[str, set[str]] = defaultdict(set)
    kept = {}
    for name in ("gri_disclosures", "gri_disclosures_superseded"):
        for row in read_fixture(folder, name):
            editions[row["identity"]] |= set((row.get("editions") or row["edition"]).split(";"))
            kept.setdefault(row["identity"], row)
    for identity, row in kept.items():
        first, before = windows.get(identity, (None, None))
        yield Disclosure(
            **_titled(row),
            identity=identity,
            code=row["disclosure_code"],
            standard=standards[f"{row['standard_code']}@{row['standard_year']}"],
            editions=frozenset(editions[identity]),
            default_from=first,
            default_before=before,
        )


def _references(folder: Path) -> Iterator[SectorReference]:
    for row in read_fixture(folder, "gri_sector_references"):
        version = f"{row['standard_code']}@{row['version']}"
        yield SectorReference(row["ref"], version, row["topic_code"], row["kind"], row["identity"])


def _successors(folder: Path, disclosures: dict[str, Disclosure]) -> Iterator[Successor]:
    """2016 to 2021, the superseded of 2016, and those that standards of 2024 and 2025 follow."""
    identities = {}
    for each in sorted(disclosures.values(), key=lambda each: each.year):
        # The file names what a number means in each set, and so the newest of both.
        identities |= {(edition, each.code): each.identity for edition in each.editions}
    for row in read_fixture(folder, "gri_2016_to_2021"):
        target = identities[("2021", row["to_code"])] if row["to_code"] else ""
        yield Successor(identities[("2016", row["from_code"])], target, row["type"], row["note_zh"], row["note_en"])
    for name in ("gri_superseded_crosswalk", "gri_successors"):
        for row in read_fixture(folder, name):
            yield Successor(row["from_identity"], row["to_identity"], row["type"], row["note_zh"], row["note_en"])
