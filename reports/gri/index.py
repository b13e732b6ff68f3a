"""The GRI content index as rows: what a section reports, where, and what it leaves out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from reports.gri.reading import Reading
from reports.gri.standards import Disclosure, Standards, code_key

OMISSION_REASONS = (
    "not_applicable",
    "legal_prohibitions",
    "confidentiality_constraints",
    "information_unavailable",
)


@dataclass(frozen=True)
class Entry:
    """One thing that a row reports: a disclosure, a whole standard, a sector topic or reference, or a text as printed
    that nobody has decided (`source` empty) or that is of another source, such as G4 or the company's own indicators.
    """

    identity: str = ""
    standard: str = ""
    sector: str = ""
    text: str = ""
    source: str = ""
    requirement: str = ""
    title: str = ""
    remark: str = ""

    @property
    def key(self) -> str:
        return self.identity or self.standard or self.sector or self.text

    @property
    def is_held(self) -> bool:
        return bool(self.text) and not self.source

    def told(self) -> dict[str, str]:
        """What it says, for the table and the audit trail."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class OutlineRow:
    """One row of the report outline (`formats.md`, outline).

    `held`: column -> text that could not be read and that nobody has decided. `frameworks`: column of another framework
    (`esrs`, `hkex`, …) -> its codes.
    """

    order: int
    chapter: str = ""
    section: str = ""
    chapter_en: str = ""
    section_en: str = ""
    issues: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    locations: tuple[str, ...] = ()
    omission_requirement: str = ""
    omission_reason: str = ""
    omission_explanation: str = ""
    frameworks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)

    @property
    def identities(self) -> tuple[str, ...]:
        return tuple(entry.identity for entry in self.entries if entry.identity)

    @property
    def omits(self) -> bool:
        return bool(self.omission_requirement or self.omission_reason or self.omission_explanation)

    def chapter_in(self, chinese: bool) -> str:
        return text_in(self.chapter, self.chapter_en, chinese)

    def section_in(self, chinese: bool) -> str:
        return text_in(self.section, self.section_en, chinese)

    def name_in(self, chinese: bool) -> str:
        """What to call the row: its section, or the chapter for a row on chapter level."""
        return self.section_in(chinese) or self.chapter_in(chinese)

    def told(self) -> dict:
        """The row as plain values, for frozen inputs and the audit trail."""
        return {
            **vars(self),
            "entries": [entry.told() for entry in self.entries],
        }  # asdict copies each, ten times slower


def row_of(told: Mapping) -> OutlineRow:
    """The row that `told` gave."""
    lists = {name: tuple(told[name]) for name in ("issues", "locations")}
    return OutlineRow(**{**told, **lists, "entries": tuple(Entry(**each) for each in told["entries"])})


def text_in(zh: str, en: str, chinese: bool) -> str:
    """The text in the language, in the other where there is none."""
    return (zh or en) if chinese else (en or zh)


def entries_of(reading: Reading) -> Iterator[Entry]:
    """What a row keeps of a reading: nothing where it says none; the text as printed where it is held back."""
    beside = {"requirement": reading.requirement, "title": reading.title, "remark": reading.remark}
    if not reading.is_stored:
        yield Entry(text=reading.text)
    elif reading.codes:
        yield from (Entry(identity=code, **beside) for code in reading.codes)
    elif reading.standard or reading.sector:
        yield Entry(standard=reading.standard, sector=reading.sector, **beside)


