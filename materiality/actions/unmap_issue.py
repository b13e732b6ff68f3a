"""Take a mapping from an issue of a draft."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.disclosure_codes import full_code
from materiality.draft_changes import recorded_change
from materiality.draft_moves import save_changed
from materiality.drafts import draft_issue, locked_draft, need_active
from materiality.models import Disclosure, Issue, User
from materiality.refusals import NotAllowed


@transaction.atomic
def unmap_issue(*, issue: Issue, disclosure: Disclosure, by: User | None, version: int | None = None) -> Issue:
    """The disclosure covers the issue no longer; returns the issue as stored.

    NotAllowed for a published edition, a retired issue and a mapping that is not there; Conflict where somebody else
    changed the issue after `version`.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    words = {"issue": stored.code, "code": full_code(disclosure)}
    mapping = stored.mappings.filter(disclosure=disclosure).first()
    if mapping is None:
        raise NotAllowed(_("%(issue)s is not mapped to %(code)s.") % words)
    with recorded_change("unmap_issue", draft, stored, by=by) as recorder:
        mapping.delete()
        save_changed(stored)
        recorder.tell(before={"mappings": words["code"]})
    return stored
