"""What the GRI index of a cycle claims, what is decided of its disclosures, and outlines that are moved or filled."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.actions.cycles import edit_cycle
from materiality.models import Cycle, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_ARCHIVE, locked_cycle
from reports.actions.outline import outline_digest, save_section
from reports.gri.index import Entry, OutlineRow, without_doubles
from reports.gri.moves import NEWEST, TARGETS, moved_rows
from reports.gri.reading import Reading
from reports.models import AcceptedFinding, ContentIndex, IndexDecision, OutlineImport
from reports.outline.outline import CellReading
from reports.queries.index import proposed_outline
from reports.queries.outline import content_index, gri_standards, outline_rows

SETTINGS = ("claim", "sectors", "notified_on", "pages", "headings")


@transaction.atomic
def set_index(*, cycle: Cycle, values: Mapping[str, object], by: User | None) -> ContentIndex:
    """Set what the index says of itself, and when the report is published.

    NotAllowed for an unknown sector standard or an archived cycle.
    """
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    known = {topic.version for topic in gri_standards().topics}
    unknown = sorted(set(values.get("sectors", ())) - known)
    if unknown:
        told = {"given": ", ".join(unknown), "known": ", ".join(sorted(known))}
        raise NotAllowed(_("There is no sector standard %(given)s. There are: %(known)s.") % told)
    if "published_on" in values:
        edit_cycle(cycle=stored, published_on=values["published_on"], by=by)
    index = content_index(stored)
    before = {name: getattr(index, name) for name in SETTINGS if index.pk}
    changed = audit.write(index, {name: value for name, value in values.items() if name in SETTINGS})
    if changed:
        told = {name: before[name] for name in changed if name in before}
        audit.record("set_index", stored, by=by, before=told, after={name: getattr(index, name) for name in changed})
    return index


@transaction.atomic
def decide_disclosure(*, cycle: Cycle, identity: str, values: Mapping[str, str], by: User | None) -> bool:
    """Say of a disclosure or sector topic whether it is reported, omitted with a reason, or not used; without a state
    what was decided is withdrawn. Returns whether there was anything to do.

    NotAllowed where there is no such thing, an omission gives no reason or explanation, or what is not used no why.
    """
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    gri = gri_standards()
    if identity not in gri.disclosures and identity not in gri.sector_topics:
        raise NotAllowed(_("There is no disclosure “%(code)s”.") % {"code": identity})
    if values.get("state") == IndexDecision.State.OMIT and not (values.get("reason") and values.get("explanation")):
        raise NotAllowed(_("An omission needs one of the four reasons and an explanation."))
    if values.get("state") == IndexDecision.State.UNUSED and not values.get("explanation", "").strip():
        raise NotAllowed(_("Say why it is not used."))
    held = IndexDecision.objects.filter(cycle=stored, identity=identity)
    decision = held.first() or IndexDecision(cycle=stored, identity=identity)
    if values.get("state"):
        audit.write(decision, {**values, "decided_by": by})
        audit.record("decide_disclosure", decision, by=by, after=dict(values))
        return True
    if not held.delete()[0]:
        return False
    before = {name: getattr(decision, name) for name in ("state", "requirement", "reason", "explanation")}
    audit.record("withdraw_decision", decision, by=by, before=before)
    return True


@transaction.atomic
def place_disclosures(*, cycle: Cycle, keys: Sequence[str], order: int, by: User | None) -> None:
    """Put disclosures and sector topics behind what a section of the outline reports.

    NotAllowed for a section or disclosure that there is not.
    """
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    gri, rows = gri_standards(), {row.order: row for row in outline_rows(stored)}
    if order not in rows:
        raise NotAllowed(_("Choose the section that the disclosures go into."))
    if unknown := [key for key in keys if key not in gri.disclosures and key not in gri.sector_topics]:
        raise NotAllowed(_("There is no disclosure “%(code)s”.") % {"code": unknown[0]})
    added = [Entry(identity=key) if key in gri.disclosures else Entry(sector=key) for key in keys]
    row = replace(rows[order], entries=without_doubles([*rows[order].entries, *added]))
    save_section(cycle=stored, row=row, replacing=order, by=by)


@transaction.atomic
def accept_finding(*, cycle: Cycle, key: str, check: str, reason: str, by: User | None) -> None:
    """Keep with the index that a finding is accepted, and because of what. NotAllowed without a reason."""
    stored, reason = locked_cycle(cycle, BEFORE_ARCHIVE), reason.strip()
    if not reason:
        raise NotAllowed(_("Give the reason for accepting the finding."))
    held = AcceptedFinding.objects.filter(cycle=stored, key=key)
    accepted = held.first() or AcceptedFinding(cycle=stored, key=key, check_id=check)
    audit.write(accepted, {"reason": reason, "accepted_by": by})
    audit.record("accept_finding", accepted, by=by, after={"check": check, "reason": reason})


@transaction.atomic
def unaccept_finding(*, cycle: Cycle, key: str, by: User | None) -> None:
    """Accept a finding no longer; nothing where it is not accepted."""
    accepted = AcceptedFinding.objects.filter(cycle=locked_cycle(cycle, BEFORE_ARCHIVE), key=key).first()
    if accepted:
        AcceptedFinding.objects.filter(pk=accepted.pk).delete()
        before = {"check": accepted.check_id, "reason": accepted.reason}
        audit.record("unaccept_finding", accepted, by=by, before=before)


@transaction.atomic
def crosswalk_outline(*, cycle: Cycle, to: str, by: User | None) -> OutlineImport:
    """Move the outline to GRI 2021, or to the standards of 2024 and 2025; it waits to be confirmed, as a file does.

    NotAllowed where it is of that edition, or there is none.
    """
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    if to not in TARGETS:
        raise NotAllowed(_("There is no way to “%(edition)s”. Choose 2021 or 2025.") % {"edition": to})
    rows = outline_rows(stored)
    if not rows or (to != NEWEST and stored.gri_edition == to) or (to == NEWEST and stored.gri_edition == "2016"):
        raise NotAllowed(_("There is nothing to move from edition %(edition)s.") % {"edition": stored.gri_edition})
    moved = moved_rows(rows, gri_standards(), stored.gri_edition, to)
    told = [(each.row, reading) for each in moved for reading in each.readings]
    name = _("GRI %(from)s → %(to)s") % {"from": stored.gri_edition, "to": to}
    return _kept(stored, name, "2021", [each.row for each in moved], told, by, "crosswalk_outline")


@transaction.atomic
def propose_index(*, cycle: Cycle, by: User | None) -> OutlineImport:
    """Fill the outline from the library; it waits to be confirmed, as a file does. NotAllowed with nothing material."""
    stored = locked_cycle(cycle, BEFORE_ARCHIVE)
    before = {row.order: {entry.key for entry in row.entries} for row in outline_rows(stored)}
    rows = proposed_outline(stored)
    if len(rows) < 2 and not before:
        raise NotAllowed(_("No issue is material yet, so there is nothing to propose. Score the cycle first."))
    told = [
        (row, Reading(entry.key.partition("@")[0], codes=(entry.identity,)))
        for row in rows
        for entry in row.entries
        if entry.identity and entry.key not in before.get(row.order, ())
    ]
    return _kept(stored, _("from the library"), stored.gri_edition, rows, told, by, "propose_index")


def _kept(
    cycle: Cycle,
    name: str,
    edition: str,
    rows: Sequence[OutlineRow],
    told: Sequence[tuple[OutlineRow, Reading]],
    by: User | None,
    action: str,
) -> OutlineImport:
    readings = [CellReading(str(row.order), row.order, None, "disclosures", reading) for row, reading in told]
    found = {
        "rows": [row.told() for row in rows],
        "readings": [{**asdict(each), "cell": each.row, "order": int(each.row)} for each in readings],
        "problems": [],
        "before": outline_digest(outline_rows(cycle)),
    }
    imported = OutlineImport.objects.create(
        cycle=cycle, gri_edition=edition, file_name=name, found=found, created_by=by, sha256=outline_digest(rows)
    )
    audit.record(action, imported, by=by, after={"rows": len(rows)})
    return imported