def without_doubles(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each thing once, where it stands first."""
    kept: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        kept.setdefault((entry.key, entry.requirement), entry)
    return tuple(kept.values())


def spelled(entry: Entry, gri: Standards, edition: str, *, sure: bool = False) -> str:
    """The entry as a code: `302-4-a`, `GRI 302`, `12.1`, or its text. `sure`: read back whatever the day."""
    if entry.sector or entry.text:
        return entry.sector or entry.text
    code = gri.spell(entry.identity or entry.standard, edition, sure=sure)
    if not entry.requirement:
        return code
    return f"{code}-{entry.requirement}" if len(entry.requirement) == 1 else f"{code} {entry.requirement}"


def entry_text(entry: Entry, gri: Standards, edition: str) -> str:
    """The entry as a file holds it, so that reading it gives the entry again."""
    parts = (spelled(entry, gri, edition, sure=True), entry.title, entry.remark)
    return " ".join(filter(None, parts)) if not entry.text else entry.text


def title_of(entry: Entry, gri: Standards, chinese: bool) -> str:
    """The title in the catalogues: of the disclosure, the standard or the sector topic; "" where there is none."""
    if entry.identity:
        return gri.disclosures[entry.identity].title(chinese) if entry.identity in gri.disclosures else ""
    if entry.standard:
        known = gri.standards.get(entry.standard) or (gri.by_number.get(entry.standard) or (None,))[-1]
        return known.title(chinese) if known else ""
    if entry.sector:
        topics = gri.sector_topics.get(entry.sector)
        return topics[-1].title(chinese) if topics else ""
    return entry.source


def folded(entries: Sequence[Entry], gri: Standards, edition: str) -> list[str]:
    """Codes as printed, three and more that follow one another folded to a range."""
    shown = []
    for run in _runs(entries, gri):
        codes = [spelled(entry, gri, edition) for entry in run]
        shown += [f"{codes[0]} ~ {codes[-1]}"] if len(codes) > 2 else codes
    return shown


def _runs(entries: Sequence[Entry], gri: Standards) -> Iterator[list[Entry]]:
    """Disclosures of one standard whose numbers follow one another; everything else alone."""

    def place(pair: tuple[int, Entry]) -> tuple:
        at, entry = pair
        found = gri.disclosures.get(entry.identity)
        if found is None or entry.requirement:
            return ("", at)
        return (found.standard.identity, found.number - at)

    for _key, pairs in groupby(enumerate(entries), key=place):
        yield [entry for _at, entry in pairs]


def heads_of(rows: Iterable[OutlineRow], gri: Standards) -> frozenset[str]:
    """Standards that claim nothing where no place is named beside them: sector standards, the foundation, and those of
    which rows name disclosures.
    """
    named = {identity for row in rows for identity in row.identities}
    used = {gri.disclosures[identity].standard.identity for identity in named & gri.disclosures.keys()}
    bare = {key for key in gri.standards if not gri.of_standard.get(key)}
    return frozenset(used | bare | {key.partition("@")[0] for key in used})


def claimed(row: OutlineRow, heads: Collection[str]) -> list[Entry]:
    """Entries of the row without whole standards that only head the rows below, which name their disclosures."""
    if row.locations:
        return list(row.entries)
    return [entry for entry in row.entries if not entry.standard or entry.standard not in heads]


@dataclass(frozen=True)
class Place:
    """Where an index says that a disclosure is: the row, and the entry in it."""

    row: OutlineRow
    entry: Entry


def places_of(rows: Iterable[OutlineRow]) -> dict[str, list[Place]]:
    """Key of an entry -> the rows that carry it, keys in natural order, rows in the order of the outline."""
    found: dict[str, list[Place]] = {}
    for row in sorted(rows, key=lambda row: row.order):
        for entry in row.entries:
            found.setdefault(entry.key, []).append(Place(row, entry))
    return {key: found[key] for key in sorted(found, key=_entry_key(found))}


def _entry_key(found: Mapping[str, list[Place]]):
    def key(name: str) -> tuple:
        entry = found[name][0].entry
        return (bool(entry.text), code_key(name) if not entry.text else (), name)

    return key


@dataclass(frozen=True)
class Topic:
    """A material topic: an issue of the library with the identities that it is mapped to."""

    code: str
    name_zh: str
    name_en: str
    issues: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()

    def name(self, chinese: bool) -> str:
        return text_in(self.name_zh, self.name_en, chinese)


@dataclass(frozen=True)
class Decision:
    """What is to happen with a disclosure: `report`, `omit` (with requirement, reason, explanation), `unused`."""

    identity: str
    state: str = "report"
    requirement: str = ""
    reason: str = ""
    explanation: str = ""
    by: str = ""


def is_general(disclosure: Disclosure) -> bool:
    """Of the universal standards that every report uses, but the management of topics."""
    return disclosure.standard.identity in ("102@2016", "2@2021")


def is_management(disclosure: Disclosure) -> bool:
    return disclosure.standard.identity in ("103@2016", "3@2021")
