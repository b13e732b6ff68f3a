"""Pages of editions: list, starting, publishing and discarding a draft."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.actions.discard_draft import discard_draft
from materiality.actions.publish_edition import publish_edition
from materiality.actions.start_draft import start_draft
from materiality.edition_codes import next_edition_code
from materiality.forms.edition import DiscardForm, PublishForm, StartDraftForm
from materiality.models import Edition
from materiality.permissions import can_edit_library, can_publish_edition, can_view, needs
from materiality.queries.comparing import compare_editions
from materiality.queries.edition_list import listed_editions, standing_editions
from materiality.queries.publishing import publishing_warnings
from materiality.refusals import NotAllowed
from materiality.views.draft_pages import draft_of, entered

PER_PAGE = 50


@needs(can_view)
def editions(request: HttpRequest) -> HttpResponse:
    """All editions with where they stand."""
    context = {
        "section": "library",
        "page": Paginator(listed_editions(), PER_PAGE).get_page(request.GET.get("page")),
        "standing": standing_editions(),
        "may_edit": can_edit_library(request.user),
        "may_publish": can_publish_edition(request.user),
    }
    return render(request, "materiality/editions.html", context)


@needs(can_edit_library)
def start(request: HttpRequest) -> HttpResponse:
    """Start a draft from the edition in force."""
    standing = standing_editions()
    code = next_edition_code(standing.in_force)
    initial = {"code": code, "title_zh": f"议题库 {code}", "title_en": f"Issue library {code}"}
    form = StartDraftForm(entered(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft = start_draft(by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(
                request, _("The draft is there. What you change here concerns nobody until it is published.")
            )
            return redirect("draft", draft.code)
    return render(request, "materiality/form.html", _start_page(standing.in_force) | {"form": form})


def _start_page(in_force: Edition | None) -> dict:
    lead = _("A draft begins as a copy of the edition in force.")
    if in_force:
        lead = _(
            "It begins as a copy of %(edition)s, with all issues and mappings. Cycles keep the edition that they were"
            " opened on."
        ) % {"edition": in_force.title}
    texts = {"heading": _("Start a draft"), "lead": lead, "button": _("Start the draft")}
    return texts | {"section": "library", "guarded": True, "cancel": reverse("editions")}


@needs(can_publish_edition)
def publish(request: HttpRequest, edition: str) -> HttpResponse:
    """What is missing, what differs, and the button."""
    row = draft_of(edition)
    if row.state != Edition.State.DRAFT:
        return redirect("editions")
    warnings = publishing_warnings(row)
    form = PublishForm(entered(request), must_acknowledge=bool(warnings))
    if request.method == "POST" and form.is_valid():
        try:
            publish_edition(edition=row, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("%(edition)s is in force.") % {"edition": row.title})
            return redirect("editions")
    comparison = compare_editions(row.based_on, row) if row.based_on else None
    context = {"section": "library", "edition": row, "form": form, "warnings": warnings, "comparison": comparison}
    return render(request, "materiality/publish_edition.html", context)


@needs(can_edit_library)
def discard(request: HttpRequest, edition: str) -> HttpResponse:
    """Ask, then throw the draft away."""
    row = draft_of(edition)
    form = DiscardForm(entered(request))
    if request.method == "POST" and form.is_valid():
        try:
            discard_draft(edition=row, by=request.user, reason=form.cleaned_data["reason"])
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The draft is discarded."))
            return redirect("editions")
    return render(request, "materiality/form.html", _discard_page(row) | {"form": form})


def _discard_page(row: Edition) -> dict:
    changes = row.changes.filter(undone=False).count()
    lead = ngettext(
        "The draft goes with %(number)s change, for good. Proposals stay for the next draft.",
        "The draft goes with its %(number)s changes, for good. Proposals stay for the next draft.",
        changes,
    ) % {"number": changes}
    name, heading = _("Discard the draft"), _("Discard %(edition)s?") % {"edition": row.title}
    texts = {"title": name, "heading": heading, "lead": lead, "button": name, "back_out": _("Keep it")}
    return texts | {
        "section": "library",
        "width": "narrow",
        "dangerous": True,
        "cancel": reverse("draft", args=[row.code]),
    }
