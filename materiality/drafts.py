"""Taking hold of a draft edition and its issues."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from materiality.models import Edition, EditionChange, Issue
from materiality.refusals import Conflict, NotAllowed


def locked_draft(edition: Edition) -> Edition:
    """The draft as it is stored, locked to the end of the transaction; NotAllowed for an edition that is none."""
    stored = Edition.objects.select_for_update(of=("self",)).filter(pk=edition.pk).first()
    if stored is None:
        raise NotAllowed(_("The draft was discarded."))
    if stored.state != Edition.State.DRAFT:
        raise NotAllowed(
            _("Edition %(edition)s is published and does not change any more. Start a draft to change the library.")
            % {"edition": stored}
        )
    return stored


def draft_issue(issue: Issue, version: int | None) -> Issue:
    """The issue as it is stored in a draft that is locked.

    Conflict where it is gone or is not the `version` that the person saw (None: whichever it is).
    """
    stored = Issue.objects.select_related("edition", "category", "parent").filter(pk=issue.pk).first()
    if stored is None:
        reason = _("%(issue)s is no longer in the draft. %(change)s")
        raise Conflict(reason % {"issue": issue.code, "change": last_change_sentence(issue.edition)}, None)
    if version is not None and stored.version != version:
        reason = _("%(issue)s was changed meanwhile. %(change)s")
        raise Conflict(reason % {"issue": stored.code, "change": last_change_sentence(stored.edition)}, stored)
    return stored


def need_active(issues: Iterable[Issue]) -> None:
    """NotAllowed where one of them is retired."""
    retired = [issue.code for issue in issues if issue.status == Issue.Status.RETIRED]
    if retired:
        raise NotAllowed(_("Retired issues do not change: %(codes)s.") % {"codes": ", ".join(retired)})


def need_reason(reason: str) -> str:
    """The reason without space around it; NotAllowed where there is none."""
    if not reason.strip():
        raise NotAllowed(_("Say why: this change breaks the identity of an issue, and the reason is kept with it."))
    return reason.strip()


def last_change(edition: Edition) -> EditionChange | None:
    """The newest change that was not undone."""
    return edition.changes.filter(undone=False).select_related("by").order_by("-pk").first()


def last_change_sentence(edition: Edition) -> str:
    """Who changed the draft last, for somebody who comes second; empty where nobody did."""
    change = last_change(edition)
    if change is None:
        return ""
    person = change.by or _("A command")
    return _("%(person)s was the last to change the draft: %(object)s.") % {
        "person": person,
        "object": change.object_text,
    }
