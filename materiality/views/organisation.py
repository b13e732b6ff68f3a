"""The page of the organisation's name, and the end of the tour."""

from copy import copy

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.organisation import end_tour, name_organisation
from materiality.forms.cycles import OrganisationForm
from materiality.models import Organisation
from materiality.platform.pages import onward, refusals, sent
from materiality.platform.people import can_edit_library, can_view, needs


@needs(can_edit_library)
def organisation_names(request: HttpRequest) -> HttpResponse:
    """What the organisation is called, in the languages of its library."""
    held = Organisation.objects.filter(pk=1).first() or Organisation(pk=1)
    form = OrganisationForm(request.POST or None, instance=copy(held))
    if sent(request, form):
        with refusals(form):
            name_organisation(texts={name: form.cleaned_data[name] for name in form.spoken}, by=request.user)
            return onward(request, _("Saved."), "start")
    lead = _("Respondents see it as who asks; files carry it, and the GRI index states it.")
    texts = {"heading": _("Name of the organisation"), "lead": lead, "button": _("Save"), "back_out": _("Not now")}
    return render(request, "materiality/form.html", {"form": form, "cancel": reverse("start"), **texts})


@require_POST
@needs(can_view)
def tour_end(request: HttpRequest) -> HttpResponse:
    """The person has seen the tour."""
    end_tour(by=request.user)
    return redirect("start")
