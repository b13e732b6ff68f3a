"""Pages of assessment cycles: list, new, one cycle, closing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.cycles import close_cycle, edit_cycle, open_cycle, set_method
from materiality.forms.cycles import CycleDetailsForm, MethodForm, NewCycleForm
from materiality.lineage.records import standard_warnings
from materiality.models import Cycle
from materiality.platform.hooks import standings
from materiality.platform.people import can_edit_cycle, needs
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import (
    BEFORE_REVIEW,
    FIELDWORK,
    edition_in_force,
    free_code,
    listed_cycles,
    method_changes,
    method_of,
    next_step,
    scope_of,
)
from materiality.queries.mappings import used_gri_codes
from materiality.queries.scores import warning_lines


def cycle_of(code: str) -> Cycle:
    """The cycle with its edition; the page "not found" where there is none."""
    return get_object_or_404(Cycle.objects.select_related("edition"), code=code)


DETAILS = ("title_zh", "title_en", "period_start", "period_end", "gri_edition")
PER_PAGE = 50


def cycles(request: HttpRequest) -> HttpResponse:
    """All cycles, newest period first; `?state=` filters."""
    state = request.GET.get("state", "")
    context = {
        "section": "cycles",
        "page": Paginator(listed_cycles(state), PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": Cycle.State.choices,
        "may_edit": can_edit_cycle(request.user),
    }
    return render(request, "materiality/cycles.html", context)


@needs(can_edit_cycle)
def new_cycle(request: HttpRequest) -> HttpResponse:
    """Open a cycle on the edition in force."""
    form = NewCycleForm(request.POST or None, initial=_suggestions())
    if request.method == "POST" and form.is_valid():
        try:
            cycle = open_cycle(**form.cleaned_data, by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The cycle is open. Look through its groups and method next."))
            return redirect("cycle", cycle.code)
    return render(request, "materiality/form.html", _new_page(form))


def _new_page(form: NewCycleForm) -> dict:
    edition = edition_in_force()
    context = {"section": "cycles", "areas": "on-cycles", "heading": _("Open a cycle")}
    if edition is None:
        lead = _("A cycle needs an edition of the issue library that is in force, and there is none yet.")
        return context | {"lead": lead, "button": _("Open the library"), "cancel": reverse("library")}
    scope = scope_of(edition)
    lead = _(
        "It covers the %(primaries)s primary and %(secondaries)s secondary issues of “%(title)s” and starts with six"
        " groups and the default method. Both can be changed afterwards."
    ) % {"primaries": scope.primaries, "secondaries": scope.secondaries, "title": edition.title}
    texts = {"lead": lead, "button": _("Open the cycle"), "cancel": reverse("cycles")}
    return context | texts | {"form": form, "guarded": True}


def cycle(request: HttpRequest, code: str) -> HttpResponse:
    """Where the cycle stands and what to do next; its details can be changed here."""
    cycle = cycle_of(code)
    form = CycleDetailsForm(request.POST or None, initial={name: getattr(cycle, name) for name in DETAILS})
    if request.method == "POST" and (done := _change(request, cycle, form)):
        return done
    steps = standings(cycle)
    may_edit = can_edit_cycle(request.user)
    context = {
        "cycle": cycle,
        "step": "scope",
        "section": "cycles",
        "form": form,
        "standings": steps,
        "next_step": next_step(steps),
        "scope": scope_of(cycle.edition),
        "warnings": standard_warnings(cycle.period_end, used_gri_codes(cycle.edition)),
        "may_edit": may_edit and cycle.state in BEFORE_REVIEW,
        "may_close": may_edit and cycle.state in FIELDWORK,
    }
    return render(request, "materiality/cycle.html", context)


@require_POST
@needs(can_edit_cycle)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close the cycle, or say what stands against it."""
    try:
        close_cycle(cycle=cycle_of(code), by=request.user)
        messages.success(request, _("The cycle is closed. Scores and outputs can still be made."))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("cycle", code)


@needs(can_edit_cycle)
def _change(request: HttpRequest, cycle: Cycle, form: CycleDetailsForm) -> HttpResponse | None:
    """Change the details and go on; None where something stands against it, which is then in the form."""
    if not form.is_valid():
        return None
    try:
        edit_cycle(cycle=cycle, **form.cleaned_data, by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return None
    messages.success(request, _("Saved."))
    return redirect("cycle", cycle.code)


def _suggestions() -> dict:
    today = timezone.localdate()
    return {
        "code": free_code(today),
        "title_zh": f"{today.year} 年度评估",
        "title_en": f"{today.year} annual assessment",
        "period_start": today.replace(month=1, day=1),
        "period_end": today.replace(month=12, day=31),
        "gri_edition": Cycle.GriEdition.GRI_2021,
    }


def method(request: HttpRequest, code: str) -> HttpResponse:
    """Every parameter with a sentence on what it does, and how the method changed so far."""
    cycle = cycle_of(code)
    form = MethodForm(request.POST or None, method=method_of(cycle))
    if request.method == "POST" and (done := _change_method(request, cycle, form)):
        return done
    last = cycle.runs.defer("cube", "asked").order_by("-number").first()
    context = {
        "cycle": cycle,
        "step": "scope",
        "section": "cycles",
        "form": form,
        "last_run": last and last.number,
        "warnings": warning_lines(last, {group.code: group.name for group in cycle.groups.all()}) if last else [],
        "changes": method_changes(cycle),
        "may_edit": can_edit_cycle(request.user) and cycle.state in BEFORE_REVIEW,
    }
    return render(request, "materiality/method.html", context)


@needs(can_edit_cycle)
def _change_method(request: HttpRequest, cycle: Cycle, form: MethodForm) -> HttpResponse | None:
    """Change the method and go on; None where something stands against it, which is then in the form."""
    if not form.is_valid():
        return None
    try:
        set_method(cycle=cycle, values=form.values(), by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return None
    messages.success(request, _("The method is saved. It is used by the next run; runs that exist keep theirs."))
    return redirect("method", cycle.code)
