"""Cycles, where they stand, and what is in their scope."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from materiality.models import Cycle, Edition, Issue
from materiality.steps import Standing, Step

UNDER_WAY = (Cycle.State.DRAFT, Cycle.State.OPEN, Cycle.State.CLOSED, Cycle.State.IN_REVIEW)


@dataclass(frozen=True)
class Scope:
    """Numbers of active issues in an edition."""

    primaries: int
    secondaries: int


def edition_in_force() -> Edition | None:
    """The published edition, if there is one."""
    return Edition.objects.filter(state=Edition.State.PUBLISHED).first()


def scope_of(edition: Edition) -> Scope:
    """How many active issues a cycle on the edition covers."""
    numbers = Issue.objects.filter(edition=edition, status=Issue.Status.ACTIVE).aggregate(
        primaries=Count("pk", filter=Q(parent__isnull=True)), secondaries=Count("pk", filter=Q(parent__isnull=False))
    )
    return Scope(**numbers)


def listed_cycles(state: str = "") -> QuerySet[Cycle]:
    """Cycles with `group_number` and the number of the last run (`last_run`), newest period first."""
    cycles = Cycle.objects.select_related("edition").annotate(
        group_number=Count("groups", distinct=True), last_run=Max("runs__number")
    )
    cycles = cycles.order_by(*Cycle._meta.ordering)  # grouping drops the model's own order
    return cycles.filter(state=state) if state in Cycle.State.values else cycles


def next_step(standings: list[tuple[Step, Standing]]) -> Step | None:
    """The first step that is not done."""
    return next((step for step, standing in standings if not standing.done), None)


def free_code(today: date) -> str:
    """A code for a new cycle: the year, with a number where it is taken."""
    year = str(today.year)
    taken = set(Cycle.objects.filter(code__startswith=year).values_list("code", flat=True))
    names = [year, *(f"{year}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)
