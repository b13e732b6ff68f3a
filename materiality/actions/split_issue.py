"""Split an issue of a draft into several."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.draft_lineage import descend_split, mark_descent
from materiality.draft_moves import take_secondaries
from materiality.drafts import draft_issue, locked_draft, need_active, need_reason
from materiality.issue_codes import free_primary_code, free_secondary_code
from materiality.issue_texts import FIELDS, IssueTexts
from materiality.models import Issue, IssueMapping, Lineage, User
from materiality.refusals import NotAllowed


@transaction.atomic
def split_issue(
    *, issue: Issue, parts: Sequence[IssueTexts], by: User | None, reason: str, version: int | None = None
) -> list[Issue]:
    """Put the parts in the place of the issue: new issues with new codes, each with its mappings and groups.

    Secondaries of a primary issue come under the first part. NotAllowed for a published edition, without a reason, for
    fewer than two parts, two of one name, or a retired issue; Conflict where somebody changed it after `version`.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    why = need_reason(reason)
    texts = [part.cleaned() for part in parts]
    _refuse(texts)
    secondaries = list(stored.secondaries.all())
    followers = draft.issues.filter(parent=stored.parent, category=stored.category, order__gt=stored.order)
    touches = [*secondaries, *followers]
    with recorded_change("split_issue", draft, stored, by=by, reason=why, touches=touches) as change:
        followers.update(order=F("order") + len(texts) - 1)
        made = [_made(stored, part, stored.order + place) for place, part in enumerate(texts)]
        for part in made:
            change.add(part)
        mark_descent(take_secondaries([stored], made[0]), Lineage.Kind.MOVED, by=by, reason=why)
        descend_split(stored, made, by=by, reason=why)
        Issue.objects.filter(pk=stored.pk).delete()
    return made


def _refuse(texts: Sequence[IssueTexts]) -> None:
    if len(texts) < 2:
        raise NotAllowed(_("An issue is split into at least two."))
    names = [(part.name_zh, part.name_en) for part in texts]
    if len(set(names)) < len(names):
        raise NotAllowed(_("Two parts have the same name."))


def _made(issue: Issue, part: IssueTexts, order: int) -> Issue:
    """One part, with all that hangs on the issue."""
    now = timezone.now().isoformat()
    made = Issue.objects.create(
        edition=issue.edition,
        category=issue.category,
        parent=issue.parent,
        code=free_primary_code(issue.category) if issue.is_primary else free_secondary_code(issue.parent),
        groups=issue.groups,
        order=order,
        changed={name: now for name in FIELDS if getattr(part, name)},
        **{name: getattr(part, name) for name in FIELDS},
    )
    disclosures = issue.mappings.order_by("pk").values_list("disclosure_id", flat=True)
    IssueMapping.objects.bulk_create(IssueMapping(issue=made, disclosure_id=disclosure) for disclosure in disclosures)
    return made
