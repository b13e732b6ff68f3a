"""Writing the audit trail: one event per action, chained by SHA-256, in the action's own transaction."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from django.db import connection, models
from django.utils import timezone

from materiality.audit_rows import columns_of, digests_of
from materiality.canonical import plain, sha256_of
from materiality.models.audit import AuditColumns, AuditedRow, AuditEvent, AuditPerson
from materiality.models.person import User

ADVISORY_LOCK = 0x59495449  # "YITI"
HASHED = (
    *("previous_hash", "number", "person_id", "at", "action", "object_type", "object_id", "object_text"),
    *("before", "after", "reason", "row_digest", "touched_digest"),
)
_hashed_values = attrgetter(*HASHED)


def record(
    action: str,
    row: models.Model,
    *,
    by: User | None,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
    touched: Iterable[models.Model] = (),
) -> AuditEvent:
    """Append one event about `row`; call it as the last statement of the action's transaction.

    `touched` are the other rows that the action added, changed or deleted (a deleted one with its key set again): where
    such a row has, or will have, events of its own, verify_audit would else report it as changed around the
    application. On PostgreSQL an advisory lock, held to the end of the transaction, keeps concurrent writers from
    chaining to the same event; SQLite transactions already queue (IMMEDIATE).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event is recorded in the transaction of its action")
    if connection.vendor == "postgresql":
        # Before the rows are read: what a writer before this one changed in them stands in the digests then.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    rows = [row, *touched]
    digests = digests_of(rows)
    columns = _stored_columns(rows)
    person = _person(by)
    last = AuditEvent.objects.order_by("-number").values_list("number", "hash").first() or (0, "")
    event = AuditEvent(
        number=last[0] + 1,
        person=person,
        at=timezone.now(),
        action=action,
        object_type=row._meta.label_lower,
        object_id=str(row.pk),
        object_text="" if isinstance(row, User | AuditPerson) else str(row)[:200],
        before=plain(before or {}),
        after=plain(after or {}),
        reason=reason,
        row_digest=digests[0],
        columns=columns[row._meta.label_lower],
        previous_hash=last[1],
    )
    further = [
        AuditedRow(
            event=event,
            object_type=each._meta.label_lower,
            object_id=str(each.pk),
            row_digest=digest,
            columns=columns[each._meta.label_lower],
        )
        for each, digest in zip(rows[1:], digests[1:], strict=True)
    ]
    event.touched_digest = touched_digest((each.object_type, each.object_id, each.row_digest) for each in further)
    event.hash = event_hash(event)
    event.save(force_insert=True)
    AuditedRow.objects.bulk_create(further, batch_size=500)
    return event


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the previous hash and everything the event says."""
    return hash_of(_hashed_values(event))


def hash_of(values: Sequence) -> str:
    """The hash of an event from its values in the order of HASHED."""
    return sha256_of(values)


def touched_digest(rows: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over (type, id, digest) of an event's further rows in any order; empty where there are none."""
    known = sorted(rows)
    return sha256_of(known) if known else ""


def row_digest(row: models.Model) -> str:
    """SHA-256 of the row's own columns as the database holds them."""
    return digests_of([row])[0]


def _stored_columns(rows: Sequence[models.Model]) -> dict[str, AuditColumns]:
    """What the digests of each row's table cover, by the table's label."""
    wanted = {model._meta.label_lower: ",".join(columns_of(model)) for model in {type(row) for row in rows}}
    known = _known_columns(wanted)
    if missing := wanted.keys() - known.keys():
        new = [AuditColumns(object_type=label, names=wanted[label]) for label in sorted(missing)]
        AuditColumns.objects.bulk_create(new, ignore_conflicts=True)
        known = _known_columns(wanted)
    return known


def _known_columns(wanted: dict[str, str]) -> dict[str, AuditColumns]:
    known = AuditColumns.objects.filter(object_type__in=wanted)
    return {row.object_type: row for row in known if row.names == wanted[row.object_type]}


def _person(by: User | None) -> AuditPerson | None:
    if by is None:
        return None
    return AuditPerson.objects.get_or_create(user=by, defaults={"name": str(by)})[0]
