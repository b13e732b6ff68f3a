"""The audit trail: one event per action, chained by SHA-256, written in its transaction and verified."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone

from materiality.models.audit import AuditColumns, AuditedRow, AuditEvent, AuditPerson
from materiality.models.people import User
from materiality.platform.bilingual import in_each, stored_names, text_columns
from materiality.platform.digests import Part, audited_columns, digests_of, json_value, owned_parts, value_digest
from materiality.platform.keys import KeyMissing, fingerprint_of, installation_key
from materiality.platform.refusals import NotAllowed

ADVISORY_LOCK = 0x59495449  # "YITI"
HASHED = (
    *("previous_hash", "number", "person_id", "at", "action", "object_type", "object_id", "object_text"),
    *("before", "after", "reason", "row_digest", "touched_digest"),
)
_AT_ONCE = 100  # parts looked up in one statement
_LAST = "SELECT object_type, object_id, row_digest FROM materiality_auditedrow WHERE id IN (%s)"
_NEWEST = (
    "(SELECT id FROM materiality_auditedrow WHERE object_type = %s AND object_id = %s ORDER BY event_id DESC LIMIT 1)"
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
    _queue_writers()
    person, is_new = _person(by)
    rows = [row, *touched]
    parts = list(owned_parts([*rows, person] if is_new else rows))
    columns = _stored_columns({*map(type, rows), *(part.model for part in parts)})
    of_row, *of_touched = _states(rows, columns)
    number, last_hash = _head()
    event = AuditEvent(
        number=number + 1,
        previous_hash=last_hash,
        person=person,
        at=timezone.now(),
        action=action,
        object_text="" if isinstance(row, User | AuditPerson) else str(row)[:200],
        before=json_value(before or {}),
        after=json_value(after or {}),
        reason=reason,
        **of_row,
    )
    return _store(event, [*(AuditedRow(event=event, **told) for told in of_touched), *_moved(event, parts, columns)])


def _queue_writers() -> None:
    """Before the rows are read: what a writer before this one changed in them stands in the digests then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _head() -> tuple[int, str]:
    """Number and hash of the last event, in plain SQL as for the parts below."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, hash FROM materiality_auditevent ORDER BY number DESC LIMIT 1")
        return cursor.fetchone() or (0, "")


def _states(rows: Sequence[models.Model], columns: Mapping[str, AuditColumns]) -> list[dict[str, Any]]:
    """What an event keeps of each row as it stands."""
    return [
        {
            "object_type": each._meta.label_lower,
            "object_id": str(each.pk),
            "row_digest": digest,
            "columns": columns[each._meta.label_lower],
        }
        for each, digest in zip(rows, digests_of(rows), strict=True)
    ]


def _store(event: AuditEvent, further: Sequence[AuditedRow]) -> AuditEvent:
    """Close the event over its further rows, and store it with them."""
    event.touched_digest = touched_digest((each.object_type, each.object_id, each.row_digest) for each in further)
    event.hash = event_hash(event)
    event.mac = mac_of(event.hash)
    event.save(force_insert=True)
    AuditedRow.objects.bulk_create(further, batch_size=500)
    return event


def _moved(event: AuditEvent, parts: Sequence[Part], columns: Mapping[str, AuditColumns]) -> list[AuditedRow]:
    """The parts of tables that the event may have changed, where they are not as the event before left them."""
    last = _last_digests(parts)
    return [
        AuditedRow(
            event=event,
            object_type=part.model._meta.label_lower,
            object_id=part.owner,
            row_digest=part.digest,
            rows=part.rows,
            columns=columns[part.model._meta.label_lower],
        )
        for part in parts
        if last.get((part.model._meta.label_lower, part.owner)) != part.digest
    ]


def _last_digests(parts: Sequence[Part]) -> dict[tuple[str, str], str]:
    """The digest that an event kept last, by table and owner: one look into the index a part, however many events there
    were about it. Plain SQL, as every event comes by here and Django takes 25 times as long to write the statement.
    """
    found: dict[tuple[str, str], str] = {}
    for place in range(0, len(parts), _AT_ONCE):
        some = [(part.model._meta.label_lower, part.owner) for part in parts[place : place + _AT_ONCE]]
        with connection.cursor() as cursor:
            cursor.execute(_LAST % ", ".join([_NEWEST] * len(some)), [*chain.from_iterable(some)])
            found |= {(label, owner): digest for label, owner, digest in cursor.fetchall()}
    return found


def told(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Columns of a row as an event tells them: other rows by what they are called, texts by language."""
    texts = text_columns(type(row))
    told = {name: getattr(row, name) if name in texts else _told(row, row._meta.get_field(name)) for name in names}
    return in_each(type(row), told)


def _told(row: models.Model, column: models.Field) -> Any:
    if column.many_to_many:
        return sorted(map(str, getattr(row, column.name).all()))
    value = getattr(row, column.name)
    return str(value) if isinstance(value, models.Model) else value


@contextmanager
def audited(
    action: str,
    row: models.Model,
    *,
    by: User | None,
    fields: Iterable[str],
    beside: Callable[[], dict[str, Any]] = dict,
    reason: str = "",
) -> Iterator[dict[str, Any]]:
    """Record what the block changes in the fields: one event, or none where nothing changed.

    Of a row that is new it tells them all. `beside` tells what the row has in other tables, asked before and after.
    What the block puts into the mapping it is given stands in the event, too.
    """
    names = list(fields)
    before = {} if row._state.adding else told(row, names) | beside()
    more: dict[str, Any] = {}
    yield more
    after = told(row, names) | beside()
    changed = [name for name in {**after, **before} if name not in before or before[name] != after.get(name, "")]
    if changed:
        was = {name: before[name] for name in changed if name in before}
        became = {name: after.get(name, "") for name in changed}
        record(action, row, by=by, before=was, after=became | more, reason=reason)


