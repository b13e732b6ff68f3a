"""The page of the content index: what it claims, its checks, and disclosures without a place."""

import json
from copy import copy

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.models import Cycle
from materiality.platform.pages import button, download, onward, refusals, sent
from materiality.platform.people import can_edit_cycle, needs
from materiality.queries.cycles import publication_day
from materiality.views.cycles import cycle_of, in_cycle
from reports.actions.index import (
    accept_finding,
    crosswalk_outline,
    decide_disclosure,
    place_disclosures,
    propose_index,
    set_index,
    unaccept_finding,
)
from reports.forms.outline import ContentIndexForm, PlacementForm
from reports.models import ContentIndex
from reports.queries.index import checked_index, index_findings, placement
from reports.queries.outline import content_index


def content_index_page(request: HttpRequest, code: str) -> HttpResponse:
    """Claim, findings and what is left to place; a POST changes what the index says of itself."""
    cycle = cycle_of(code, "content_index")
    index = getattr(cycle, "content_index", None) or ContentIndex(cycle=cycle)
    form = ContentIndexForm(request.POST or None, instance=copy(index))
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            set_index(cycle=cycle, values=form.cleaned_data, by=request.user)
            return onward(request, _("The index is set."), "content_index", code)
    return _shown(request, cycle, form, index=index)


def _shown(
    request: HttpRequest,
    cycle: Cycle,
    form: ContentIndexForm,
    placing: PlacementForm | None = None,
    index: ContentIndex | None = None,
) -> HttpResponse:
    checked = checked_index(cycle, index)
    findings, places = index_findings(cycle, checked), placement(cycle, checked)
    placing = placing or PlacementForm(keys=[], initial={"order": request.GET.get("order")})
    context = in_cycle(cycle, "outline", form=form, findings=findings, places=places, placing=placing)
    context |= {"may_edit": can_edit_cycle(request.user), "day": publication_day(cycle)}
    context |= {"stopping": sum(found.stops for found in findings)}
    return render(request, "reports/index.html", context, status=422 if form.errors or placing.errors else 200)


def index_checks(request: HttpRequest, code: str) -> HttpResponse:
    """The findings as a file, as `check_index` writes it."""
    told = {"findings": [found.as_json() for found in index_findings(cycle_of(code))]}
    return download(json.dumps(told, ensure_ascii=False, indent=1), f"{code}-index-checks.json")


@button(can_edit_cycle, back="content_index")
def index_accept(request: HttpRequest, code: str) -> str:
    """Accept a finding because of something, or no longer."""
    told = {name: request.POST.get(name, "")[:2_000] for name in ("key", "check", "reason")}
    if "withdraw" in request.POST:
        unaccept_finding(cycle=cycle_of(code), key=told["key"], by=request.user)
        return _("The finding is accepted no longer.")
    accept_finding(cycle=cycle_of(code), by=request.user, **told)
    return _("The finding is accepted.")


@require_POST
@needs(can_edit_cycle)
def index_place(request: HttpRequest, code: str) -> HttpResponse:
    """Put the ticked disclosures into a section, or say what is to happen with them."""
    cycle = cycle_of(code)
    places = placement(cycle)
    form = PlacementForm(request.POST, keys=places.keys if "decide" in request.POST else places.placeable)
    form.instance.cycle = cycle
    if form.is_valid():
        with refusals(form):
            said = _decided(form, request) if "decide" in request.POST else _placed(form, request)
            messages.success(request, said)
            address = reverse("content_index", args=[code])
            return redirect(f"{address}?order={form.cleaned_data['order'] or ''}#place")
    return _shown(request, cycle, ContentIndexForm(instance=content_index(cycle)), form)


def _placed(form: PlacementForm, request: HttpRequest) -> str:
    chosen, order = form.cleaned_data["identity"], form.cleaned_data["order"]
    place_disclosures(cycle=form.instance.cycle, keys=chosen, order=order or 0, by=request.user)
    said = ngettext("%(number)s disclosure is placed.", "%(number)s disclosures are placed.", len(chosen))
    return said % {"number": len(chosen)}


def _decided(form: PlacementForm, request: HttpRequest) -> str:
    values = {name: form.cleaned_data[name] for name in ("state", "requirement", "reason", "explanation")}
    with transaction.atomic():
        done = [
            decide_disclosure(cycle=form.instance.cycle, identity=identity, values=values, by=request.user)
            for identity in form.cleaned_data["identity"]
        ]
    if values["state"]:
        return _("The decision is stored.")
    return _("The decision is withdrawn.") if any(done) else _("There was no decision to withdraw.")


@button(can_edit_cycle, back="outline")
def outline_propose(request: HttpRequest, code: str) -> HttpResponse:
    """Fill the outline from the library, to be looked at first."""
    return redirect("outline_import", code, propose_index(cycle=cycle_of(code), by=request.user).pk)


@button(can_edit_cycle, back="outline")
def outline_crosswalk(request: HttpRequest, code: str) -> HttpResponse:
    """Move the outline to another edition, to be looked at first."""
    imported = crosswalk_outline(cycle=cycle_of(code), to=request.POST.get("to", ""), by=request.user)
    return redirect("outline_import", code, imported.pk)
