"""Mappings of an issue of a draft: what it is mapped to, and search for more."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.map_issue import map_issue
from materiality.actions.unmap_issue import unmap_issue
from materiality.models import Disclosure, Edition, Issue, MappingProposal
from materiality.permissions import can_edit_library, can_view, needs
from materiality.queries.mappings import mapped_frameworks, offer
from materiality.refusals import NotAllowed
from materiality.views.draft_pages import draft_of, is_partial, issue_of


@needs(can_view)
def issue_mappings(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """All mapped codes by framework edition; htmx gets the search's results alone."""
    row = draft_of(edition)
    issue = get_object_or_404(row.issues.select_related("category", "parent"), pk=pk)
    if row.state != Edition.State.DRAFT:
        return redirect("issue", edition, issue.code)
    q, framework = (request.GET.get(name, "").strip()[:200] for name in ("q", "framework"))
    context = {
        "section": "library",
        "partial": is_partial(request),
        "edition": row,
        "issue": issue,
        "q": q,
        "framework": framework,
        "offer": offer(issue, q, framework),
        "may_edit": can_edit_library(request.user) and issue.status == Issue.Status.ACTIVE,
    }
    if not context["partial"]:
        open_proposals = issue.mapping_proposals.filter(state=MappingProposal.State.OPEN)
        context |= {"tables": mapped_frameworks(issue), "proposals": open_proposals.count()}
    response = render(request, "materiality/issue_mappings.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@needs(can_edit_library)
def add(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Map the issue to the disclosure that was chosen."""
    return _changed(request, edition, pk, map_issue, _("%(code)s is added."))


@require_POST
@needs(can_edit_library)
def remove(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Take the mapping to a disclosure away."""
    return _changed(request, edition, pk, unmap_issue, _("%(code)s is removed."))


def _changed(request: HttpRequest, edition: str, pk: int, action: Callable, done: str) -> HttpResponse:
    row = draft_of(edition)
    issue = issue_of(row, pk)
    chosen, seen = request.POST.get("disclosure", ""), request.POST.get("version", "")
    disclosure = get_object_or_404(
        Disclosure.objects.select_related("framework"), pk=int(chosen) if chosen.isdecimal() else 0
    )
    try:
        version = int(seen) if seen.isdecimal() else None
        action(issue=issue, disclosure=disclosure, by=request.user, version=version)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, done % {"code": f"{disclosure.framework} {disclosure.code}"})
    if issue.version == 0:  # it is no longer in the draft
        return redirect("draft", row.code)
    kept = {name: request.POST[name] for name in ("q", "framework") if request.POST.get(name)}
    return redirect(reverse("issue_mappings", args=[row.code, pk]) + (f"?{urlencode(kept)}#add" if kept else ""))
