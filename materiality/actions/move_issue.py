"""Move an issue of a draft to another primary issue or category."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.draft_lineage import mark_descent
from materiality.draft_moves import need_primary, place_in, place_under
from materiality.drafts import draft_issue, locked_draft, need_active, need_reason
from materiality.models import Category, Edition, Issue, Lineage, User
from materiality.refusals import NotAllowed


@transaction.atomic
def move_issue(
    *,
    issue: Issue,
    by: User | None,
    reason: str,
    primary: Issue | None = None,
    category: Category | None = None,
    version: int | None = None,
) -> Issue:
    """Move a secondary issue under `primary`, or a primary issue with its secondaries to `category`.

    What moves takes the next free codes of the new place, as a code says where its issue stands and an import refuses
    one that changed its category. NotAllowed for a published edition, without a reason, for a retired issue, a primary
    under a primary, anything under itself or under a secondary, and a move to where the issue is.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    why = need_reason(reason)
    if stored.is_primary:
        target = _category(draft, stored, primary, category)
        touches = list(stored.secondaries.all())
    else:
        target, touches = _primary(draft, stored, primary), []
    with recorded_change("move_issue", draft, stored, by=by, reason=why, touches=touches):
        if stored.is_primary:
            moved = [stored, *place_in(stored, target)]
        else:
            place_under(stored, target)
            moved = [stored]
        mark_descent(moved, Lineage.Kind.MOVED, by=by, reason=why)
    return stored


def _category(draft: Edition, issue: Issue, primary: Issue | None, category: Category | None) -> Category:
    if primary is not None and primary.pk == issue.pk:
        raise NotAllowed(_("An issue cannot stand under itself."))
    if primary is not None:
        raise NotAllowed(_("%(code)s is a primary issue; it cannot stand under another one.") % {"code": issue.code})
    stored = draft.categories.filter(pk=category.pk).first() if category else None
    if stored is None:
        raise NotAllowed(_("Choose a category of this draft."))
    if stored.pk == issue.category_id:
        raise NotAllowed(_("The issue is in this category already."))
    return stored


def _primary(draft: Edition, issue: Issue, primary: Issue | None) -> Issue:
    stored = draft.issues.select_related("category", "edition").filter(pk=primary.pk).first() if primary else None
    if stored is None:
        raise NotAllowed(_("Choose a primary issue of this draft."))
    if stored.pk == issue.pk:
        raise NotAllowed(_("An issue cannot stand under itself."))
    need_primary(stored)
    need_active([stored])
    if stored.pk == issue.parent_id:
        raise NotAllowed(_("The issue is under this primary issue already."))
    return stored
