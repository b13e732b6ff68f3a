"""The disclosures of one GRI edition, keyed by code within that edition."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

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
