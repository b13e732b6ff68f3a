"""The audit trail: events as a page shows them, and its verification in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import AuditColumns, AuditedRow, AuditEvent, AuditPerson
from materiality.platform.audit import CHUNK, HASHED, Finding, columns_digest, stored_digests, touched_digest
from materiality.platform.words import FieldChange, action_sentence, field_changes, object_word


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
    gone = columns_digest(names, [])
    kind = "row_gone" if digest == gone else "row_back" if last.digest == gone else "row_changed"
    return Finding(last.number, kind, {"object_type": model._meta.label_lower, "object_id": key})


PERSON_TYPES = ("materiality.user", "materiality.auditperson")


@dataclass(frozen=True)
class TrailFilter:
    """What the trail is narrowed to; empty means everything. `object_id` is exact, `object` is looked for in names.

    Days are days of the active time zone, both included.
    """

    person: str = ""
    action: str = ""
    object_type: str = ""
    object: str = ""
    object_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class TrailEvent:
    """One event in words."""

    row: AuditEvent
    person: str
    words: str
    object_word: str
    changes: list[FieldChange]


def trail(wanted: TrailFilter) -> QuerySet[AuditEvent]:
    """Events that fit, newest first; an object's include those that touched it besides another."""
    events = AuditEvent.objects.select_related("person").order_by("-number")
    simple = {"person": wanted.person, "action": wanted.action}
    simple |= {"object_text__icontains": wanted.object, "reason__icontains": wanted.reason}
    if wanted.object_id:
        its_own = {"object_type": wanted.object_type, "object_id": wanted.object_id}
        touching = AuditedRow.objects.filter(**its_own).values("event")
        events = events.filter(Q(**its_own) | Q(number__in=touching))
    else:
        simple["object_type"] = wanted.object_type
    events = events.filter(**{name: value for name, value in simple.items() if value})
    if wanted.first_day:
        events = events.filter(at__gte=_start(wanted.first_day))
    if wanted.last_day:
        events = events.filter(at__lt=_start(wanted.last_day + timedelta(days=1)))
    return events


def in_words(events: Iterable[AuditEvent]) -> list[TrailEvent]:
    """Events as the page and the start page tell them; one further query for the persons they are about."""
    listed = list(events)
    names = _names_of_objects(listed)
    return [
        TrailEvent(
            row=event,
            person=person_name(event.person),
            words=action_sentence(
                event.action, event.object_text or names.get((event.object_type, event.object_id), "")
            ),
            object_word=object_word(event.object_type),
            changes=field_changes(event.object_type, event.before, event.after),
        )
        for event in listed
    ]


def person_name(person: AuditPerson | None) -> str:
    """The person's name, that it was erased, or, where a command did it, empty."""
    if person is None:
        return ""
    return person.name or _("erased person")


def trail_rows(wanted: TrailFilter) -> Iterator[tuple]:
    """Events as rows of a file, newest first, read in chunks."""
    for event in trail(wanted).iterator(chunk_size=2000):
        yield event, person_name(event.person)


def _names_of_objects(events: list[AuditEvent]) -> dict[tuple[str, str], str]:
    """(type, id) → name of the persons that events are about: events themselves hold no name."""
    about = [event for event in events if event.object_type in PERSON_TYPES]
    if not about:
        return {}
    users = [event.object_id for event in about if event.object_type == PERSON_TYPES[0]]
    references = [event.object_id for event in about if event.object_type == PERSON_TYPES[1]]
    names = {}
    for person in AuditPerson.objects.filter(Q(user__in=users) | Q(reference__in=references)):
        names["materiality.auditperson", str(person.reference)] = person_name(person)
        names["materiality.user", str(person.user_id)] = person_name(person)
    return names


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


FINDINGS: dict[str, Promise] = {
    "missing": gettext_lazy("Event %(number)s is missing."),
    "missing_many": gettext_lazy("Events %(number)s to %(last)s are missing."),
    "order": gettext_lazy("Event %(number)s stands a second time."),
    "chain": gettext_lazy("Event %(number)s does not continue the chain: it names another hash before it."),
    "contents": gettext_lazy("Event %(number)s was changed: its contents do not give its hash."),
    "touched": gettext_lazy(
        "Event %(number)s was changed: its list of further rows is not the one it was written with."
    ),
    "row_changed": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was changed around the application after event %(number)s."
    ),
    "row_gone": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was deleted around the application after event %(number)s."
    ),
    "row_back": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was put back around the application after event %(number)s."
    ),
    "anchor": gettext_lazy("The hash %(hash)s does not stand in the chain."),
}


def finding_sentence(finding: Finding) -> str:
    """One line on a finding."""
    kind = finding.kind
    if kind == "missing" and finding.params["last"] > finding.number:
        kind = "missing_many"
    known = {"number": finding.number, **finding.params}
    if "object_type" in known:
        known["object"] = object_word(known["object_type"])
    return str(FINDINGS[kind]) % known
