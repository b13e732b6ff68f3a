"""Reading the audit trail for its verification, in bounded memory."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Max

from materiality.audit import HASHED, touched_digest
from materiality.audit_check import Finding
from materiality.audit_rows import CHUNK, digest_of, stored_digests
from materiality.models import AuditColumns, AuditedRow, AuditEvent


class Last(NamedTuple):
    """What the last event about an object said of its row."""

    number: int
    columns: int | None
    digest: str


def hashed_events() -> Iterator[Sequence]:
    """Every event in the order of numbers: what its hash covers, then the hash."""
    return AuditEvent.objects.order_by("number").values_list(*HASHED, "hash").iterator(chunk_size=2000)


def touched_findings() -> Iterator[Finding]:
    """Events whose further rows are not those that they were written with."""
    said = AuditEvent.objects.exclude(touched_digest="").order_by("number").values_list("number", "touched_digest")
    for number, digest in said.iterator(chunk_size=2000):
        rows = AuditedRow.objects.filter(event=number).values_list("object_type", "object_id", "row_digest")
        if touched_digest(rows) != digest:
            yield Finding(number, "touched")
    unsaid = AuditedRow.objects.filter(event__touched_digest="").values_list("event", flat=True).distinct()
    yield from (Finding(number, "touched") for number in unsaid.order_by("event").iterator(chunk_size=2000))


def row_findings() -> Iterator[Finding]:
    """Objects whose row is not as their last event left it.

    A table or a column that a later version dropped cannot be compared and is passed over.
    """
    names = {row.pk: row.names.split(",") for row in AuditColumns.objects.all()}
    for object_type in sorted(set(AuditColumns.objects.values_list("object_type", flat=True))):
        try:
            model = apps.get_model(object_type)
        except LookupError:
            continue
        for ids in _chunks(_objects(object_type)):
            yield from _compared(model, ids, names)


def _objects(object_type: str) -> Iterator[str]:
    """Ids of all objects of a type with an event; those known from `touched` alone come last."""
    events = (
        AuditEvent.objects.filter(object_type=object_type).order_by("object_id").values_list("object_id", flat=True)
    )
    yield from events.distinct().iterator(chunk_size=2000)
    further = AuditedRow.objects.filter(object_type=object_type).order_by("object_id")
    known = models.Exists(events.filter(object_id=models.OuterRef("object_id")))
    yield from further.exclude(known).values_list("object_id", flat=True).distinct().iterator(chunk_size=2000)


def _chunks(ids: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


def _compared(model: type[models.Model], ids: list[str], names: dict[int, list[str]]) -> Iterator[Finding]:
    """Findings of some objects; one that was changed while it was read is read again."""
    last = _last_digests(model._meta.label_lower, ids)
    suspects = [key for key, digest in _now(model, last, names) if digest != last[key].digest]
    again = _last_digests(model._meta.label_lower, suspects)
    for key, digest in _now(model, again, names):
        if digest != again[key].digest:
            yield _finding(model, key, again[key], names[again[key].columns], digest)


def _last_digests(object_type: str, ids: list[str]) -> dict[str, Last]:
    """Object id → number of its last event, and columns and digest of its row after it."""
    found: dict[str, Last] = {}
    for table, number in ((AuditEvent, "number"), (AuditedRow, "event_id")):
        rows = table.objects.filter(object_type=object_type, object_id__in=ids).order_by()
        numbers = rows.values("object_id").annotate(last=Max(number)).values_list("last", flat=True)
        for key, *last in rows.filter(**{f"{number}__in": list(numbers)}).values_list(
            "object_id", number, "columns_id", "row_digest"
        ):
            if key not in found or last[0] > found[key].number:
                found[key] = Last(*last)
    return found


def _now(model: type[models.Model], last: dict[str, Last], names: dict[int, list[str]]) -> Iterator[tuple[str, str]]:
    """(object id, digest of its row now) by the columns of its last event, where all of them still exist."""
    existing = {field.attname for field in model._meta.concrete_fields}
    for columns in {each.columns for each in last.values()}:
        if columns is None or not existing.issuperset(names[columns]):
            continue
        ids = {model._meta.pk.to_python(key): key for key, each in last.items() if each.columns == columns}
        yield from ((ids[pk], digest) for pk, digest in stored_digests(model, list(ids), names[columns]))


def _finding(model: type[models.Model], key: str, last: Last, names: list[str], digest: str) -> Finding:
    gone = digest_of(names, [])
    kind = "row_gone" if digest == gone else "row_back" if last.digest == gone else "row_changed"
    return Finding(last.number, kind, {"object_type": model._meta.label_lower, "object_id": key})
