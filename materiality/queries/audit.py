"""The audit trail: events as a page shows them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import AuditedRow, AuditEvent, AuditPerson
from materiality.platform.words import FieldChange, action_sentence, field_changes, object_word

PERSON_TYPES = ("materiality.user", "materiality.auditperson")


@dataclass(frozen=True)
class TrailFilter:
    """What the trail is narrowed to; empty means everything. `object_id` is exact, `q` is looked for in
    names of objects and in reasons.

    Days are days of the active time zone, both included.
    """

    person: str = ""
    action: str = ""
    object_type: str = ""
    q: str = ""
    object_id: str = ""
    first_day: date | None = None
    last_day: date | None = None


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
    if wanted.object_id:
        its_own = {"object_type": wanted.object_type, "object_id": wanted.object_id}
        touching = AuditedRow.objects.filter(**its_own).values("event")
        events = events.filter(Q(**its_own) | Q(number__in=touching))
    else:
        simple["object_type"] = wanted.object_type
    events = events.filter(**{name: value for name, value in simple.items() if value})
    if wanted.q:
        events = events.filter(Q(object_text__icontains=wanted.q) | Q(reason__icontains=wanted.q))
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
