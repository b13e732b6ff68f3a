"""Verification of the audit trail and of the data that it is about, in bounded memory."""

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from json import loads
from typing import NamedTuple
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models
from django.db.models import Max, Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from materiality.models import Attachment, AuditColumns, AuditedRow, AuditEvent, AuditPerson, Run, User
from materiality.platform.audit import AUDIT_KEY, HASHED, NUMBER, Chain, Finding, touched_digest
from materiality.platform.digests import CHUNK, OF, columns_digest, part_now, path_to, stored_digests
from materiality.platform.files import digest_of_stored
from materiality.platform.hooks import declared
from materiality.platform.keys import KeyMissing, begun_with, fingerprint_of, installation_key, made_at, signed
from materiality.platform.words import object_word, word_for
from materiality.queries.scores import differing_figures, recomputed
from materiality.scoring.method import VERSION

NAMED = 10  # so many codes stand in one finding


class Last(NamedTuple):
    """What the last event about an object said of its row."""

    number: int
    columns: int | None
    digest: str


def hashed_events() -> Iterator[Sequence]:
    """Every event in the order of numbers: what its hash covers, then the hash, then the MAC."""
    events = AuditEvent.objects.order_by("number").values_list(*HASHED, "hash", "mac")
    return _events_of_sqlite(events) if connection.vendor == "sqlite" else events.iterator(chunk_size=2000)


def _events_of_sqlite(events: models.QuerySet) -> Iterator[Sequence]:
    """The same from the rows as they lie there, which are nearly what is hashed: a quarter of the time less."""
    sql, parameters = events.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(2000):
            for previous, number, person, at, action, kind, pk, text, before, after, *rest in rows:
                person = person and _as_uuid(person)
                moment = at and f"{at.isoformat()}+00:00"
                yield previous, number, person, moment, action, kind, pk, text, loads(before), loads(after), *rest


AT = HASHED.index("at")
# Between the key's file and its row in the database another process may have written an event.
MAC_SLACK = timedelta(minutes=1)
_FINGERPRINT = 16  # bytes of a MAC before the HMAC itself


@lru_cache(maxsize=1000)  # few persons write many events
def _as_uuid(digits: str) -> str:
    try:
        return str(UUID(digits))
    except ValueError:  # nothing that the application writes; the event's hash says so
        return digits


@dataclass
class Macs:
    """What the MACs of events say, in bounded memory: {kind: [how many, the first numbers]}."""

    known: bytes = b""
    key: bytes = b""
    since: datetime | None = None  # when the key was made: from then on every event has one
    begun: bool = False
    found: dict[str, list] = field(default_factory=dict)

    def through(self, rows: Iterable[Sequence]) -> Iterator[Sequence]:
        """The rows without their MACs, which are checked on the way."""
        for *row, mac in rows:
            if kind := self._kind(row[-1], mac, row[AT]):
                said = self.found.setdefault(kind, [0, []])
                said[0] += 1
                if len(said[1]) < NAMED or kind == "mac_none":
                    said[1][NAMED - 1 :] = [row[NUMBER]]
            yield row

    def _kind(self, text: str, mac: bytes | None, at: datetime | str) -> str:
        if mac is None:
            late = self.since and (datetime.fromisoformat(at) if isinstance(at, str) else at) > self.since
            return "mac_missing" if self.begun or late else "mac_none"
        self.begun = True
        if bytes(mac[:_FINGERPRINT]) != self.known:
            return "mac_key"
        right = hmac.compare_digest(bytes(mac[_FINGERPRINT:]), signed(self._with_key, text.encode()))
        return "" if right else "mac_wrong"

    @cached_property
    def _with_key(self) -> tuple:
        return begun_with(self.key)

    def end(self) -> Iterator[Finding]:
        """One finding of each kind."""
        for kind, (count, numbers) in sorted(self.found.items()):
            told = f"{numbers[0]}–{numbers[-1]}" if kind == "mac_none" else ", ".join(map(str, numbers))
            yield Finding(0, kind, {"count": count, "numbers": told + (" …" if count > len(numbers) else "")})


