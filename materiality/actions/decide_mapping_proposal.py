"""Confirm or dismiss mappings that the crosswalk proposes for an issue of a draft."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.disclosure_codes import full_code
from materiality.draft_changes import recorded_change
from materiality.draft_moves import save_changed
from materiality.drafts import draft_issue, locked_draft, need_active
from materiality.models import Issue, IssueMapping, MappingProposal, User
from materiality.refusals import Conflict, NotAllowed

State = MappingProposal.State


@transaction.atomic
def decide_mapping_proposal(
    *, issue: Issue, proposals: Sequence[MappingProposal], state: str, by: User | None
) -> list[MappingProposal]:
    """Confirm (the mappings are added) or dismiss one or more open proposals of one issue; returns them as stored.

    Can be undone like any change of the draft. NotAllowed for a published edition, a retired issue and no proposals;
    Conflict where one of them was decided meanwhile.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, None)
    need_active([stored])
    if not proposals or state not in (State.CONFIRMED, State.DISMISSED):
        raise NotAllowed(_("Choose proposals, and whether to confirm or to dismiss them."))
    rows = _still_open(stored, proposals)
    with recorded_change("decide_mapping_proposal", draft, stored, by=by) as recorder:
        _decide(rows, state, by)
        if state == State.CONFIRMED:
            _map(stored, rows)
        codes = ", ".join(full_code(row.crosswalk.target) for row in rows)
        recorder.tell(before={"state": State.OPEN}, after={"state": state, "mappings": codes})
    return rows


def _still_open(issue: Issue, proposals: Sequence[MappingProposal]) -> list[MappingProposal]:
    wanted = {proposal.pk for proposal in proposals}
    held = issue.mapping_proposals.filter(pk__in=wanted, state=State.OPEN, crosswalk__target__isnull=False)
    rows = list(held.select_related("crosswalk__target__framework").order_by("pk"))
    if len(rows) != len(wanted):
        raise Conflict(_("Somebody else has decided on this already; nothing was changed."), issue)
    return rows


def _decide(rows: list[MappingProposal], state: str, by: User | None) -> None:
    now = timezone.now()
    for row in rows:
        row.state, row.decided_by, row.decided_at = state, by, now
    MappingProposal.objects.bulk_update(rows, ["state", "decided_by", "decided_at"])


def _map(issue: Issue, rows: list[MappingProposal]) -> None:
    """Add the mappings but those that somebody added by hand meanwhile."""
    there = set(issue.mappings.values_list("disclosure", flat=True))
    targets = dict.fromkeys(row.crosswalk.target_id for row in rows)
    fresh = [IssueMapping(issue=issue, disclosure_id=target) for target in targets if target not in there]
    if fresh:
        IssueMapping.objects.bulk_create(fresh)
        save_changed(issue)
