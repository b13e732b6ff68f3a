"""Reword, rename or redefine an issue of a draft."""

from collections.abc import Sequence
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.draft_changes import recorded_change
from materiality.draft_lineage import mark_descent
from materiality.draft_moves import save_changed
from materiality.drafts import draft_issue, locked_draft, need_active, need_reason
from materiality.issue_texts import FIELDS, IssueTexts, set_texts, texts_of
from materiality.models import Issue, Lineage, User
from materiality.refusals import NotAllowed

Change = Literal["reworded", "renamed", "redefined"]


@transaction.atomic
def change_issue(
    *,
    issue: Issue,
    texts: IssueTexts,
    by: User | None,
    version: int | None = None,
    change: Change = "reworded",
    reason: str = "",
    groups: Sequence[str] | None = None,
) -> Issue:
    """Set the texts, and the groups where given; returns the issue as stored.

    `change` is what people mean by it: `reworded` leaves the issue what it was and needs no reason; `renamed` (another
    name) and `redefined` (another meaning) break its identity and need one, which goes into its lineage. Conflict
    where somebody else changed it after `version`; NotAllowed for a published edition, a retired issue, no name, and
    `renamed` or `redefined` where name or definition stay as they are.
    """
    draft = locked_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    held = texts.cleaned()
    why = reason.strip() if change == "reworded" else need_reason(reason)
    _need_fit(change, texts_of(stored), held)
    wanted = stored.groups if groups is None else list(groups)
    if texts_of(stored) == held and stored.groups == wanted:
        return stored
    with recorded_change("change_issue", draft, stored, by=by, reason=why):
        set_texts(stored, held)
        stored.groups = wanted
        save_changed(stored, *FIELDS, "groups", "changed")
        if why:
            kind = Lineage.Kind.RENAMED if change == "renamed" else Lineage.Kind.KEPT
            mark_descent([stored], kind, by=by, reason=why)
    return stored


def _need_fit(change: str, old: IssueTexts, new: IssueTexts) -> None:
    if change == "renamed" and (old.name_zh, old.name_en) == (new.name_zh, new.name_en):
        raise NotAllowed(_("The name is the same as before. Choose another kind of change."))
    if change == "redefined" and (old.definition_zh, old.definition_en) == (new.definition_zh, new.definition_en):
        raise NotAllowed(_("The definition is the same as before. Choose another kind of change."))
