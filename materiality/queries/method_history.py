"""How the method of a cycle, and the weights of its groups, changed over time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from materiality.models import AuditEvent, Cycle

MOST_CHANGES = 10


@dataclass(frozen=True)
class MethodChange:
    """One change: parameters with their values before and after; `after_run` where results had been seen."""

    at: datetime
    person: str
    group: str
    changes: list[tuple[str, Any, Any]]
    after_run: int | None


def method_changes(cycle: Cycle) -> list[MethodChange]:
    """The latest changes of parameters and weights, newest first."""
    groups = cycle.groups.annotate(text=Cast("pk", CharField())).values("text")
    of_method = Q(action="set_method", object_type="materiality.cycle", object_id=str(cycle.pk))
    of_group = Q(action="save_group", object_type="materiality.group", object_id__in=groups)
    events = AuditEvent.objects.filter(of_method | of_group).select_related("person").order_by("-number")
    changes = [_change(event) for event in events[: MOST_CHANGES * 3]]
    return [change for change in changes if change.changes][:MOST_CHANGES]


def _change(event: AuditEvent) -> MethodChange:
    wanted = [name for name in event.before if event.action == "set_method" or name.startswith("weight_")]
    return MethodChange(
        at=event.at,
        person=event.person.name if event.person else "",
        group=event.object_text if event.action == "save_group" else "",
        changes=[(name, event.before[name], event.after.get(name)) for name in wanted],
        after_run=event.after.get("after_run"),
    )
