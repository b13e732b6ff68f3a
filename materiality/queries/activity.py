"""What is running and what happened last."""

from dataclasses import dataclass
from datetime import datetime

from materiality.models import AuditEvent, Job
from materiality.queries.audit_trail import in_words

MOST_JOBS = 10


@dataclass(frozen=True)
class Happening:
    """One audit event in words; `person` is empty where a command did it."""

    at: datetime
    person: str
    words: str


def recent_happenings(number: int = 10) -> list[Happening]:
    """The last audit events, newest first."""
    events = AuditEvent.objects.select_related("person").order_by("-number")[:number]
    return [Happening(event.row.at, event.person, event.words) for event in in_words(events)]


def running_jobs() -> list[Job]:
    """Jobs that are not over, oldest first."""
    waiting = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING))
    return list(waiting.select_related("cycle", "created_by").order_by("created_at")[:MOST_JOBS])
