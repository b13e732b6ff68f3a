"""Pages of one section of the outline."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from materiality.views.cycle_of import cycle_of
from reports.actions.remove_section import remove_section
from reports.actions.save_section import save_section
from reports.forms.section import SectionForm
from reports.queries.catalogue import books_of
from reports.queries.outline import outline_rows


@needs(can_edit_cycle)
def new_section(request: HttpRequest, code: str) -> HttpResponse:
    """Add a section."""
    return _edited(request, code, None)


@needs(can_edit_cycle)
def section(request: HttpRequest, code: str, order: int) -> HttpResponse:
    """Change a section."""
    return _edited(request, code, order)


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, order: int) -> HttpResponse:
    """Remove a section, or say why it stays."""
    try:
        remove_section(cycle=cycle_of(code), order=order, by=request.user)
        messages.success(request, _("The section is removed."))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("outline", code)


def _edited(request: HttpRequest, code: str, order: int | None) -> HttpResponse:
    cycle = cycle_of(code)
    rows = {row.order: row for row in outline_rows(cycle)}
    if order is not None and order not in rows:
        raise Http404
    free = max(rows, default=0) + 1
    form = SectionForm(request.POST or None, books=books_of(cycle), row=rows.get(order), free=free)
    if request.method == "POST" and form.is_valid():
        try:
            save_section(cycle=cycle, row=form.row(), replacing=order, by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The section is saved."))
            return redirect("outline", code)
    context = {"cycle": cycle, "step": "outline", "section": "cycles", "form": form, "order": order}
    return render(request, "reports/section.html", context)
