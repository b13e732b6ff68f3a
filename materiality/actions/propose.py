"""Propose a new issue, a change or a retirement."""

from django.db import transaction

from materiality import audit
from materiality.models import Proposal, User
from materiality.proposal_values import ProposalValues, store_proposal


@transaction.atomic
def propose(*, values: ProposalValues, by: User | None) -> Proposal:
    """Put a proposal of a member of staff before those who decide. NotAllowed with everything that is wrong."""
    proposal = store_proposal(values, origin=Proposal.Origin.STAFF, by=by)
    audit.record("propose", proposal, by=by, after=values.told(), reason=proposal.reason)
    return proposal