def macs_now() -> Macs:
    """By the audit key; without it no MAC is of a known key."""
    try:
        key = installation_key(AUDIT_KEY)
    except KeyMissing:
        return Macs()
    return Macs(bytes.fromhex(fingerprint_of(key)), key, made_at(AUDIT_KEY, key) + MAC_SLACK)


def touched_findings() -> Iterator[Finding]:
    """Events whose further rows are not those that they were written with."""
    said = AuditEvent.objects.exclude(touched_digest="").order_by("number").values_list("number", "touched_digest")
    for number, digest in said.iterator(chunk_size=2000):
        rows = AuditedRow.objects.filter(event=number).values_list("object_type", "object_id", "row_digest")
        if touched_digest(rows) != digest:
            yield Finding(number, "touched")
    unsaid = AuditedRow.objects.filter(event__touched_digest="").values_list("event", flat=True).distinct()
    yield from (Finding(number, "touched") for number in unsaid.order_by("event").iterator(chunk_size=2000))


def row_findings(registry: Apps = apps, labels: Collection[str] = ()) -> Iterator[Finding]:
    """Objects whose row is not as their last event left it, and how many cannot be compared, as a table or a column
    is no more; of all tables or of these, as the models of `registry` have them.
    """
    names = {row.pk: row.names.split(",") for row in AuditColumns.objects.all()}
    for object_type in sorted(labels or _types()):
        try:
            model = registry.get_model(object_type)
        except LookupError:
            yield Finding(0, "no_table", {"object_type": object_type, "rows": sum(1 for _id in _objects(object_type))})
            continue
        for ids in _chunks(_objects(object_type)):
            yield from _compared(model, ids, names)


def _types() -> set[str]:
    """Tables that events tell of; those in AuditColumns no hash covers."""
    return {
        label
        for table in (AuditEvent, AuditedRow)
        for label in table.objects.order_by().values_list("object_type", flat=True).distinct()
    }


def lost_columns(before: Apps, after: Apps) -> dict[str, set[str]]:
    """Label of a table → columns that digests of its rows were made from and that are no more; of a table that is gone
    all of them.
    """
    lost: dict[str, set[str]] = {}
    for row in AuditColumns.objects.all():
        try:
            known = _columns_in(before, row.object_type)
        except LookupError:
            continue
        try:
            kept = _columns_in(after, row.object_type)
        except LookupError:
            kept = set()
        if gone := (known & set(row.names.split(","))) - kept:
            lost.setdefault(row.object_type, set()).update(gone)
    return lost


def _columns_in(registry: Apps, label: str) -> set[str]:
    return {field.attname for field in registry.get_model(label)._meta.concrete_fields}


def part_findings(labels: Collection[str] = ()) -> Iterator[Finding]:
    """Parts of tables, of all or of these, whose rows are not those that the last event about their owner counted and
    digested.
    """
    names = {row.pk: row.names.split(",") for row in AuditColumns.objects.all()}
    # By what the event's hash covers, which the number of rows is not.
    parts = AuditedRow.objects.filter(object_id__contains=OF).order_by("object_type", "object_id")
    parts = parts.filter(object_type__in=labels) if labels else parts
    for object_type, owner in parts.values_list("object_type", "object_id").distinct().iterator(chunk_size=2000):
        path = path_to(object_type, owner)
        if path is None:
            yield Finding(0, "no_part", _about(object_type, owner))
        # One that is changed while it is read is read again.
        elif _part_differs(object_type, owner, path, names) and (
            found := _part_differs(object_type, owner, path, names)
        ):
            yield found


