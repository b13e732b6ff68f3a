"""The outline as the page shows it: texts in the active language, each chapter named once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from reports.gri.catalogue import Catalogue
from reports.gri.index import OutlineRow, build_index


@dataclass(frozen=True)
class OutlineLine:
    """One row; `repeated`: the chapter is that of the row above. Issues and disclosures as (code, name)."""

    order: int
    chapter: str
    section: str
    repeated: bool
    issues: list[tuple[str, str]]
    disclosures: list[tuple[str, str]]
    location: str
    omission: bool


def outline_lines(rows: Iterable[OutlineRow], catalogue: Catalogue, names: Mapping[str, str]) -> list[OutlineLine]:
    """Lines for the table; `names` gives the issues' names by code."""
    rows = list(rows)
    printed = build_index(rows, catalogue, get_language() or "zh-hans")
    lines = []
    for row, index in zip(rows, printed, strict=True):
        spelled = [catalogue.spell(code) for code in index.codes]
        lines.append(
            OutlineLine(
                order=row.order,
                chapter=index.chapter,
                section=index.section,
                repeated=bool(lines) and lines[-1].chapter == index.chapter,
                issues=[(code, names.get(code, "")) for code in row.issues],
                disclosures=list(zip(spelled, index.titles, strict=True)),
                location=row.location,
                omission=bool(row.omission_reason or row.omission_requirement or row.omission_explanation),
            )
        )
    return lines
