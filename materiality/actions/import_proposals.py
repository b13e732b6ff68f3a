"""Store the proposals of a file."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Proposal, User
from materiality.proposal_values import ProposalValues, store_proposal
from materiality.queries.proposals import already_there
from materiality.refusals import NotAllowed


@transaction.atomic
def import_proposals(*, proposals: Sequence[ProposalValues], by: User | None) -> list[Proposal]:
    """Store all of them, but those that stand in the list already word for word.

    NotAllowed, and nothing stored, where one of them is wrong or none is new.
    """
    known = already_there(proposals)
    fresh = [values for values in dict.fromkeys(proposals) if values not in known]
    if not fresh:
        raise NotAllowed(_("All proposals of the file are in the list already."))
    stored = [store_proposal(values, origin=Proposal.Origin.IMPORT, by=by) for values in fresh]
    audit.record("import_proposals", stored[0], by=by, after={"proposals": len(stored)}, touched=stored[1:])
    return stored
