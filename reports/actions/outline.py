"""The outline of a report: import, save and remove sections."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.models import Cycle, Disclosure, Issue, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_REVIEW, locked_cycle
from reports.gri.codes import is_sector_code
from reports.gri.index import OutlineRow
from reports.models import IndexEntry, Section
from reports.queries.outline import GRI, outline_rows

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


@transaction.atomic
def import_outline(*, cycle: Cycle, rows: Sequence[OutlineRow], gri_edition: str = "", by: User | None) -> Cycle:
    """Put `rows` in the place of the whole outline; codes are those of the cycle's GRI edition.

    `gri_edition` (`2016` or `2021`) is the edition that the codes are of where it is not the cycle's: the cycle takes
    it over, since the whole index is then of that edition. NotAllowed where the cycle is archived, where its review
    has begun and the edition would change, or where a code is unknown.
    """
    changes_edition = bool(gri_edition) and gri_edition != cycle.gri_edition
    stored = locked_cycle(cycle, BEFORE_REVIEW if changes_edition else OUTLINE_STATES)
    before = _described(stored, outline_rows(stored))
    if changes_edition:
        stored.gri_edition = gri_edition
        stored.save(update_fields=["gri_edition"])
    Section.objects.filter(cycle=stored).delete()
    store_rows(stored, rows)
    audit.record("import_outline", stored, by=by, before=before, after=_described(stored, rows))
    return stored


def _described(cycle: Cycle, rows: Sequence[OutlineRow]) -> dict:
    return {"gri_edition": cycle.gri_edition, "sections": len(rows), "sha256": outline_digest(rows)}


@transaction.atomic
def remove_section(*, cycle: Cycle, order: int, by: User | None) -> None:
    """Remove the section with this order. NotAllowed where the cycle is archived or there is no such section."""
    stored = locked_cycle(cycle, OUTLINE_STATES)
    known = {each.order: each for each in outline_rows(stored)}
    if order not in known:
        raise NotAllowed(_("This section is no longer there. Somebody else has removed or renumbered it."))
    stored.sections.filter(order=order).delete()
    audit.record("remove_section", stored, by=by, before=asdict(known[order]))


@transaction.atomic
def save_section(*, cycle: Cycle, row: OutlineRow, replacing: int | None = None, by: User | None) -> None:
    """Store `row`; `replacing` is the order of the section that it takes the place of, None for a new one.

    NotAllowed where the cycle is archived, the section to replace is gone, or the order is another section's.
    """
    stored = locked_cycle(cycle, OUTLINE_STATES)
    known = {each.order: each for each in outline_rows(stored)}
    if replacing is not None and replacing not in known:
        raise NotAllowed(_("This section is no longer there. Somebody else has removed or renumbered it."))
    if row.order != replacing and row.order in known:
        raise NotAllowed(_("Another section has the order %(order)s already.") % {"order": row.order})
    before = asdict(known[replacing]) if replacing is not None else {}
    if replacing is not None:
        stored.sections.filter(order=replacing).delete()
    store_rows(stored, [row])
    audit.record("save_section", stored, by=by, before=before, after=asdict(row))
