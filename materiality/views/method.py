"""The page of a cycle's method: every parameter, what a change would do, a run kept from it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.cycles import set_method
from materiality.actions.scores import keep_run
from materiality.forms.method import KeepForm, MethodForm
from materiality.models import Cycle
from materiality.platform.bilingual import languages_of
from materiality.platform.pages import onward, refusals, sent
from materiality.platform.people import can_edit_cycle, needs
from materiality.queries.cycles import (
    BEFORE_REVIEW,
    groups_of,
    last_run_number,
    method_changes,
    method_of,
    run_with_cube,
    sees_scores,
)
from materiality.queries.method import Trial
from materiality.views.cycles import cycle_of, in_cycle


def method(request: HttpRequest, code: str) -> HttpResponse:
    """Every parameter with a sentence on what it does, and how the method changed so far."""
    cycle = cycle_of(code)
    form = _form(request, cycle)
    if sent(request, form, can_edit_cycle):
        with refusals(form):
            set_method(cycle=cycle, values=form.values(), weights=form.weights(), by=request.user)
            said = _("The method is saved. It is used by the next run; runs that exist keep theirs.")
            return onward(request, said, "method", code)
    return _page(request, cycle, form)


@require_POST
def try_method(request: HttpRequest, code: str) -> HttpResponse:
    """What the newest run's responses would come to under the parameters sent; nothing is stored."""
    cycle = cycle_of(code)
    form = _form(request, cycle)
    if not request.htmx:
        form.is_valid()
        return _page(request, cycle, form)
    trial = _trial(request, cycle, form)
    return render(request, "materiality/method.html", {"cycle": cycle, "trial": trial, "form": form, "partial": True})


@require_POST
@needs(can_edit_cycle)
def keep_method(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was tried as a run with a name and a reason; the method in force stays as it is."""
    cycle = cycle_of(code)
    form, keep, run = _form(request, cycle), KeepForm(request.POST), run_with_cube(cycle)
    if run is None:
        return redirect("method", code)
    if form.is_valid() and keep.is_valid():
        with refusals(keep, "reason"):
            over = form.values() | {"weights": form.weights()}
            kept = keep_run(run=run, over=over, by=request.user, **keep.cleaned_data)
            said = _("Kept as run %(number)s. The method in force has not changed.") % {"number": kept.number}
            return onward(request, said, "scores", code)
    return _page(request, cycle, form, keep)


def _form(request: HttpRequest, cycle: Cycle) -> MethodForm:
    return MethodForm(
        request.POST or None, method=method_of(cycle), groups=groups_of(cycle), languages=languages_of(cycle)
    )


def _trial(request: HttpRequest, cycle: Cycle, form: MethodForm) -> Trial | None:
    """The trial of the form's parameters, or of the method in force where the form is empty or wrong; None where there
    are no scores, or none that the person may see.
    """
    run = run_with_cube(cycle) if sees_scores(request.user, cycle) else None
    if run is None:
        return None
    over = form.values() | {"weights": form.weights()} if form.is_bound and form.is_valid() else {}
    return Trial(run, form.method.overlaid(over), form.groups)


def _page(request: HttpRequest, cycle: Cycle, form: MethodForm, keep: KeepForm | None = None) -> HttpResponse:
    trial = _trial(request, cycle, form)
    context = in_cycle(cycle, "method") | {
        "form": form,
        "keep": keep or KeepForm(),
        "trial": trial,
        "last_run": trial.run.number if trial else last_run_number(cycle),
        "changes": method_changes(cycle),
        "may_edit": can_edit_cycle(request.user) and cycle.state in BEFORE_REVIEW,
        "may_keep": can_edit_cycle(request.user),
    }
    return render(request, "materiality/method.html", context)
