"""Warnings about a content index: nothing here stops an output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.gri.catalogue import Catalogue, is_sector_code
from reports.gri.index import IndexRow, by_disclosure, codes_of_standard, section_name

UNIVERSAL = ("1", "2", "3")  # standards of edition 2021 that every report uses; all others are topic standards
GENERAL = "2"
MANAGEMENT = "3-3"
WITH_UNIVERSAL_2021 = "2021"


@dataclass(frozen=True)
class IndexWarning:
    """`code` is a key of `problems.INDEX_WARNINGS`; `order` is the outline row concerned, if it is one."""

    code: str
    params: Mapping[str, str]
    order: int | None = None


@dataclass(frozen=True)
class Coverage:
    """How many disclosures of a standard the index carries, of how many, and which it does not."""

    present: int
    total: int
    missing: tuple[str, ...]


def check_index(rows: Sequence[IndexRow], catalogue: Catalogue) -> list[IndexWarning]:
    """All warnings: rows first, in index order, then disclosures, then (edition 2021) 3-3 and the general disclosures.

    A code in several rows is no warning; it needs a location in one of them.
    """
    warnings = [*_unlisted_codes(rows, catalogue), *_rows_without_location(rows), *_nowhere_located(rows)]
    if catalogue.edition == WITH_UNIVERSAL_2021:
        warnings += [*_without_management(rows, catalogue), *_general_missing(rows, catalogue)]
    return warnings


def general_coverage(rows: Sequence[IndexRow], catalogue: Catalogue) -> Coverage:
    """Coverage of 2-1 to 2-30 (GRI 2: General Disclosures 2021); total 0 in edition 2016."""
    listed = catalogue.standards.get(GENERAL, ())
    present = codes_of_standard(rows, catalogue, GENERAL)
    return Coverage(len(present), len(listed), tuple(code for code in listed if code not in present))


def _unlisted_codes(rows: Sequence[IndexRow], catalogue: Catalogue) -> list[IndexWarning]:
    """Codes that the edition does not list: left over from another edition, or sector topics before 2021."""
    found = []
    for row in rows:
        for code in row.codes:
            sector = is_sector_code(code)
            if code in catalogue or (sector and catalogue.edition == WITH_UNIVERSAL_2021):
                continue
            params = {"code": code, "section": section_name(row), "edition": catalogue.edition}
            found.append(IndexWarning("sector_code" if sector else "unknown_code", params, row.order))
    return found


def _rows_without_location(rows: Sequence[IndexRow]) -> list[IndexWarning]:
    return [
        IndexWarning(
            "section_without_location", {"section": section_name(row), "codes": ", ".join(row.codes)}, row.order
        )
        for row in rows
        if row.codes and not row.location
    ]


def _nowhere_located(rows: Sequence[IndexRow]) -> list[IndexWarning]:
    return [
        IndexWarning("disclosure_without_location", {"code": code})
        for code, places in by_disclosure(rows).items()
        if not any(location for _, location in places)
    ]


def _without_management(rows: Sequence[IndexRow], catalogue: Catalogue) -> list[IndexWarning]:
    """Topic standards none of whose rows carries 3-3 (GRI 3 asks for it with every material topic)."""
    beside = {code for row in rows if MANAGEMENT in row.codes for code in row.codes}
    found = []
    for standard in catalogue.standards:
        codes = codes_of_standard(rows, catalogue, standard)
        if codes and standard not in UNIVERSAL and beside.isdisjoint(codes):
            found.append(IndexWarning("management_missing", {"standard": standard, "codes": ", ".join(codes)}))
    return found


def _general_missing(rows: Sequence[IndexRow], catalogue: Catalogue) -> list[IndexWarning]:
    coverage = general_coverage(rows, catalogue)
    if not coverage.missing:
        return []
    params = {"present": str(coverage.present), "total": str(coverage.total), "codes": ", ".join(coverage.missing)}
    return [IndexWarning("general_missing", params)]
