"""Proposals for the library: what remains to be decided, and what was decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from materiality.models import Edition, Issue, Proposal
from materiality.proposal_values import TEXTS, ProposalValues

State = Proposal.State


@dataclass(frozen=True)
class Standing:
    """How many proposals are open, deferred and decided."""

    open: int
    deferred: int
    decided: int

    @property
    def remaining(self) -> int:
        return self.open + self.deferred


def listed_proposals(state: str = "", kind: str = "") -> QuerySet[Proposal]:
    """Proposals with issue and people: the open ones first, then the deferred, then the decided; newest first."""
    place = Case(
        When(state=State.OPEN, then=Value(0)),
        When(state=State.DEFERRED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Proposal.objects.select_related("issue__edition", "created_by", "decided_by").annotate(place=place)
    if state in State.values:
        found = found.filter(state=state)
    if kind in Proposal.Kind.values:
        found = found.filter(kind=kind)
    return found.order_by("place", "-created_at", "-pk")


def proposal_standing() -> Standing:
    """The numbers of all proposals (one query)."""
    numbers = dict(Proposal.objects.order_by().values_list("state").annotate(Count("pk")))
    return Standing(
        open=numbers.get(State.OPEN, 0),
        deferred=numbers.get(State.DEFERRED, 0),
        decided=numbers.get(State.ACCEPTED, 0) + numbers.get(State.DECLINED, 0),
    )


def issues_in_force() -> QuerySet[Issue]:
    """Active issues of the edition in force, by code."""
    found = Issue.objects.filter(edition__state=Edition.State.PUBLISHED, status=Issue.Status.ACTIVE)
    return found.select_related("edition").order_by("code")


def already_there(proposals: Sequence[ProposalValues]) -> Collection[ProposalValues]:
    """Those of the proposals that are stored word for word, whatever was decided."""
    rows = Proposal.objects.filter(reason__in={values.reason for values in proposals})
    kept = {_as_values(row) for row in rows.select_related("issue__edition")}
    return {values for values in proposals if values in kept}


def _as_values(row: Proposal) -> ProposalValues:
    return ProposalValues(row.kind, row.issue, **{name: getattr(row, name) for name in TEXTS})
