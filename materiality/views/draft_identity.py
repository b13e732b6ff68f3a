"""Moving, merging and splitting issues of a draft."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from materiality.actions.merge_issues import merge_issues
from materiality.actions.move_issue import move_issue
from materiality.actions.split_issue import split_issue
from materiality.forms.draft import MergeIssuesForm, MoveIssueForm, SplitIssueForm, parts_formset
from materiality.models import Issue
from materiality.permissions import can_edit_library, needs
from materiality.views.draft_pages import Editing, draft_of, edited, entered, issue_of


@needs(can_edit_library)
def move(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """To another primary issue or, a primary one, to another category."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    form = MoveIssueForm(entered(request), issue=issue)

    def act() -> Issue:
        values = form.cleaned_data
        where = {"category" if issue.is_primary else "primary": values["target"]}
        return move_issue(issue=issue, by=request.user, reason=values["reason"], version=values["version"], **where)

    title = _("Move %(issue)s") % {"issue": issue.code}
    return edited(request, Editing(row, form, "move", title, _("Move the issue"), act, _("The issue is moved."), issue))


@needs(can_edit_library)
def merge(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Other issues go into this one."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    form = MergeIssuesForm(entered(request), issue=issue)

    def act() -> Issue:
        values = form.cleaned_data
        seen = {issue.code: values["version"]} if values["version"] else {}
        others = list(values["others"])
        return merge_issues(
            into=issue, others=others, by=request.user, reason=values["reason"], texts=form.texts(), versions=seen
        )

    title = _("Merge issues into %(issue)s") % {"issue": issue.code}
    return edited(
        request,
        Editing(
            row,
            form,
            "merge",
            title,
            _("Merge the issues"),
            act,
            _("The issues are merged."),
            issue,
        ),
    )


@needs(can_edit_library)
def split(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Several issues take the place of this one; `?parts=` says how many are asked for."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    asked = request.GET.get("parts", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 2 else 2
    form = SplitIssueForm(entered(request), initial={"version": issue.version})
    parts = parts_formset(entered(request), number)

    def act() -> Issue:
        values = form.cleaned_data
        texts = [part.texts() for part in parts if part.has_changed()]
        made = split_issue(
            issue=issue, parts=texts, by=request.user, reason=values["reason"], version=values["version"]
        )
        return made[0]

    title = _("Split %(issue)s") % {"issue": issue.code}
    further = {"parts": parts, "more": min(number + 1, 8)}
    editing = Editing(
        row,
        form,
        "split",
        title,
        _("Split the issue"),
        act,
        _("The issue is split."),
        issue,
        further,
        further_forms=(parts,),
    )
    return edited(request, editing)