def _part_differs(object_type: str, owner: str, path: str, names: dict[int, list[str]]) -> Finding | None:
    last = AuditedRow.objects.filter(object_type=object_type, object_id=owner).order_by("-event_id").first()
    model = apps.get_model(object_type)
    covered = _covered(model, last.columns_id, names)
    if covered is None:
        return Finding(last.event_id, _unknown(last.event_id, "no_part"), _about(object_type, owner))
    now = part_now(model, owner, covered, path)
    if (now.digest, now.rows) == (last.row_digest, last.rows):
        return None
    counts = {"then": last.rows, "now": now.rows}
    return Finding(last.event_id, "part_changed", _about(object_type, owner) | counts)


def _about(object_type: str, owner: str) -> dict[str, str]:
    label, _of, pk = owner.partition(OF)
    return {"object_type": object_type, "owner_type": label, "owner_id": pk}


def _objects(object_type: str) -> Iterator[str]:
    """Ids of all objects of a type with an event; those known from `touched` alone come last."""
    events = (
        AuditEvent.objects.filter(object_type=object_type).order_by("object_id").values_list("object_id", flat=True)
    )
    yield from events.distinct().iterator(chunk_size=2000)
    further = AuditedRow.objects.filter(object_type=object_type).exclude(object_id__contains=OF).order_by("object_id")
    known = models.Exists(events.filter(object_id=models.OuterRef("object_id")))
    yield from further.exclude(known).values_list("object_id", flat=True).distinct().iterator(chunk_size=2000)


def _chunks(ids: Iterator) -> Iterator[list]:
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


def _compared(model: type[models.Model], ids: list[str], names: dict[int, list[str]]) -> Iterator[Finding]:
    """Findings of some objects; one that was changed while it was read is read again."""
    last, label = _last_digests(model._meta.label_lower, ids), model._meta.label_lower
    for key, each in last.items():
        if each.digest and _covered(model, each.columns, names) is None:
            was_gone = each.digest == columns_digest(names.get(each.columns, []), [])
            kind = "no_columns" if was_gone else _unknown(each.number, "no_columns")
            yield Finding(each.number, kind, {"object_type": label, "object_id": key})
    suspects = [key for key, digest in _now(model, last, names) if digest != last[key].digest]
    again = _last_digests(model._meta.label_lower, suspects)
    for key, digest in _now(model, again, names):
        if digest != again[key].digest:
            yield _finding(model, key, again[key], names[again[key].columns], digest)


def _covered(model: type[models.Model], columns: int | None, names: dict[int, list[str]]) -> list[str] | None:
    """What a digest of a row of this table was made from; None where that is not known, or some of it is no more."""
    existing = {field.attname for field in model._meta.concrete_fields}
    return names[columns] if columns in names and existing.issuperset(names[columns]) else None


def _unknown(number: int, older: str) -> str:
    """The kind of finding where a digest cannot be compared. Since events bear the mark of the audit key, an upgrade
    that drops columns digests anew, so that only what is `older` may name columns that are no more.
    """
    keyed = AuditEvent.objects.filter(mac__isnull=False).aggregate(first=Min("number"))["first"]
    return older if keyed is None or number < keyed else "hidden"


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
    for columns in {each.columns for each in last.values()}:
        covered = _covered(model, columns, names)
        if covered is None:
            continue
        ids = {}
        for key, each in last.items():
            with suppress(ValidationError):  # no key of this table: the event's hash says so
                if each.columns == columns:
                    ids[model._meta.pk.to_python(key)] = key
        yield from ((ids[pk], digest) for pk, digest in stored_digests(model, list(ids), covered))


def _finding(model: type[models.Model], key: str, last: Last, names: list[str], digest: str) -> Finding:
    gone = columns_digest(names, [])
    kind = "row_gone" if digest == gone else "row_back" if last.digest == gone else "row_changed"
    return Finding(last.number, kind, {"object_type": model._meta.label_lower, "object_id": key})


