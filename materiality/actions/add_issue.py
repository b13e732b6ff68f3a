"""Add an issue to a draft."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.draft_lineage import descend_added
from materiality.draft_moves import need_primary, next_order
from materiality.drafts import locked_draft, need_active, need_reason
from materiality.issue_codes import check_code, free_primary_code, free_secondary_code
from materiality.issue_texts import FIELDS, IssueTexts
from materiality.models import Category, Edition, Issue, User
from materiality.refusals import Conflict, NotAllowed


@transaction.atomic
def add_issue(
    *,
    edition: Edition,
    texts: IssueTexts,
    by: User | None,
    reason: str,
    primary: Issue | None = None,
    category: Category | None = None,
    code: str = "",
    groups: Sequence[str] = (),
) -> Issue:
    """A new secondary issue under `primary`, or a new primary issue in `category`, as the last one there.

    Without `code` the next free one is taken. NotAllowed for a published edition, without a reason or a name, under a
    secondary or retired issue, and for a code that is or was another issue's.
    """
    draft = locked_draft(edition)
    why = need_reason(reason)
    held = texts.cleaned()
    primary, category = _place(draft, primary, category)
    if code:
        check_code(code, draft, primary)
    siblings = draft.issues.filter(parent=primary, category=category)
    values = {name: getattr(held, name) for name in FIELDS}
    now = timezone.now().isoformat()
    with recorded_change("add_issue", draft, None, by=by, reason=why) as change:
        issue = Issue.objects.create(
            edition=draft,
            category=category,
            parent=primary,
            code=code or (free_secondary_code(primary) if primary else free_primary_code(category)),
            groups=list(groups),
            order=next_order(siblings),
            changed={name: now for name in FIELDS if values[name]},
            **values,
        )
        change.add(issue)
        descend_added(issue, by=by, reason=why)
    return issue


def _place(draft: Edition, primary: Issue | None, category: Category | None) -> tuple[Issue | None, Category]:
    """Where it goes, as stored in the draft."""
    if primary is None:
        stored = draft.categories.filter(pk=category.pk).first() if category else None
        if stored is None:
            raise NotAllowed(_("Choose a primary issue or a category of this draft."))
        return None, stored
    found = draft.issues.select_related("category", "edition").filter(pk=primary.pk).first()
    if found is None:
        raise Conflict(_("%(issue)s is no longer in the draft.") % {"issue": primary.code}, None)
    need_primary(found)
    need_active([found])
    return found, found.category
