"""Pages of proposals for the library and of the calendar of reviews."""

from copy import copy

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.actions.proposals import REMAINING, decide_proposal, set_calendar, submit_proposal
from materiality.forms.proposals import CalendarForm, ProposalDecisionForm, ProposalForm
from materiality.models import Proposal, Reminder
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import onward, refusals, sent
from materiality.platform.people import (
    can_decide_proposal,
    can_edit_library,
    can_propose,
    can_publish_edition,
    can_view,
    needs,
)
from materiality.queries.cycles import sees_all_cycles
from materiality.queries.proposals import (
    calendar,
    draft_under_review,
    issues_in_force,
    listed_proposals,
    proposal_standing,
    what_is_due,
    without_surveys,
)
from materiality.tables.lists import listed

_HEADS = (
    Head(
        gettext_lazy("Suggestion"), "issue", "issue__code", said=lambda row: row.issue.name if row.issue else row.name
    ),
    Head(gettext_lazy("Kind"), "kind", "kind"),
    Head(gettext_lazy("Reason"), said="reason"),
    Head(gettext_lazy("Origin"), "made", "created_at"),
    Head(gettext_lazy("State"), "state", "state"),
)


@needs(can_view)
def proposals(request: HttpRequest) -> HttpResponse:
    """What remains to be decided first, then what was decided."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    listing = Listing(
        request,
        listed_proposals(state, kind),
        heads=_HEADS,
        chips=[
            Chip("state", _("State"), Proposal.State.choices, _("all")),
            Chip("kind", _("Kind"), Proposal.Kind.choices, _("all")),
        ],
        noun=ngettext_lazy("%(shown)s suggestion", "%(shown)s suggestions", "number"),
        name="suggestions",
    )
    if not sees_all_cycles(request.user):
        listing.page.object_list = without_surveys(listing.page.object_list)
    context = {
        "section": "library",
        "listing": listing,
        "standing": proposal_standing(),
        "may_propose": can_propose(request.user),
    }
    return listed(request, "materiality/proposals.html", context)


@needs(can_propose)
def new_proposal(request: HttpRequest) -> HttpResponse:
    """Propose something; `?kind=` and `?issue=` are filled in."""
    form = ProposalForm(request.POST or None, initial=_asked(request))
    if sent(request, form):
        with refusals(form):
            made = submit_proposal(values=form.values(), by=request.user)
            said = _("The suggestion is stored. It stays in the list until it is decided.")
            return onward(request, said, "proposal", made.pk)
    lead = _(
        "What should change in the next edition of the library, and why. A named person decides; the library itself"
        " does not change by it."
    )
    texts = {"heading": _("New suggestion"), "lead": lead, "back": _("Suggestions"), "cancel": reverse("proposals")}
    return render(request, "materiality/form.html", proposing(form) | texts)


def proposing(form: ProposalForm) -> dict:
    """What every page of a new suggestion hands to its template."""
    page = {"section": "library", "areas": "on-cycles on-stakeholders", "guarded": True}
    return page | {"form": form, "button": _("Propose")}


@needs(can_view)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with its decision; POST decides."""
    rows = Proposal.objects.select_related("issue__edition", "issue__category", "created_by", "decided_by")
    row = get_object_or_404(rows, pk=pk)
    form = ProposalDecisionForm(request.POST or None, initial={"seen": row.state})
    if sent(request, form, can_decide_proposal):
        row.state = form.cleaned_data["seen"]  # what the person saw: whoever decided meanwhile is not overruled
        state, reason = form.cleaned_data["state"], form.cleaned_data["reason"]
        with refusals(request):
            decide_proposal(proposal=row, state=state, reason=reason, by=request.user)
            return onward(request, _("The decision is stored."), "proposal", pk)
    row.refresh_from_db(fields=["state", "decision_reason", "decided_by", "decided_at"])
    context = {
        "section": "library",
        "proposal": row if sees_all_cycles(request.user) else without_surveys([row])[0],
        "form": form if row.state in REMAINING and can_decide_proposal(request.user) else None,
        "draft": draft_under_review() if row.state == Proposal.State.ACCEPTED else None,
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/proposal.html", context)


def _asked(request: HttpRequest) -> dict:
    """What the address fills in on a new proposal."""
    issue = issues_in_force().filter(code=request.GET.get("issue", "")).first()
    kind = request.GET.get("kind", "")
    known = kind if kind in Proposal.Kind.values else Proposal.Kind.CHANGE if issue else Proposal.Kind.NEW
    return {"issue": issue, "kind": known}


SHOWN = 20


@needs(can_view)
def review_calendar(request: HttpRequest) -> HttpResponse:
    """What is due when; leads set the intervals."""
    held = calendar()
    form = CalendarForm(request.POST or None, instance=copy(held))
    if sent(request, form, can_publish_edition):
        with refusals(form):
            set_calendar(**form.cleaned_data, by=request.user)
            return onward(request, _("The calendar is saved."), "review_calendar")
    # When stakeholders were asked last is of one cycle or another.
    kinds = [Reminder.Kind.REVIEW, *([Reminder.Kind.SURVEY] if sees_all_cycles(request.user) else [])]
    context = {
        "section": "library",
        "due": [each for each in what_is_due(held=held) if each.kind in kinds],
        "calendar": held,
        "reminders": list(Reminder.objects.filter(kind__in=kinds).order_by("-sent_at", "-pk")[:SHOWN]),
        "form": form if can_publish_edition(request.user) else None,
    }
    return render(request, "materiality/review_calendar.html", context)
