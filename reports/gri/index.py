"""The GRI content index: by section as companies print it, and by disclosure for checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.gri.codes import Catalogue, code_key, is_sector_code


@dataclass(frozen=True)
class OutlineRow:
    """One row of the report outline (`formats.md`, outline), its disclosures parsed to codes of one edition."""

    order: int
    chapter: str
    section: str = ""
    chapter_en: str = ""
    section_en: str = ""
    issues: tuple[str, ...] = ()
    disclosures: tuple[str, ...] = ()
    location: str = ""
    omission_requirement: str = ""
    omission_reason: str = ""
    omission_explanation: str = ""


@dataclass(frozen=True)
class IndexRow:
    """One printed line. `titles` goes with `codes`, one each; "" for a code that the catalogue does not list."""

    order: int
    chapter: str
    section: str
    codes: tuple[str, ...]
    titles: tuple[str, ...]
    location: str


def build_index(rows: Iterable[OutlineRow], catalogue: Catalogue, language: str) -> list[IndexRow]:
    """One index row per outline row, in outline order, with texts in `language` (`zh-hans` or `en`; else ValueError).

    Where a text is missing in the language, the other one stands. Codes keep the order of the outline; rows without
    disclosures stay, because the index shows the whole report.
    """
    english = _is_english(language)
    return [_index_row(row, catalogue, english) for row in sorted(rows, key=lambda row: row.order)]


def by_disclosure(rows: Iterable[IndexRow]) -> dict[str, list[tuple[str, str]]]:
    """Code -> (section, location) of each row that carries it; codes in natural order, rows in index order.

    A row on chapter level is named by its chapter.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        for code in row.codes:
            found.setdefault(code, []).append((section_name(row), row.location))
    return {code: found[code] for code in sorted(found, key=code_key)}


def section_name(row: IndexRow) -> str:
    """What to call the row: its section, or the chapter for a row on chapter level."""
    return row.section or row.chapter


def codes_of_standard(rows: Sequence[IndexRow], catalogue: Catalogue, standard: str) -> tuple[str, ...]:
    """The standard's codes that the index carries, in natural order."""
    used = {code for row in rows for code in row.codes}
    return tuple(code for code in catalogue.standards.get(standard, ()) if code in used)


def _index_row(row: OutlineRow, catalogue: Catalogue, english: bool) -> IndexRow:
    return IndexRow(
        order=row.order,
        chapter=_text(row.chapter, row.chapter_en, english),
        section=_text(row.section, row.section_en, english),
        codes=tuple(row.disclosures),
        titles=tuple(_title(code, catalogue, english) for code in row.disclosures),
        location=row.location,
    )


def _title(code: str, catalogue: Catalogue, english: bool) -> str:
    found = catalogue.get(code)
    return _text(found.title_zh, found.title_en, english) if found else ""


def _text(zh: str, en: str, english: bool) -> str:
    return (en or zh) if english else (zh or en)


def _is_english(language: str) -> bool:
    family = language.lower().replace("_", "-").partition("-")[0]
    if family not in ("zh", "en"):
        raise ValueError(f"no texts in language {language!r}")
    return family == "en"


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
