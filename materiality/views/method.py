"""The page of a cycle's method."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from materiality.actions.set_method import set_method
from materiality.cycle_states import BEFORE_REVIEW
from materiality.forms.method import MethodForm
from materiality.models import Cycle
from materiality.permissions import can_edit_cycle, needs
from materiality.queries.method import method_of
from materiality.queries.method_history import method_changes
from materiality.queries.runs import last_run_number
from materiality.refusals import NotAllowed
from materiality.views.cycle_of import cycle_of


def method(request: HttpRequest, code: str) -> HttpResponse:
    """Every parameter with a sentence on what it does, and how the method changed so far."""
    cycle = cycle_of(code)
    form = MethodForm(request.POST or None, method=method_of(cycle))
    if request.method == "POST" and (done := _change(request, cycle, form)):
        return done
    context = {
        "cycle": cycle,
        "step": "scope",
        "section": "cycles",
        "form": form,
        "last_run": last_run_number(cycle),
        "changes": method_changes(cycle),
        "may_edit": can_edit_cycle(request.user) and cycle.state in BEFORE_REVIEW,
    }
    return render(request, "materiality/method.html", context)


@needs(can_edit_cycle)
def _change(request: HttpRequest, cycle: Cycle, form: MethodForm) -> HttpResponse | None:
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
