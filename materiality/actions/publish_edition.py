"""Publish a draft as the edition in force."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.draft_lineage import complete_lineage
from materiality.drafts import locked_draft
from materiality.models import Edition, Issue, User
from materiality.queries.publishing import publishing_warnings
from materiality.refusals import NotAllowed, Unacknowledged


@transaction.atomic
def publish_edition(*, edition: Edition, by: User | None, acknowledged: str = "") -> Edition:
    """Put the draft in force and supersede the edition before, in one transaction; returns it as stored.

    Every issue has its lineage afterwards. Undecided proposals and missing translations are warnings: Unacknowledged
    names them unless `acknowledged` says, as the reason that is kept, why it is published all the same. NotAllowed
    for an edition that is no draft, has no active secondary issue, or started from one that is not in force any more.
    """
    draft = locked_draft(edition)
    current = Edition.objects.select_for_update().filter(state=Edition.State.PUBLISHED).first()
    _refuse(draft, current)
    warnings = publishing_warnings(draft)
    why = acknowledged.strip()
    if warnings and not why:
        raise Unacknowledged([warning.sentence for warning in warnings])
    complete_lineage(draft, by=by)
    if current is not None:
        current.state = Edition.State.SUPERSEDED
        current.save(update_fields=["state"])
    draft.state, draft.published_at = Edition.State.PUBLISHED, timezone.now()
    draft.save(update_fields=["state", "published_at"])
    audit.record(
        "publish_edition",
        draft,
        by=by,
        before={"state": Edition.State.DRAFT, "in_force": current.code if current else None},
        after={"state": draft.state, "acknowledged": {row.kind: row.number for row in warnings}},
        reason=why,
        touched=[current] if current else [],
    )
    return draft


def _refuse(draft: Edition, current: Edition | None) -> None:
    if draft.based_on_id != (current.pk if current else None):
        raise NotAllowed(
            _(
                "%(edition)s came in force after this draft was started, and what it changed is not in the draft. "
                "Export the draft, discard it, start a new one and import your changes there."
            )
            % {"edition": current.title if current else "–"}
        )
    if not draft.issues.filter(parent__isnull=False, status=Issue.Status.ACTIVE).exists():
        raise NotAllowed(_("The draft has no active secondary issue, so nothing could be rated."))
