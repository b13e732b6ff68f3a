"""The outline of a cycle as plain rows."""

from collections import defaultdict

from materiality.models import Cycle
from reports.gri.index import OutlineRow
from reports.models import IndexEntry, Section

TEXTS = ("location", "omission_requirement", "omission_reason", "omission_explanation")


def outline_rows(cycle: Cycle) -> list[OutlineRow]:
    """All rows in outline order, in three queries."""
    issues: dict[int, list[str]] = defaultdict(list)
    for section, code in (
        Section.issues.through.objects.filter(section__cycle=cycle)
        .order_by("id")
        .values_list("section_id", "issue__code")
    ):
        issues[section].append(code)
    codes: dict[int, list[str]] = defaultdict(list)
    entries = IndexEntry.objects.filter(row__cycle=cycle).order_by("position", "pk")
    for section, code, sector_code in entries.values_list("row_id", "disclosure__code", "sector_code"):
        codes[section].append(code or sector_code)
    return [
        OutlineRow(
            order=section.order,
            chapter=section.chapter_zh,
            section=section.section_zh,
            chapter_en=section.chapter_en,
            section_en=section.section_en,
            issues=tuple(issues[section.pk]),
            disclosures=tuple(codes[section.pk]),
            **{name: getattr(section, name) for name in TEXTS},
        )
        for section in Section.objects.filter(cycle=cycle).order_by("order")
    ]
