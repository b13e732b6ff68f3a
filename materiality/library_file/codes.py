"""Codes of mappings in a library file, and titles that people write in place of codes."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from materiality.lineage.records import Catalogues, DisclosureRecord, Edition, Key
from materiality.tables.problems import Problem, nearest_code

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


FRAMEWORKS = {
    "gri_2016": "GRI",
    "gri_2021": "GRI",
    "sdgs": "SDG",
    "esrs": "ESRS",
    "cn_exchange": "CNSE",
    "hkex": "HKEX",
}
_GRI_CODE = re.compile(r"(?:GRI\s*)?(\d+-\d+)(?:\s*[(（](\d{4})[)）])?", re.IGNORECASE)


class MappingCodes:
    """Resolves one part of a mapping cell; wrong parts become problems that name what is nearest."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        editions = {framework.code: framework.edition for framework in catalogues.frameworks}
        self.editions: dict[str, Edition] = {column: (code, editions[code]) for column, code in FRAMEWORKS.items()}
        self.editions |= {f"gri_{year}": ("GRI", year) for year in ("2016", "2021")}
        self.resolve = lru_cache(maxsize=None)(self._resolve)  # a title stands in many rows

    def written(self, column: str, code: str) -> str:
        """How a code stands in a file, so that `resolve` gives it back: of two meanings the newer with its year."""
        record = self._catalogues.of.get(self.editions[column], {}).get(code)
        doubtful = column.startswith("gri_") and record is not None and self.older_meaning(record)
        return f"{code} ({record.standard_year})" if doubtful else code

    def _resolve(self, column: str, part: str) -> Key | Problem:
        """Key of the disclosure that `part` names in the column's framework edition, or a problem without its place."""
        framework = self.editions[column]
        known = self._catalogues.of.get(framework, {})
        if column == "esrs":
            topics = {code: (record.title_en, record.parent_code) for code, record in known.items()}
            return self._by_title(part, framework, lambda: resolve_esrs(part, topics))
        if column == "cn_exchange":
            topics = {code: (record.title_zh, record.parent_code) for code, record in known.items()}
            code = part.zfill(2) if part.isdecimal() else part  # a spreadsheet turns 01 into 1
            return self._by_title(part, framework, lambda: resolve_exchange(code, topics))
        if column in ("gri_2016", "gri_2021"):
            return self._gri(part, framework, known)
        listed = [code for code, record in known.items() if record.parent_code or framework[0] == "SDG"]
        if part in listed:
            return (*framework, part)
        return _unknown("unknown_code", part, framework, nearest_code(part, listed))

    def _by_title(self, part: str, framework: Edition, resolve: Callable[[], str]) -> Key | Problem:
        try:
            return (*framework, resolve())
        except UnknownTitle as error:
            return _unknown("unknown_title", part, framework, (error.nearest,) if error.nearest else ())

    def _gri(self, part: str, framework: Edition, known: dict[str, DisclosureRecord]) -> Key | Problem:
        match = _GRI_CODE.fullmatch(part)
        code, year = (match[1], match[2]) if match else (part, None)
        record = known.get(code)
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


def _unknown(kind: str, part: str, framework: Edition, offered: tuple[str, ...]) -> Problem:
    return Problem(kind, value=part, nearest=offered, params={"framework": " ".join(framework)})
