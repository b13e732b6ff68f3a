"""A library file's mapping cells to disclosures: codes per GRI edition, goals, and topics by title or code."""

import re
from collections.abc import Callable
from functools import lru_cache

from materiality.library_file.esrs_titles import UnknownTitle, resolve_esrs, resolve_exchange
from materiality.library_file.nearest import nearest_code
from materiality.library_file.problems import Problem
from materiality.library_file.records import Catalogues, DisclosureRecord, Edition, Key

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
