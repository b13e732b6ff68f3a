"""The page of the content index: what it claims, its checks, and disclosures without a place."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from materiality.platform.pages import button, download, onward, refusals, sent
from materiality.platform.people import can_edit_cycle
from materiality.queries.cycles import publication_day
from materiality.views.cycles import cycle_of, in_cycle
from reports.actions.index import accept_finding, crosswalk_outline, decide_disclosure, propose_index, set_index
from reports.forms.index import ContentIndexForm, DecisionForm
from reports.models import IndexDecision, Section
from reports.queries.index import index_findings, open_disclosures
from reports.queries.outline import content_index


def content_index_page(request: HttpRequest, code: str) -> HttpResponse:
    """Claim, findings and what is left to place; a POST changes what the index says of itself."""
    cycle = cycle_of(code)
    index = content_index(cycle)
    form = ContentIndexForm(request.POST or None, instance=index)
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            set_index(cycle=cycle, values=form.cleaned_data, by=request.user)
            return onward(request, _("The index is set."), "content_index", code)
    findings = index_findings(cycle)
    context = in_cycle(cycle, "outline", form=form, findings=findings, left=open_disclosures(cycle))
    context |= {"may_edit": can_edit_cycle(request.user), "day": publication_day(cycle)}
    context |= {"states": IndexDecision.State.choices, "reasons": Section.Omission.choices}
    context |= {"stopping": sum(found.stops for found in findings)}
    return render(request, "reports/index.html", context, status=422 if form.errors else 200)


def index_checks(request: HttpRequest, code: str) -> HttpResponse:
    """The findings as a file, as `check_index` writes it."""
    told = {"findings": [found.as_json() for found in index_findings(cycle_of(code))]}
    return download(json.dumps(told, ensure_ascii=False, indent=1), f"{code}-index-checks.json")


@button(can_edit_cycle, back="content_index")
def index_accept(request: HttpRequest, code: str) -> str:
    """Accept a finding because of something."""
    told = {name: request.POST.get(name, "")[:2_000] for name in ("key", "check", "reason")}
    accept_finding(cycle=cycle_of(code), by=request.user, **told)
    return _("The finding is accepted.")


@button(can_edit_cycle, back="content_index")
def index_decide(request: HttpRequest, code: str) -> str | None:
    """Say what is to happen with a disclosure."""
    form = DecisionForm(request.POST)
    form.instance.cycle = cycle_of(code)
    if form.is_valid():
        decide_disclosure(
            cycle=form.instance.cycle,
            identity=request.POST.get("identity", ""),
            values=form.cleaned_data,
            by=request.user,
        )
        return _("The decision is stored.")
    return None


@button(can_edit_cycle, back="outline")
def outline_propose(request: HttpRequest, code: str) -> HttpResponse:
    """Fill the outline from the library, to be looked at first."""
    return redirect("outline_import", code, propose_index(cycle=cycle_of(code), by=request.user).pk)


@button(can_edit_cycle, back="outline")
def outline_crosswalk(request: HttpRequest, code: str) -> HttpResponse:
    """Move the outline to another edition, to be looked at first."""
    imported = crosswalk_outline(cycle=cycle_of(code), to=request.POST.get("to", ""), by=request.user)
    return redirect("outline_import", code, imported.pk)
