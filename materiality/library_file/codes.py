"""Codes of mappings in a library file, and titles that people write in place of codes."""

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Lookup
from difflib import SequenceMatcher
from functools import lru_cache

from materiality.lineage.records import EQUAL, Catalogues, DisclosureRecord, Edition, Key, Mapping
from materiality.tables.problems import Problem, nearest, nearest_code

Topics = Lookup[str, tuple[str, str]]  # code -> (title, parent code or "")

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


# Rows that only head others, and to which no issue is mapped. A part or section with a code of its own is a topic, too.
HEADS, PARTS = ("pillar", "group", "subject_area"), ("part", "section")
STANDARD, SECTOR, SECTOR_TOPIC, TARGET = "standard", "sector_standard", "sector_topic", "target"

TYPES = ("equal", "part", "whole", "related")
_TYPED = re.compile(r"(.*?)\s*[\[［【](\w+)[\]］】]")
_GRI_CODE = re.compile(r"(?:(?:GRI|Disclosure|披露项)\s*)?(\d+-\d+)(?:\s*[(（](\d{4})[)）])?", re.IGNORECASE)
_GRI_TITLED = re.compile(
    r"((?:GRI|Disclosure|披露项)?\s*\d+(?:-\d+)?)(?:\s*[:：]\s*|\s+)(\D.*?)(?:\s*[(（]?(\d{4})[)）]?)?", re.IGNORECASE
)
_WORDS_BEFORE = re.compile(r"(?:KPI|Goal|Target|Aspect|目标|具体目标|层面|关键绩效指标)\s*", re.IGNORECASE)
_FOUNDATION = re.compile(r"(?:GRI\s*)?101(?![\d.])", re.IGNORECASE)
_GRI_STANDARD = re.compile(r"(?:GRI\s*(\d{1,3})|(\d{3}))(?:\s*[:：]?\s*[(（]?(\d{4})[)）]?)?", re.IGNORECASE)


def heads_only(kind: str, code_official: bool, has_parent: bool, has_children: bool) -> bool:
    """Whether a row of a catalogue only heads others; one of no kind does where it has children and no parent."""
    if not kind:
        return has_children and not has_parent
    return kind in HEADS or (kind in PARTS and not code_official)


def typed(part: str) -> tuple[str, str]:
    """A part of a mapping cell without its type, and the type: `GRI 403 [part]`. None means equal."""
    found = _TYPED.fullmatch(part)
    return (found[1], found[2].lower()) if found else (part, EQUAL)


