"""Map an issue of a draft to a disclosure, goal or topic."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.disclosure_codes import full_code, is_heading
from materiality.draft_changes import recorded_change
from materiality.draft_moves import save_changed
from materiality.drafts import draft_issue, locked_draft, need_active
from materiality.models import Disclosure, Issue, IssueMapping, User
from materiality.refusals import NotAllowed


@transaction.atomic
def map_issue(*, issue: Issue, disclosure: Disclosure, by: User | None, version: int | None = None) -> Issue:
    """Say that the disclosure covers the issue; returns the issue as stored.

    A disclosure is a row of one framework edition, so a code of another edition cannot be meant. NotAllowed for a
    published edition, a retired issue, a mapping that is there, and what only heads a catalogue; Conflict where
    somebody else changed the issue after `version`.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    words = {"issue": stored.code, "code": full_code(disclosure)}
    if is_heading(disclosure):
        raise NotAllowed(_("%(code)s heads a part of its catalogue; choose what stands below it.") % words)
    if stored.mappings.filter(disclosure=disclosure).exists():
        raise NotAllowed(_("%(issue)s is mapped to %(code)s already.") % words)
    with recorded_change("map_issue", draft, stored, by=by) as recorder:
        IssueMapping.objects.create(issue=stored, disclosure=disclosure)
        save_changed(stored)
        recorder.tell(after={"mappings": words["code"]})
    return stored
