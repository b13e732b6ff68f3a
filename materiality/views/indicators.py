"""Pages of targets and indicators."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.actions.indicators import remove_indicator, save_indicator
from materiality.forms.indicators import IndicatorForm
from materiality.models import Indicator
from materiality.platform.lists import Head, Listing
from materiality.platform.pages import button, onward, refusals, sent
from materiality.platform.people import can_edit_library, can_view, needs
from materiality.queries.indicators import found_indicators

_HEADS = (
    Head(gettext_lazy("Issue"), "issue", "issue"),
    Head(gettext_lazy("Indicator"), "name", lambda row: str(row.name)),
    Head(gettext_lazy("Baseline"), css="num"),
    Head(gettext_lazy("Latest"), css="num"),
    Head(gettext_lazy("Target value"), css="num"),
    Head(gettext_lazy("Source"), "source", "source"),
)


@needs(can_view)
def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators, searched by `q`."""
    may_edit = can_edit_library(request.user)
    listing = Listing(
        request,
        found_indicators(request.GET.get("q", "").strip()[:200]),
        heads=[*_HEADS, *([Head("")] if may_edit else [])],
        noun=ngettext_lazy("%(shown)s indicator", "%(shown)s indicators", "number"),
        search=_("Search codes, names and issues"),
        files=[(kind.upper(), reverse("sheet_export", args=["indicators", kind])) for kind in ("xlsx", "csv")],
    )
    context = {"section": "library", "listing": listing, "rows": listing.page, "may_edit": may_edit}
    return render(request, "materiality/indicators.html", context)


@needs(can_edit_library)
def indicator(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add an indicator (`?issue=` is filled in), or change one."""
    row = get_object_or_404(Indicator, pk=pk) if pk else None
    form = IndicatorForm(
        request.POST or None, instance=copy(row), initial={} if row else {"issue": request.GET.get("issue", "")[:40]}
    )
    if sent(request, form):
        with refusals(form):
            save_indicator(values=form.cleaned_data, by=request.user, indicator=row)
            return onward(request, _("Saved."), "indicators")
    heading = row.name if row else _("Add an indicator")
    lead = _("A figure by which the issue is followed, from a baseline to a target. It is carried over from cycle to"
             " cycle.")  # fmt: skip
    context = {"section": "library", "areas": "on-library", "heading": heading, "lead": lead, "form": form}
    context |= {"button": _("Save"), "cancel": reverse("indicators"), "guarded": True}
    return render(request, "materiality/form.html", context)


@button(can_edit_library, back="indicators")
def indicator_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Indicator, pk=pk)
    remove_indicator(indicator=row, by=request.user)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return redirect("indicators")
