"""Merge issues of a draft into one of them."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.draft_lineage import descend_merged, mark_descent
from materiality.draft_moves import save_changed, take_secondaries
from materiality.drafts import draft_issue, locked_draft, need_active, need_reason
from materiality.issue_texts import FIELDS, IssueTexts, set_texts
from materiality.models import Issue, IssueMapping, Lineage, User
from materiality.refusals import NotAllowed


@transaction.atomic
def merge_issues(
    *,
    into: Issue,
    others: Sequence[Issue],
    by: User | None,
    reason: str,
    texts: IssueTexts | None = None,
    versions: Mapping[str, int] | None = None,
) -> Issue:
    """`into` takes over the mappings, groups and ancestors of the others, and their secondaries; the others go.

    `texts`: the new names and definitions, None leaves those of `into`. `versions`: code → the version that the person
    saw. NotAllowed for a published edition, without a reason, for a merge into itself or of nothing, of primary with
    secondary issues, and of retired ones; Conflict where one was changed after the version seen.
    """
    draft = locked_draft(into.edition)
    seen = versions or {}
    kept = draft_issue(into, seen.get(into.code))
    gone = [draft_issue(issue, seen.get(issue.code)) for issue in others]
    _refuse(kept, gone)
    why = need_reason(reason)
    held = texts.cleaned() if texts else None
    secondaries = list(Issue.objects.filter(parent__in=gone))
    with recorded_change("merge_issues", draft, kept, by=by, reason=why, touches=[*gone, *secondaries]):
        moved = take_secondaries(gone, kept)
        mark_descent(moved, Lineage.Kind.MOVED, by=by, reason=why)
        descend_merged(kept, gone, by=by, reason=why)
        _take_mappings(kept, gone)
        if held:
            set_texts(kept, held)
        kept.groups = list(dict.fromkeys(code for issue in (kept, *gone) for code in issue.groups))
        save_changed(kept, *FIELDS, "groups", "changed")
        Issue.objects.filter(pk__in=[issue.pk for issue in gone]).delete()
    return kept


def _refuse(kept: Issue, gone: Sequence[Issue]) -> None:
    if not gone:
        raise NotAllowed(_("Choose at least one other issue to merge with."))
    keys = [kept.pk, *(issue.pk for issue in gone)]
    if len(set(keys)) < len(keys):
        raise NotAllowed(_("An issue cannot be merged into itself."))
    if any(issue.edition_id != kept.edition_id for issue in gone):
        raise NotAllowed(_("Only issues of one draft can be merged."))
    if any(issue.is_primary != kept.is_primary for issue in gone):
        raise NotAllowed(_("A primary and a secondary issue cannot be merged. Move one of them first."))
    need_active([kept, *gone])


def _take_mappings(kept: Issue, gone: Sequence[Issue]) -> None:
    held = set(kept.mappings.values_list("disclosure_id", flat=True))
    found = IssueMapping.objects.filter(issue__in=gone).order_by("pk").values_list("disclosure_id", flat=True)
    fresh = [disclosure for disclosure in dict.fromkeys(found) if disclosure not in held]
    IssueMapping.objects.bulk_create(IssueMapping(issue=kept, disclosure_id=disclosure) for disclosure in fresh)
