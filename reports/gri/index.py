"""The GRI content index: by section as companies print it, and by disclosure for checks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.gri.catalogue import Catalogue, code_key


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
