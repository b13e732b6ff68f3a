"""The outline of a report: import with preview and undo, save and remove sections."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Cycle, Issue, Job, User
from materiality.platform import audit
from materiality.platform.digests import value_digest
from materiality.platform.files import keep_bytes
from materiality.platform.jobs import Progress, request_job
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.cycles import BEFORE_ARCHIVE, BEFORE_REVIEW, locked_cycle
from reports.gri.index import Entry, OutlineRow, row_of
from reports.models import OutlineImport, Section
from reports.models.outline import JOB
from reports.outline.locations import located_by_headings, relocated
from reports.outline.outline import ParsedOutline, parse_outline
from reports.queries.outline import books_of, gri_standards, outline_rows, problem_line


def store_rows(cycle: Cycle, rows: Sequence[OutlineRow]) -> None:
    """Add rows to the outline. NotAllowed where a code is not of the cycle's edition, an issue not of its library."""
    issues = _issue_keys(cycle, {code for row in rows for code in row.issues})
    gri = gri_standards().disclosures
    wanted = {identity for row in rows for identity in row.identities}
    foreign = sorted(i for i in wanted if i not in gri or cycle.gri_edition not in gri[i].editions)
    if foreign:
        raise NotAllowed(_("These codes are not known in this cycle: %(codes)s.") % {"codes": ", ".join(foreign)})
    sections = Section.objects.bulk_create([_section(cycle, row) for row in rows])
    link = Section.issues.through
    link.objects.bulk_create(
        link(section_id=section.pk, issue_id=issues[code])
        for section, row in zip(sections, rows, strict=True)
        for code in row.issues
    )


def outline_digest(rows: Sequence[OutlineRow]) -> str:
    """SHA-256 of the rows, for the audit trail and for what is taken back."""
    return value_digest([row.told() for row in rows])


def _issue_keys(cycle: Cycle, codes: set[str]) -> dict[str, int]:
    """Primary key by code, in one query."""
    known = Issue.objects.filter(edition_id=cycle.edition_id, code__in=codes)
    found = dict(known.values_list("code", "pk")) if codes else {}
    if missing := sorted(codes - found.keys()):
        raise NotAllowed(_("These codes are not known in this cycle: %(codes)s.") % {"codes": ", ".join(missing)})
    return found


def _section(cycle: Cycle, row: OutlineRow) -> Section:
    return Section(
        cycle=cycle,
        chapter_zh=row.chapter,
        section_zh=row.section,
        entries=[entry.told() for entry in row.entries],
        locations=list(row.locations),
        frameworks={name: list(codes) for name, codes in row.frameworks.items()},
        held=dict(row.held),
        **{name: getattr(row, name) for name in ("order", "chapter_en", "section_en")},
        **{name: getattr(row, name) for name in ("omission_requirement", "omission_reason", "omission_explanation")},
    )


@transaction.atomic
def import_outline(*, cycle: Cycle, rows: Sequence[OutlineRow], gri_edition: str = "", by: User | None) -> Cycle:
    """Put `rows` in the place of the whole outline; codes are those of the cycle's GRI edition.

    `gri_edition` (`2016` or `2021`) is the edition that the codes are of where it is not the cycle's: the cycle takes
    it over, since the whole index is then of that edition. NotAllowed where the cycle is archived, where its review
    has begun and the edition would change, or where a code is unknown.
    """
    changes_edition = bool(gri_edition) and gri_edition != cycle.gri_edition
    stored = locked_cycle(cycle, BEFORE_REVIEW if changes_edition else BEFORE_ARCHIVE)
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
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    known = {each.order: each for each in outline_rows(stored)}
    if order not in known:
        raise NotAllowed(_("This section is no longer there. Somebody else has removed or renumbered it."))
    stored.sections.filter(order=order).delete()
    audit.record("remove_section", stored, by=by, before=known[order].told())


@transaction.atomic
def save_section(*, cycle: Cycle, row: OutlineRow, replacing: int | None = None, by: User | None) -> None:
    """Store `row`; `replacing` is the order of the section that it takes the place of, None for a new one.

    NotAllowed where the cycle is archived, the section to replace is gone, or the order is another section's.
    """
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    known = {each.order: each for each in outline_rows(stored)}
    if replacing is not None and replacing not in known:
        raise NotAllowed(_("This section is no longer there. Somebody else has removed or renumbered it."))
    if row.order != replacing and row.order in known:
        raise NotAllowed(_("Another section has the order %(order)s already.") % {"order": row.order})
    before = known[replacing].told() if replacing is not None else {}
    if replacing is not None:
        stored.sections.filter(order=replacing).delete()
    store_rows(stored, [row])
    audit.record("save_section", stored, by=by, before=before, after=row.told())


def request_outline(
    *, cycle: Cycle, file_name: str, contents: bytes, mode: str, gri_edition: str, by: User | None
) -> Job:
    """Keep a file and queue its reading, which makes the import: no page waits for a file to be read."""
    path, digest = keep_bytes(contents, "outlines")
    inputs = {"file_name": file_name[-200:], "path": path, "sha256": digest, "mode": mode, "gri_edition": gri_edition}
    return request_job(JOB, inputs=inputs, cycle=cycle, by=by)


def read_outline(job: Job, progress: Progress) -> OutlineImport:
    """Build of a reading: what the file says, nothing of it stored in the outline."""
    imported = OutlineImport(cycle=job.cycle, created_by=job.created_by, **job.inputs)
    books = books_of(job.cycle, imported.gri_edition)
    with default_storage.open(imported.path) as stream:
        contents = stream.read()
    before = outline_rows(job.cycle)
    if imported.mode == OutlineImport.Mode.LOCATIONS:
        is_report = imported.file_name.lower().endswith((".pdf", ".docx"))
        parsed, missed = located_by_headings(contents, before) if is_report else relocated(contents, before, books)
    else:
        parsed, missed = parse_outline(contents, books), []
    imported.found = _found(parsed) | {"missed": missed, "before": outline_digest(before)}
    if parsed.problems:
        imported.state = OutlineImport.State.REFUSED
    return imported


