"""Outline rows into the tables; the actions that use it open the transaction and write the audit event."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from materiality.models import Cycle, Disclosure, Issue
from materiality.refusals import NotAllowed
from reports.gri.catalogue import is_sector_code
from reports.gri.index import OutlineRow
from reports.models import IndexEntry, Section
from reports.queries.catalogue import GRI

# Reports are written after the sign-off too; only an archived cycle stands still.
OUTLINE_STATES = tuple(state for state in Cycle.State.values if state != Cycle.State.ARCHIVED)


def store_rows(cycle: Cycle, rows: Sequence[OutlineRow]) -> None:
    """Add rows to the outline. NotAllowed where a code is neither of the cycle's editions nor a sector topic."""
    issues = _keys(Issue.objects.filter(edition_id=cycle.edition_id), {code for row in rows for code in row.issues})
    wanted = {code for row in rows for code in row.disclosures}
    catalogue = Disclosure.objects.filter(framework__code=GRI, framework__edition=cycle.gri_edition)
    disclosures = _keys(catalogue, {code for code in wanted if not is_sector_code(code)})
    sections = Section.objects.bulk_create([_section(cycle, row) for row in rows])
    link = Section.issues.through
    link.objects.bulk_create(
        link(section_id=section.pk, issue_id=issues[code])
        for section, row in zip(sections, rows, strict=True)
        for code in row.issues
    )
    IndexEntry.objects.bulk_create(
        IndexEntry(
            row=section,
            position=position,
            disclosure_id=disclosures.get(code),
            sector_code="" if code in disclosures else code,
        )
        for section, row in zip(sections, rows, strict=True)
        for position, code in enumerate(row.disclosures)
    )


def outline_digest(rows: Sequence[OutlineRow]) -> str:
    """SHA-256 of the rows, for the audit trail."""
    contents = json.dumps([asdict(row) for row in rows], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(contents.encode()).hexdigest()


def _keys(queryset, codes: set[str]) -> dict[str, int]:
    """Primary key by code, in one query."""
    found = dict(queryset.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    if missing := sorted(codes - found.keys()):
        raise NotAllowed(_("These codes are not known in this cycle: %(codes)s.") % {"codes": ", ".join(missing)})
    return found


def _section(cycle: Cycle, row: OutlineRow) -> Section:
    return Section(
        cycle=cycle,
        order=row.order,
        chapter_zh=row.chapter,
        chapter_en=row.chapter_en,
        section_zh=row.section,
        section_en=row.section_en,
        location=row.location,
        omission_requirement=row.omission_requirement,
        omission_reason=row.omission_reason,
        omission_explanation=row.omission_explanation,
    )