def score_findings() -> Iterator[Finding]:
    """Runs whose stored results are not what their cube gives, and those that cannot be recomputed."""
    for run in Run.objects.select_related("cycle").order_by("cycle", "number").iterator(chunk_size=1):
        about = {"cycle": run.cycle.code, "run": run.number}
        if run.scoring != VERSION:
            yield Finding(0, "old_scores", about)
        elif wrong := sorted({code for code, _figure in differing_figures(run, recomputed(run))}):
            named = ", ".join(wrong[:NAMED]) + (" …" if len(wrong) > NAMED else "")
            yield Finding(0, "scores", about | {"count": len(wrong), "codes": named})


def unguarded_findings() -> Iterator[Finding]:
    """Rows of tables in which every row is the object of an event, of which there is none."""
    for label in (label for hooks in declared() for label in hooks.guarded):
        model = apps.get_model(label)
        keys = model._base_manager.order_by("pk").values_list("pk", flat=True)
        for chunk in _chunks(keys.iterator(chunk_size=2000)):
            known = set()
            for table in (AuditEvent, AuditedRow):
                rows = table.objects.filter(object_type=label, object_id__in=[str(key) for key in chunk])
                known |= set(rows.values_list("object_id", flat=True))
            for key in chunk:
                if str(key) not in known:
                    yield Finding(0, "unguarded", {"object_type": label, "object_id": str(key)})


def person_findings() -> Iterator[Finding]:
    """Persons whom the trail names otherwise than their accounts do, which are digested."""
    for person in AuditPerson.objects.exclude(user=None).select_related("user").order_by("user"):
        if person.name != ("" if person.user.is_erased else str(person.user)):
            yield Finding(0, "person_name", {"object_type": User._meta.label_lower, "object_id": str(person.user_id)})


def attachment_findings() -> Iterator[Finding]:
    """Files of engagements that are not those that were attached."""
    return altered_files((row, row.path) for row in Attachment.objects.order_by("pk").iterator())


def altered_files(rows: Iterable[tuple[models.Model, str]]) -> Iterator[Finding]:
    """Rows whose file, at this path of the storage, is gone or has another SHA-256 than the row's `sha256`.

    Rows are read ahead: one that was removed with its file since is none.
    """
    for row, path in rows:
        try:
            is_whole = default_storage.exists(path) and digest_of_stored(path) == row.sha256
        except FileNotFoundError:
            is_whole = False
        except OSError as problem:
            yield _unread(str(row), problem)
            continue
        if not is_whole and type(row)._base_manager.filter(pk=row.pk, sha256=row.sha256).exists():
            about = {"object_type": row._meta.label_lower, "object_id": str(row.pk), "name": str(row)}
            yield Finding(0, "file", about)


def _unread(what: str, problem: OSError) -> Finding:
    """What disk or rights keep from being read is not checked; nobody need have forged it."""
    return Finding(0, "unread", {"what": what, "problem": f"{type(problem).__name__}: {problem}"[:200]})