class MappingCodes:
    """Resolves one part of a mapping cell; wrong parts become problems that name what is nearest."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self.editions = catalogues.columns
        self._replaced = {(framework, code): now for framework, code, now in catalogues.replaced}
        self.resolve = lru_cache(maxsize=None)(self._resolve)  # a title stands in many rows

    def written(self, column: str, code: str) -> str:
        """How a code stands in a file, so that `resolve` gives it back: of two meanings the newer with its year."""
        record = self._catalogues.of.get(self.editions[column], {}).get(code)
        doubtful = record is not None and record.framework[0] == "GRI" and self.older_meaning(record)
        return f"{code} ({record.standard_year})" if doubtful else code

    def mappable(self, column: str) -> list[DisclosureRecord]:
        """The rows of a column's catalogue to which an issue can be mapped."""
        known = self._catalogues.of.get(self.editions[column], {})
        parents = {record.parent_code for record in known.values()}
        return [
            record
            for record in known.values()
            if not heads_only(record.kind, record.code_official, bool(record.parent_code), record.code in parents)
        ]

    def mapping(self, column: str, part: str) -> Mapping | Problem:
        """What a part of a cell maps to, and how."""
        text, kind = typed(part)
        if kind not in TYPES:
            return Problem("unknown_type", value=part, nearest=nearest(kind, TYPES, at_least=0.3))
        found = self.resolve(column, text)
        return found if isinstance(found, Problem) else (*found, kind)

    def _resolve(self, column: str, part: str) -> Key | Problem:
        """Key of the disclosure that `part` names in the column's framework edition, or a problem without its place."""
        framework = self.editions[column]
        known = self._catalogues.of.get(framework, {})
        if framework[0] == "ESRS":
            topics = {code: (record.title_en, record.parent_code) for code, record in known.items()}
            return self._by_title(part, framework, lambda: resolve_esrs(part, topics))
        if framework[0] == "CNSE":
            topics = {code: (record.title_zh, record.parent_code) for code, record in known.items()}
            code = part.zfill(2) if part.isdecimal() else part  # a spreadsheet turns 01 into 1
            return self._by_title(part, framework, lambda: resolve_exchange(code, topics))
        if framework[0] == "GRI":
            return self._gri(part, framework, known)
        return self._plainly(column, part, framework)

    def _plainly(self, column: str, part: str, framework: Edition) -> Key | Problem:
        """By code, by the code that has taken the place of an older one, or by title in any language."""
        listed = {record.code: record for record in self.mappable(column)}
        bare = re.sub(rf"{re.escape(framework[0])}\s*", "", part, count=1)  # SDG 8.5, SDG8
        bares = (part, bare, _WORDS_BEFORE.sub("", bare, count=1))
        code = next((each for each in bares if each in listed), self._replaced.get((framework, part), part))
        if code in listed:
            return (*framework, code)
        titled = [code for code, row in listed.items() if _plain(part) in map(_plain, row.titles)]
        if len(titled) == 1:
            return (*framework, titled[0])
        return _unknown("unknown_code", part, framework, nearest_code(part, list(listed)))

    def _by_title(self, part: str, framework: Edition, resolve: Callable[[], str]) -> Key | Problem:
        try:
            return (*framework, resolve())
        except UnknownTitle as error:
            return _unknown("unknown_title", part, framework, (error.nearest,) if error.nearest else ())

    def _gri(self, part: str, framework: Edition, known: dict[str, DisclosureRecord]) -> Key | Problem:
        code, year = _gri_code(part, known)
        record = known.get(f"{code} ({year})") or known.get(code)
        if record is None and framework[1] == "2016" and _FOUNDATION.match(code):
            return Problem("foundation", value=part)  # what 101 stands for since 2024 is no meaning here
        if record is None or (year and int(year) != record.standard_year):
            offered = self._counterparts(framework, code) or nearest_code(code, known)
            return _unknown("unknown_code", part, framework, offered)
        older = self.older_meaning(record)
        if older and not year:
            return self._year_needed(part, record, older)
        return record.key

    def older_meaning(self, record: DisclosureRecord) -> DisclosureRecord | None:
        """The disclosure that had this code in an earlier edition, if it was another standard's (architecture.md)."""
        for framework, disclosures in self._catalogues.of.items():
            held = disclosures.get(record.code)
            if framework[0] == "GRI" and framework < record.framework and held:
                return held if held.standard_year != record.standard_year else None
        return None

    def _year_needed(self, part: str, record: DisclosureRecord, older: DisclosureRecord) -> Problem:
        offered = (*self._counterparts(record.framework, record.code), f"{record.code} ({record.standard_year})")
        titles = {"old_title_zh": older.title_zh, "old_title_en": older.title_en}
        titles |= {"title_zh": record.title_zh, "title_en": record.title_en}
        params = {**titles, "old_edition": older.framework[1], "year": str(record.standard_year)}
        return Problem("year_needed", value=part, nearest=offered, params=params)

    def _counterparts(self, framework: Edition, code: str) -> tuple[str, ...]:
        """Codes of this GRI edition where the crosswalk says the other edition's `code` is found."""
        found: list[str] = []
        for row in self._catalogues.crosswalk:
            ways = ((row.source, row.target), (row.target, row.source))
            found += [to[2] for at, to in ways if at and to and at[2] == code and to[:2] == framework != at[:2]]
        return tuple(dict.fromkeys(found))


def _gri_code(part: str, known: Lookup[str, DisclosureRecord]) -> tuple[str, str | None]:
    """The code as the catalogue has it, and the year beside it: of a disclosure, a whole standard or a sector topic."""
    if part in known:
        return part, None
    if found := _GRI_CODE.fullmatch(part):
        return found[1], found[2]
    if found := _GRI_STANDARD.fullmatch(part):
        return f"GRI {found[1] or found[2]}", found[3]
    if found := _GRI_TITLED.fullmatch(part):
        code, year = _gri_code(found[1].strip(), known)
        titled = [
            each for each in known.values() if each.bare_code == code and _plain(found[2]) in map(_plain, each.titles)
        ]
        if len(titled) == 1:
            return code, found[3] or year or str(titled[0].standard_year)
    return part, None


def _unknown(kind: str, part: str, framework: Edition, offered: tuple[str, ...]) -> Problem:
    return Problem(kind, value=part, nearest=offered, params={"framework": " ".join(framework)})
