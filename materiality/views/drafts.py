"""Pages of a draft: its tree, the order of issues, and undoing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.reorder_issues import reorder_issues
from materiality.actions.undo_last_change import undo_last_change
from materiality.models import Edition, Issue
from materiality.permissions import can_edit_library, can_view, needs
from materiality.refusals import NotAllowed
from materiality.views.draft_pages import after_change, draft_of, issue_of, tree_page


@needs(can_view)
def draft(request: HttpRequest, edition: str) -> HttpResponse:
    """The tree of a draft, to be edited in place; a published edition is read in the library."""
    row = draft_of(edition)
    if row.state != Edition.State.DRAFT:
        messages.info(request, _("This edition is published and does not change any more."))
        return redirect("editions")
    return tree_page(request, row, request.GET.dict())


@require_POST
@needs(can_edit_library)
def reorder(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """One place up or down among the issues of the same parent."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    try:
        _step(row, issue, -1 if request.GET.get("to") == "up" else 1, request)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return after_change(request, row, issue)


@require_POST
@needs(can_edit_library)
def undo(request: HttpRequest, edition: str) -> HttpResponse:
    """Undo the change that the page named, or say why not."""
    row = draft_of(edition)
    seen = request.POST.get("change", "")
    try:
        undone = undo_last_change(edition=row, by=request.user, change=int(seen) if seen.isdecimal() else None)
        messages.success(request, _("Undone: %(object)s.") % {"object": undone.object_text})
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return after_change(request, row, None)


def _step(edition: Edition, issue: Issue, step: int, request: HttpRequest) -> None:
    place = {"primary": issue.parent} if issue.parent else {"category": issue.category}
    siblings = edition.issues.filter(parent=issue.parent_id, category=issue.category_id)
    codes = list(siblings.order_by("order", "code").values_list("code", flat=True))
    if issue.code not in codes:
        raise NotAllowed(_("%(issue)s is no longer in the draft.") % {"issue": issue.code})
    at = codes.index(issue.code)
    to = min(max(at + step, 0), len(codes) - 1)
    codes.insert(to, codes.pop(at))
    reorder_issues(edition=edition, codes=codes, by=request.user, **place)