FINDINGS: dict[str, Promise] = {
    "missing": gettext_lazy("Event %(number)s is missing."),
    "missing_many": gettext_lazy("Events %(number)s to %(last)s are missing."),
    "order": gettext_lazy("Event %(number)s appears twice."),
    "chain": gettext_lazy("Event %(number)s does not continue the chain: it names another hash before it."),
    "contents": gettext_lazy("Event %(number)s was changed: its contents do not give its hash."),
    "touched": gettext_lazy(
        "Event %(number)s was changed: its list of further rows is not the one it was written with."
    ),
    "row_changed": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was changed outside the application after event %(number)s."
    ),
    "row_gone": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was deleted outside the application after event %(number)s."
    ),
    "row_back": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was put back outside the application after event %(number)s."
    ),
    "anchor": gettext_lazy("The hash %(hash)s does not stand in the chain."),
    "anchor_other": gettext_lazy("Event %(number)s has another hash than the anchor says: %(hash)s."),
    "part_changed": gettext_lazy(
        "%(object)s (%(object_type)s) of %(owner)s (%(owner_type)s %(owner_id)s): changed outside the application "
        "after event %(number)s, which left %(then)s rows; there are %(now)s."
    ),
    "scores": gettext_lazy(
        "Run %(run)s of cycle %(cycle)s: its cube gives other results than are stored, of %(count)s issues: %(codes)s."
    ),
    "mac_wrong": gettext_lazy("%(count)s events were not written by this installation: %(numbers)s."),
    "mac_missing": gettext_lazy(
        "%(count)s events lack the mark of the audit key, which all have since the first: %(numbers)s."
    ),
    "mac_key": gettext_lazy(
        "%(count)s events bear the mark of an audit key that is not at hand, so that nothing vouches for them: "
        "%(numbers)s. Put the key back into YITI_KEYS."
    ),
    "mac_none": gettext_lazy("Events %(numbers)s are older than the audit key: chained, not keyed."),
    "hidden": gettext_lazy(
        "Event %(number)s: which columns its digest covers was changed outside the application, so that %(about)s "
        "cannot be compared."
    ),
    "broken": gettext_lazy(
        "The check %(check)s came upon data that the application does not write, and was broken off: %(problem)s"
    ),
    "unread": gettext_lazy(
        "“%(what)s” could not be read, and so was not checked: %(problem)s. Look after disk and rights, then check "
        "again."
    ),
    "no_table": gettext_lazy("%(object_type)s: the table no longer exists; %(rows)s rows cannot be compared."),
    "no_columns": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) cannot be compared with event %(number)s: columns no longer exist."
    ),
    "no_part": gettext_lazy("%(object_type)s of %(owner)s (%(owner_type)s %(owner_id)s) can no longer be compared."),
    "old_scores": gettext_lazy(
        "Run %(run)s of cycle %(cycle)s was computed by an earlier version of the definitions and cannot be recomputed."
    ),
    "file": gettext_lazy(
        "%(object)s %(object_id)s (%(object_type)s): the file “%(name)s” is gone, or was changed outside the "
        "application."
    ),
    "person_name": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s): the audit trail names them otherwise than their account does."
    ),
    "unguarded": gettext_lazy("There is no event about %(object)s %(object_id)s (%(object_type)s)."),
}
# What cannot be compared is told, but is no forgery.
REMARKS = {"no_table", "no_columns", "no_part", "old_scores", "mac_none", "moved_on", "unheld"}


def is_remark(finding: Finding) -> bool:
    """Whether it says only that something cannot be compared."""
    return finding.kind in REMARKS


def finding_sentence(finding: Finding) -> str:
    kind = finding.kind
    if kind == "missing" and finding.params["last"] > finding.number:
        kind = "missing_many"
    known = {"number": finding.number, **finding.params}
    for name in ("object", "owner"):
        if f"{name}_type" in known:
            known[name] = object_word(known[f"{name}_type"])
    if kind == "hidden":
        known["about"] = f"{known['object']} ({known['object_type']} {known.get('object_id', known.get('owner_id'))})"
    return str(FINDINGS.get(kind) or word_for("finding", kind)) % known


def findings(chain: Chain) -> Iterator[Finding]:
    """Everything that is wrong, and what cannot be compared; `chain` has been read to its end afterwards."""
    macs = macs_now()
    yield from chain.check(macs.through(hashed_events()))
    yield from chain.end()
    yield from macs.end()
    checks = (touched_findings, row_findings, part_findings, unguarded_findings, person_findings, score_findings)
    for check in (*checks, attachment_findings, *(each for hooks in declared() for each in hooks.checks)):
        yield from _finished(check)


def _finished(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What the check finds; what it cannot read is a finding, and keeps nobody from the checks after it."""
    try:
        yield from check()
    except DatabaseError:
        raise
    except OSError as problem:
        yield _unread(check.__name__, problem)
    except Exception as problem:
        yield Finding(0, "broken", {"check": check.__name__, "problem": f"{type(problem).__name__}: {problem}"[:200]})