def write(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set columns by name, save those that differ and return their names.

    A text is named whole (`name`: texts by language) or in one language (`name_zh`). NotAllowed, with the model's own
    words, where it refuses a value; FieldDoesNotExist for a name it does not know.
    """
    values, texts = in_each(type(row), values), text_columns(type(row))
    one = {name: value for name, value in values.items() if name in texts or not _is_many(row, name)}
    changed = [name for name, value in one.items() if row._state.adding or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, one[name])
    if changed:
        stored = stored_names(type(row), changed)
        _check(row, stored)
        row.save(update_fields=None if row._state.adding else stored)
    for name in values.keys() - one.keys():
        getattr(row, name).set(values[name])
    return changed


def _is_many(row: models.Model, name: str) -> bool:
    return row._meta.get_field(name).many_to_many


def _check(row: models.Model, names: Sequence[str]) -> None:
    # Forms ask for texts in all languages; what comes another way may leave one for later, as the translations do.
    asked = {name for name in names if getattr(row, name) != ""}
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.name not in asked])
        row.clean()
    except ValidationError as wrong:
        raise NotAllowed(" ".join(wrong.messages)) from wrong


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the previous hash and everything the event says."""
    return hash_of(_hashed_values(event))


AUDIT_KEY = "audit"


def mac_of(text: str) -> bytes | None:
    """The audit key's fingerprint and the HMAC of a hash under it; None while the key is away, or was never made.

    An action is not refused for it: verify_audit names the events that lack it.
    """
    try:
        key = installation_key(AUDIT_KEY)
    except KeyMissing:
        return None
    return bytes.fromhex(fingerprint_of(key)) + hmac.digest(key, text.encode(), "sha256")


def hash_of(values: Sequence) -> str:
    """The hash of an event from its values in the order of HASHED."""
    return value_digest(values)


def anchor_now() -> str:
    """The head of the chain, as mails name it: who keeps it elsewhere can tell whether the chain was made anew."""
    last = AuditEvent.objects.order_by("-number").values_list("number", "hash").first()
    return anchor_of(*last) if last else ""


def daily_anchor() -> str:
    """The last event of before today, on the first day the first of all: the same all day, for files that leave."""
    events = AuditEvent.objects.values_list("number", "hash")
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = events.filter(at__lt=today).order_by("-number").first() or events.order_by("number").first()
    return anchor_of(*found) if found else ""


def anchor_of(number: int, text: str) -> str:
    """How files and mails write the hash of an event."""
    return f"yiti-anchor:{number}:{text}"


def touched_digest(rows: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over (type, id, digest) of an event's further rows in any order; empty where there are none."""
    known = sorted(rows)
    return value_digest(known) if known else ""


def row_digest(row: models.Model) -> str:
    """SHA-256 of the row's own columns as the database holds them."""
    return digests_of([row])[0]


def _stored_columns(tables: Iterable[type[models.Model]]) -> dict[str, AuditColumns]:
    """What the digests of each table's rows cover, by the table's label."""
    wanted = {model._meta.label_lower: ",".join(audited_columns(model)) for model in tables}
    known = _known_columns(wanted)
    if missing := wanted.keys() - known.keys():
        new = [AuditColumns(object_type=label, names=wanted[label]) for label in sorted(missing)]
        AuditColumns.objects.bulk_create(new, ignore_conflicts=True)
        known = _known_columns(wanted)
    return known


def _known_columns(wanted: dict[str, str]) -> dict[str, AuditColumns]:
    known = AuditColumns.objects.filter(object_type__in=wanted)
    return {row.object_type: row for row in known if row.names == wanted[row.object_type]}


def _person(by: User | None) -> tuple[AuditPerson | None, bool]:
    return AuditPerson.objects.get_or_create(user=by, defaults={"name": str(by)}) if by else (None, False)


NUMBER, PREVIOUS = HASHED.index("number"), HASHED.index("previous_hash")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `number` of the event (0 where it is none's), `kind`, and what else the words need.

    Kinds: missing, order, chain, contents, touched, row_changed, row_gone, row_back, anchor.
    """

    number: int
    kind: str
    params: dict = field(default_factory=dict)


@dataclass
class Chain:
    """The chain as read so far: number and hash of its last event, and whether the anchor was met."""

    anchor: str = ""
    anchors: Mapping[int, str] = field(default_factory=dict)
    number: int = 0
    head: str = ""
    anchored: bool = False

    def check(self, rows: Iterable[Sequence]) -> Iterator[Finding]:
        """Findings of events in the order of their numbers: values in the order of HASHED, then the stored hash.

        Every event is held against the stored hash of the one before, so that one that was changed is named alone.
        """
        for *values, stored in rows:
            number, expected = values[NUMBER], self.number + 1
            if number > expected:
                yield Finding(expected, "missing", {"last": number - 1})
            elif number < expected:
                yield Finding(number, "order")
            elif values[PREVIOUS] != self.head:
                yield Finding(number, "chain")
            if hash_of(values) != stored:
                yield Finding(number, "contents")
            self.number, self.head = number, stored
            self.anchored = self.anchored or stored == self.anchor
            if self.anchors.get(number, stored) != stored:
                yield Finding(number, "anchor_other", {"hash": self.anchors[number]})

    def end(self) -> Iterator[Finding]:
        """What can only be said at the end: the anchor stands nowhere."""
        if self.anchor and not self.anchored:
            yield Finding(0, "anchor", {"hash": self.anchor})
        for number, text in self.anchors.items():
            if number > self.number:
                yield Finding(number, "anchor", {"hash": text})
