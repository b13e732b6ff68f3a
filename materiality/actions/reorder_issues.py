"""Put the issues of one place of a draft into another order."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.drafts import locked_draft
from materiality.models import Category, Edition, Issue, User
from materiality.refusals import Conflict, NotAllowed


@transaction.atomic
def reorder_issues(
    *,
    edition: Edition,
    codes: Sequence[str],
    by: User | None,
    primary: Issue | None = None,
    category: Category | None = None,
) -> None:
    """Give the secondaries of `primary`, or the primaries of `category`, the order of `codes`.

    Versions stay: an order is no text that two people could overwrite. Conflict where `codes` are not those that
    stand there, as somebody added, moved or removed one meanwhile; NotAllowed for a published edition.
    """
    draft = locked_draft(edition)
    if (primary is None) == (category is None):
        raise NotAllowed(_("Choose a primary issue or a category of this draft."))
    there = draft.issues.filter(parent=primary) if primary else draft.issues.filter(category=category, parent=None)
    issues = {issue.code: issue for issue in there.order_by("order", "code")}
    if sorted(codes) != sorted(issues):
        raise Conflict(_("Issues were added or removed here meanwhile. Look at the list again."), primary)
    if list(codes) == list(issues):
        return
    first = next(issues[code] for code, old in zip(codes, issues, strict=True) if code != old)
    with recorded_change("reorder_issues", draft, first, by=by, touches=issues.values()):
        for place, code in enumerate(codes, start=1):
            issues[code].order = place
        Issue.objects.bulk_update(issues.values(), ["order"])
