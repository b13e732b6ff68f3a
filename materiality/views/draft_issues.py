"""Adding, changing and retiring issues of a draft."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from materiality.actions.add_issue import add_issue
from materiality.actions.change_issue import change_issue
from materiality.actions.retire_issue import retire_issue
from materiality.forms.draft import AddIssueForm, ChangeIssueForm, RetireIssueForm, place_of
from materiality.lineage.texts import text_difference
from materiality.models import Issue
from materiality.permissions import can_edit_library, needs
from materiality.queries.issue_origin import origins
from materiality.refusals import Conflict
from materiality.vetoes import RETIRE_ISSUE, vetoes
from materiality.views.draft_pages import Editing, draft_of, edited, entered, issue_of


@needs(can_edit_library)
def add(request: HttpRequest, edition: str) -> HttpResponse:
    """A new issue under `?primary=` (key) or in `?category=` (code)."""
    row = draft_of(edition)
    place = place_of(row, request.GET.get("primary"), request.GET.get("category"))
    if place is None:
        raise Http404
    siblings_groups = place.groups if isinstance(place, Issue) else []
    form = AddIssueForm(entered(request), initial={"groups": siblings_groups})
    where = {"primary": place} if isinstance(place, Issue) else {"category": place}

    def act() -> Issue:
        values = form.cleaned_data
        return add_issue(
            edition=row, texts=form.texts(), by=request.user, reason=values["reason"], code=values["code"],
            groups=values["groups"], **where,
        )  # fmt: skip

    title = _("Add an issue to %(place)s") % {"place": place.name}
    return edited(
        request,
        Editing(row, form, "add", title, _("Add the issue"), act, _("The issue is added.")),
    )


@needs(can_edit_library)
def change(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Other texts; who comes second is shown the first one's change beside the own one."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    form = ChangeIssueForm(entered(request), issue=issue)
    further: dict = {}

    def act() -> Issue:
        values = form.cleaned_data
        try:
            return change_issue(
                issue=issue, texts=form.texts(), by=request.user, version=values["version"], change=values["change"],
                reason=values["reason"], groups=values["groups"],
            )  # fmt: skip
        except Conflict as refusal:
            further["theirs"] = _theirs(form, refusal.row)
            if refusal.row:  # what is sent next is meant for the row as it is shown now
                form.data = form.data.copy()
                form.data["version"] = refusal.row.version
            raise

    title = _("Change %(issue)s") % {"issue": issue.code}
    return edited(request, Editing(row, form, "change", title, _("Save"), act, _("Saved."), issue, further))


@needs(can_edit_library)
def retire(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Retire the issue, or remove one that was only added in this draft."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    sources = origins(issue)
    warnings = [sentence for source in sources for sentence in vetoes(RETIRE_ISSUE, source)]
    form = RetireIssueForm(entered(request), issue=issue, must_acknowledge=bool(warnings))

    def act() -> Issue | None:
        values = form.cleaned_data
        known = values.get("acknowledged", False)
        return retire_issue(
            issue=issue, by=request.user, reason=values["reason"], version=values["version"], acknowledged=known
        )

    name = {"issue": issue.code}
    title = _("Retire %(issue)s") % name if sources else _("Remove %(issue)s") % name
    done = _("%(issue)s is retired.") % name if sources else _("%(issue)s is removed.") % name
    further = {"told_before": warnings, "dangerous": True}
    return edited(request, Editing(row, form, "retire", title, title, act, done, issue, further))


def _theirs(form: ChangeIssueForm, row: Issue | None) -> list[dict]:
    """Per text: what is stored now, and how what was entered differs from it."""
    names = ("name_zh", "name_en", "definition_zh", "definition_en")
    found = []
    for name in names:
        stored = getattr(row, name) if row else ""
        mine = form.cleaned_data[name]
        found.append({"field": name, "stored": stored, "segments": text_difference(stored, mine), "mine": mine})
    return found
