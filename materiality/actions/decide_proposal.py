"""Accept, decline or defer a proposal."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Proposal, User
from materiality.proposal_values import draft_under_review
from materiality.refusals import Conflict, NotAllowed

State = Proposal.State
DECISIONS = (State.ACCEPTED, State.DECLINED, State.DEFERRED)
REMAINING = (State.OPEN, State.DEFERRED)


@transaction.atomic
def decide_proposal(*, proposal: Proposal, state: str, reason: str, by: User | None) -> Proposal:
    """Decide with a reason, as a named person; a deferred proposal can be decided again.

    Nothing in the draft changes by it: the change is made there, by hand. NotAllowed without a person, a decision or
    a reason; Conflict where somebody has decided meanwhile.
    """
    if by is None or state not in DECISIONS:
        raise NotAllowed(_("A proposal is accepted, declined or deferred by a named person."))
    if not reason.strip():
        raise NotAllowed(_("Give the reason for the decision: it is kept with the proposal."))
    stored = Proposal.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=proposal.pk)
    if stored.state not in REMAINING or stored.state != proposal.state:
        raise Conflict(_decided(stored), stored)
    before = {"state": stored.state, "decision_reason": stored.decision_reason}
    stored.state, stored.decision_reason = state, reason.strip()
    stored.decided_by, stored.decided_at = by, timezone.now()
    stored.edition = draft_under_review() or stored.edition
    stored.save(update_fields=["state", "decision_reason", "decided_by", "decided_at", "edition"])
    audit.record("decide_proposal", stored, by=by, before=before, after={"state": state}, reason=reason.strip())
    return stored


def _decided(stored: Proposal) -> str:
    told = {"person": stored.decided_by, "state": stored.get_state_display(), "reason": stored.decision_reason}
    return _("%(person)s has decided meanwhile: %(state)s. Reason: %(reason)s") % told
