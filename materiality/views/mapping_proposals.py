"""Mappings to GRI 2021 that the crosswalk proposes for a draft."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.actions.decide_mapping_proposal import decide_mapping_proposal
from materiality.actions.propose_mappings import propose_mappings
from materiality.models import Edition, MappingProposal
from materiality.permissions import can_edit_library, can_view, needs
from materiality.queries.mapping_proposals import issues_with_proposals, open_proposals, proposals_of, withdrawn
from materiality.refusals import NotAllowed
from materiality.views.draft_pages import draft_of, issue_of

PER_PAGE = 50


@needs(can_view)
def mapping_proposals(request: HttpRequest, edition: str) -> HttpResponse:
    """Issues with what is proposed for each, to be confirmed or dismissed."""
    row = draft_of(edition)
    if row.state != Edition.State.DRAFT:
        messages.info(request, _("This edition is published and does not change any more."))
        return redirect("editions")
    q = request.GET.get("q", "").strip()[:200]
    page = Paginator(issues_with_proposals(row, q), PER_PAGE).get_page(request.GET.get("page"))
    issues = list(page.object_list)
    proposed = proposals_of(row, issues)
    context = {
        "section": "library",
        "edition": row,
        "q": q,
        "page": page,
        "entries": [(issue, proposed[issue.pk]) for issue in issues],
        "withdrawn": withdrawn(row),
        "was_proposed": MappingProposal.objects.filter(issue__edition=row).exists(),
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/mapping_proposals.html", context)


@require_POST
@needs(can_edit_library)
def propose(request: HttpRequest, edition: str) -> HttpResponse:
    """Have the crosswalk propose what is lacking now."""
    row = draft_of(edition)
    try:
        number = len(propose_mappings(edition=row, by=request.user))
        said = ngettext("%(number)s mapping is proposed.", "%(number)s mappings are proposed.", number)
        messages.success(request, said % {"number": number} if number else _("There is nothing new to propose."))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("mapping_proposals", row.code)


@require_POST
@needs(can_edit_library)
def decide(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Confirm or dismiss one proposal of the issue, or all that the page showed."""
    row = draft_of(edition)
    issue = issue_of(row, pk)
    keys = [key for key in request.POST.get("proposals", "").split(",") if key.isdecimal()]
    proposals = list(MappingProposal.objects.filter(issue=pk, pk__in=keys))
    try:
        if len(proposals) != len(set(keys)):
            raise NotAllowed(_("A proposal is no longer there; look at the list again."))
        state = request.POST.get("state", "")
        decide_mapping_proposal(issue=issue, proposals=proposals, state=state, by=request.user)
        messages.success(request, _done(state, issue.code, open_proposals(row).count()))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    kept = {name: request.GET[name] for name in ("q", "page") if request.GET.get(name)}
    return redirect(reverse("mapping_proposals", args=[row.code]) + (f"?{urlencode(kept)}" if kept else ""))


def _done(state: str, code: str, left: int) -> str:
    said = _("Confirmed for %(issue)s.") if state == MappingProposal.State.CONFIRMED else _("Dismissed for %(issue)s.")
    rest = ngettext("%(number)s proposal is left.", "%(number)s proposals are left.", left)
    return f"{said} {rest}" % {"issue": code, "number": left}
