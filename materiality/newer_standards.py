"""Which GRI standards newer than the sets of 2016 and 2021 apply to a period. Pure.

Source: the effective dates that the standards name: GRI 101: Biodiversity 2024 (1 January 2026), GRI 102: Climate
Change 2025 and GRI 103: Energy 2025 (1 January 2027).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


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
    """In the period `standard` applies; `codes` of older disclosures are concerned, in the catalogue's order."""

    standard: NewerStandard
    codes: tuple[str, ...]


def _codes(standard: int, last: int) -> tuple[str, ...]:
    return tuple(f"{standard}-{number}" for number in range(1, last + 1))


NEWER_STANDARDS = (
    NewerStandard("101", 2024, "生物多样性", "Biodiversity", date(2026, 1, 1), _codes(304, 4)),
    NewerStandard("102", 2025, "气候变化", "Climate Change", date(2027, 1, 1), ("201-2", *_codes(305, 5))),
    NewerStandard("103", 2025, "能源", "Energy", date(2027, 1, 1), _codes(302, 5)),
)


def standard_warnings(period_end: date, used: Collection[str] | None = None) -> list[StandardWarning]:
    """Standards that apply by the end of a period, each with the older codes it replaces.

    With `used`, only codes among them, and no warning where none is.
    """
    found = []
    for standard in NEWER_STANDARDS:
        codes = tuple(code for code in standard.replaces if used is None or code in used)
        if period_end >= standard.applies_from and codes:
            found.append(StandardWarning(standard, codes))
    return found
