"""Retire an issue in a draft."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.draft_lineage import descend_retired
from materiality.draft_moves import save_changed
from materiality.drafts import draft_issue, locked_draft, need_active, need_reason
from materiality.models import Issue, User
from materiality.queries.issue_origin import origins
from materiality.refusals import NotAllowed, Unacknowledged
from materiality.vetoes import RETIRE_ISSUE, vetoes


@transaction.atomic
def retire_issue(
    *, issue: Issue, by: User | None, reason: str, version: int | None = None, acknowledged: bool = False
) -> Issue | None:
    """Mark the issue as retired; one that was only added in this draft is removed (None).

    NotAllowed for a published edition, without a reason, for a retired issue and a primary one with active
    secondaries. A live survey that asks about it in the edition in force goes on: Unacknowledged says so unless
    `acknowledged`. Conflict where somebody changed it after `version`.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    why = need_reason(reason)
    _need_no_secondaries(stored)
    sources = origins(stored)
    warnings = [sentence for source in sources for sentence in vetoes(RETIRE_ISSUE, source)]
    if warnings and not acknowledged:
        raise Unacknowledged(warnings)
    with recorded_change("retire_issue", draft, stored, by=by, reason=why):
        if not sources:
            Issue.objects.filter(pk=stored.pk).delete()
            return None
        stored.status = Issue.Status.RETIRED
        save_changed(stored, "status")
        descend_retired(stored, by=by, reason=why)
    return stored


def _need_no_secondaries(issue: Issue) -> None:
    active = issue.secondaries.filter(status=Issue.Status.ACTIVE).order_by("order", "code")
    codes = list(active.values_list("code", flat=True))
    if codes:
        raise NotAllowed(
            _("%(issue)s has secondary issues: %(codes)s. Move or retire them first.")
            % {"issue": issue.code, "codes": ", ".join(codes)}
        )
    if issue.secondaries.exists() and not origins(issue):
        raise NotAllowed(_("Retired issues stand under %(issue)s, so it stays.") % {"issue": issue.code})