def _found(parsed: ParsedOutline) -> dict:
    numbers = list(dict.fromkeys(each.number for each in parsed.readings))
    orders = dict(zip(numbers, (row.order for row in parsed.rows), strict=False))  # every row has a reading
    return {
        "rows": [row.told() for row in parsed.rows],
        "readings": [{**asdict(each), "cell": each.cell, "order": orders.get(each.number)} for each in parsed.readings],
        "problems": [problem_line(problem) for problem in parsed.problems],
    }


def store_reading(job: Job, imported: OutlineImport) -> dict:
    """Store of a reading: the import, and where it is shown."""
    imported.save()
    told = {"file": imported.file_name, "sha256": imported.sha256, "state": imported.state}
    audit.record("read_outline", imported, by=job.created_by, after=told)
    return {"url": reverse("outline_import", args=[job.cycle.code, imported.pk])}


HOLD, DROP, OTHER = "", "drop", "other"  # what may be chosen for a doubt, besides an identity that it offers


@transaction.atomic
def confirm_outline(*, imported: OutlineImport, choices: Mapping[str, str], by: User | None) -> OutlineImport:
    """Store what the preview showed. `choices`: place of a doubtful or refused reading -> what it is decided for; what
    is not decided stays in the row as text. NotAllowed where it is over; Conflict where rows were changed since.
    """
    stored = _waiting(imported)
    cycle, before = stored.cycle, outline_rows(stored.cycle)
    rows = _decided([row_of(row) for row in stored.found["rows"]], stored.found["readings"], choices)
    if stored.mode != OutlineImport.Mode.REPLACE and outline_digest(before) != stored.found["before"]:
        raise Conflict(_("The outline was changed after the preview. Upload the file again."), stored)
    if stored.mode == OutlineImport.Mode.APPEND:
        last = max((row.order for row in before), default=0)
        rows = [*before, *(replace(row, order=last + place) for place, row in enumerate(rows, start=1))]
    stored.undo = {"rows": [row.told() for row in before], "gri_edition": cycle.gri_edition}
    import_outline(cycle=cycle, rows=rows, gri_edition=stored.gri_edition, by=by)
    stored.state = OutlineImport.State.STORED
    stored.undo["after"] = outline_digest(outline_rows(cycle))
    stored.save(update_fields=["state", "undo"])
    audit.record("confirm_outline", stored, by=by, after={"rows": len(rows), "decided": dict(choices)})
    return stored


def _waiting(imported: OutlineImport) -> OutlineImport:
    stored = OutlineImport.objects.select_for_update().select_related("cycle").get(pk=imported.pk)
    if stored.state != OutlineImport.State.CHECKED:
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    return stored


def _decided(rows: list[OutlineRow], readings: Sequence[Mapping], choices: Mapping[str, str]) -> list[OutlineRow]:
    """The rows with each text that was decided in the place of its doubt."""
    decided: dict[tuple[int, str], str] = {}
    dropped: set[tuple[int, str, str]] = set()
    for place, choice in choices.items():
        reading = readings[int(place)]
        key, text = reading["order"], reading["reading"]["text"]
        if reading["column"] == "disclosures":
            offered = reading["reading"]["offers"]
            if choice in (DROP, OTHER) or choice in offered:
                decided[key, text] = choice
        elif choice == DROP:
            dropped.add((key, reading["column"], text))
    return [_with_decisions(row, decided, dropped) for row in rows]


def _with_decisions(row: OutlineRow, decided: Mapping, dropped: set) -> OutlineRow:
    entries = []
    for entry in row.entries:
        choice = decided.get((row.order, entry.text), HOLD) if entry.is_held else HOLD
        if choice == OTHER:
            entries.append(replace(entry, source=_("Other source")))
        elif choice and choice != DROP:
            entries.append(Entry(identity=choice))
        elif choice != DROP:
            entries.append(entry)
    held = {name: text for name, text in row.held.items() if (row.order, name, text) not in dropped}
    return replace(row, entries=tuple(entries), held=held)


@transaction.atomic
def discard_outline(*, imported: OutlineImport, by: User | None) -> None:
    """Mark it as discarded; its file stays as evidence. NotAllowed where it is over."""
    stored = _waiting(imported)
    stored.state = OutlineImport.State.DISCARDED
    stored.save(update_fields=["state"])
    audit.record("discard_outline", stored, by=by)


@transaction.atomic
def undo_outline(*, imported: OutlineImport, by: User | None) -> None:
    """Put back the rows of before. NotAllowed where it is not stored, or the outline was changed since."""
    stored = OutlineImport.objects.select_for_update().select_related("cycle").get(pk=imported.pk)
    if stored.state != OutlineImport.State.STORED:
        raise NotAllowed(_("This import is not stored (any more), so there is nothing to undo."))
    if outline_digest(outline_rows(stored.cycle)) != stored.undo["after"]:
        raise NotAllowed(_("The outline was changed after the import. Undo these changes first."))
    rows = [row_of(row) for row in stored.undo["rows"]]
    import_outline(cycle=stored.cycle, rows=rows, gri_edition=stored.undo["gri_edition"], by=by)
    stored.state = OutlineImport.State.UNDONE
    stored.save(update_fields=["state"])
    audit.record("undo_outline", stored, by=by, after={"rows": len(rows)})
