"""Pages of mappings: of one issue, and proposed ones."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.actions.mappings import decide_mapping_proposal, map_issue, propose_mappings, unmap_issue
from materiality.models import Disclosure, Edition, Issue, IssueMapping, MappingProposal
from materiality.platform.lists import Head, Listing, orders_of
from materiality.platform.pages import button, refusals
from materiality.platform.people import can_edit_library, can_view, needs
from materiality.platform.refusals import NotAllowed
from materiality.queries.mappings import (
    issues_with_proposals,
    mapped_frameworks,
    offer,
    open_mapping_proposals,
    proposals_of,
    withdrawn,
)
from materiality.views.drafts import edition_at, is_partial, issue_of


@needs(can_view)
def issue_mappings(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """All mapped codes by framework edition; htmx gets the search's results alone."""
    row = edition_at(edition)
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
        "types": IssueMapping.Type.choices,
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
def mapping_add(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Map the issue to the disclosure that was chosen."""
    action = partial(map_issue, type=request.POST.get("type", ""))
    return _changed(request, edition, pk, action, _("%(code)s is added."))


@require_POST
@needs(can_edit_library)
def mapping_remove(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Take the mapping to a disclosure away."""
    return _changed(request, edition, pk, unmap_issue, _("%(code)s is removed."))


def _changed(request: HttpRequest, edition: str, pk: int, action: Callable, done: str) -> HttpResponse:
    row = edition_at(edition)
    issue = issue_of(row, pk)
    chosen, seen = request.POST.get("disclosure", ""), request.POST.get("version", "")
    disclosure = get_object_or_404(
        Disclosure.objects.select_related("framework"), pk=int(chosen) if chosen.isdecimal() else 0
    )
    with refusals(request):
        version = int(seen) if seen.isdecimal() else None
        action(issue=issue, disclosure=disclosure, by=request.user, version=version)
        messages.success(request, done % {"code": f"{disclosure.framework} {disclosure.code}"})
    if issue.version == 0:  # it is no longer in the draft
        return redirect("draft", row.code)
    kept = {name: request.POST[name] for name in ("q", "framework") if request.POST.get(name)}
    return redirect(reverse("issue_mappings", args=[row.code, pk]) + (f"?{urlencode(kept)}#add" if kept else ""))


_ORDERS = (
    Head(gettext_lazy("as arranged"), "arranged"),
    Head(gettext_lazy("most proposals first"), "number", "open_proposals", falling=True),
)


@needs(can_view)
def mapping_proposals(request: HttpRequest, edition: str) -> HttpResponse:
    """Issues with what is proposed for each, to be confirmed or dismissed."""
    row = edition_at(edition)
    if row.state != Edition.State.DRAFT:
        messages.info(request, _("This edition is published and can no longer be changed."))
        return redirect("editions")
    q = request.GET.get("q", "").strip()[:200]
    noun = ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number")
    listing = Listing(
        request,
        issues_with_proposals(row, q),
        heads=_ORDERS,
        chips=[orders_of(_ORDERS)],
        search=_("Search issues and codes"),
        noun=noun,
    )
    issues = list(listing.page)
    proposed = proposals_of(row, issues)
    context = {
        "section": "library",
        "edition": row,
        "q": q,
        "listing": listing,
        "entries": [(issue, proposed[issue.pk]) for issue in issues],
        "withdrawn": withdrawn(row),
        "was_proposed": MappingProposal.objects.filter(issue__edition=row).exists(),
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/mapping_proposals.html", context)


@button(can_edit_library, back="mapping_proposals")
def mappings_propose(request: HttpRequest, edition: str) -> str:
    """Have the crosswalk propose what is lacking now."""
    row = edition_at(edition)
    number = len(propose_mappings(edition=row, by=request.user))
    said = ngettext("%(number)s mapping is proposed.", "%(number)s mappings are proposed.", number)
    return said % {"number": number} if number else _("There is nothing new to propose.")


@require_POST
@needs(can_edit_library)
def mapping_decide(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Confirm or dismiss one proposal of the issue, or all that the page showed."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    keys = [key for key in request.POST.get("proposals", "").split(",") if key.isdecimal()]
    proposals = list(MappingProposal.objects.filter(issue=pk, pk__in=keys))
    with refusals(request):
        if len(proposals) != len(set(keys)):
            raise NotAllowed(_("A proposal is no longer there; look at the list again."))
        state = request.POST.get("state", "")
        decide_mapping_proposal(issue=issue, proposals=proposals, state=state, by=request.user)
        messages.success(request, _done(state, issue.code, open_mapping_proposals(row).count()))
    kept = {name: request.GET[name] for name in ("q", "sort", "page") if request.GET.get(name)}
    return redirect(reverse("mapping_proposals", args=[row.code]) + (f"?{urlencode(kept)}" if kept else ""))


def _done(state: str, code: str, left: int) -> str:
    said = _("Confirmed for %(issue)s.") if state == MappingProposal.State.CONFIRMED else _("Dismissed for %(issue)s.")
    rest = ngettext("%(number)s proposal is left.", "%(number)s proposals are left.", left)
    return f"{said} {rest}" % {"issue": code, "number": left}
