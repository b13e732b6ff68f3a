"""Writing the audit trail: one event per action, chained by SHA-256, in the action's own transaction."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from materiality.models.audit import AuditEvent, AuditPerson
from materiality.models.person import User

ADVISORY_LOCK = 0x59495449  # "YITI"


def record(
    action: str,
    row: models.Model,
    *,
    by: User | None,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
) -> AuditEvent:
    """Append one event about `row`; call it as the last statement of the action's transaction.

    On PostgreSQL an advisory lock, held to the end of the transaction, keeps concurrent writers from chaining to the
    same event; SQLite transactions already queue (IMMEDIATE).
    """
    digest = row_digest(row)
    person = _person(by)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    last = AuditEvent.objects.order_by("-number").values_list("number", "hash").first() or (0, "")
    event = AuditEvent(
        number=last[0] + 1,
        person=person,
        at=timezone.now(),
        action=action,
        object_type=row._meta.label_lower,
        object_id=str(row.pk),
        object_text=str(row)[:200],
        before=_plain(before or {}),
        after=_plain(after or {}),
        reason=reason,
        row_digest=digest,
        previous_hash=last[1],
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    return event


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the previous hash and everything the event says."""
    contents = [
        event.previous_hash,
        event.number,
        str(event.person_id or ""),
        event.at.isoformat(),
        event.action,
        event.object_type,
        event.object_id,
        event.object_text,
        event.before,
        event.after,
        event.reason,
        event.row_digest,
    ]
    return hashlib.sha256(_canonical(contents)).hexdigest()


def row_digest(row: models.Model) -> str:
    """SHA-256 of the row's own columns as the database holds them."""
    fields = [field.attname for field in row._meta.concrete_fields]
    stored = type(row)._base_manager.filter(pk=row.pk).values_list(*fields).first()
    values = [] if stored is None else [bytes(v).hex() if isinstance(v, bytes | memoryview) else v for v in stored]
    return hashlib.sha256(_canonical([fields, values])).hexdigest()


def _person(by: User | None) -> AuditPerson | None:
    if by is None:
        return None
    return AuditPerson.objects.get_or_create(user=by, defaults={"name": str(by)})[0]


def _plain(values: Any) -> Any:
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))


def _canonical(values: Any) -> bytes:
    return json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True).encode()
