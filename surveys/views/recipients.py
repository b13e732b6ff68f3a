"""Staff pages of recipients: the list, one of them, erasure, bounces, purge."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.permissions import can_edit_cycle, can_see_responses, needs
from materiality.refusals import NotAllowed
from surveys.actions.erase_recipient import erase_recipient
from surveys.actions.import_bounces import import_bounces
from surveys.actions.purge_recipients import purge_recipients
from surveys.forms.invitations import BouncesForm
from surveys.mail_problems import shown_words
from surveys.models import Recipient
from surveys.queries.invitations import recipient_counts, recipient_page
from surveys.queries.stored_about import stored_about
from surveys.questionnaire.pasted_addresses import addresses_in
from surveys.used_links import is_used
from surveys.views.survey_of import in_cycle, survey_of

FILTERS = ("group", "state", "answered")


@needs(can_see_responses)
def recipients(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Who is invited by mail, by group, state, and whether they have answered."""
    row = survey_of(code, survey)
    wanted = {name: request.GET.get(name, "") for name in FILTERS}
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        wanted=wanted,
        page=recipient_page(row, request.GET.get("page"), **wanted),
        counts=recipient_counts(row),
        groups=row.cycle.groups.all(),
        states=Recipient.State.choices,
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/recipients.html", context)


@needs(can_see_responses)
def recipient(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """What is stored about one recipient."""
    row = _recipient_of(code, survey, pk)
    row.note, deliveries = shown_words(row.note), list(row.deliveries.select_related("mailing").order_by("-pk")[:50])
    for told in deliveries:
        told.problem = shown_words(told.problem)
    context = in_cycle(
        row.survey.cycle,
        "survey",
        survey=row.survey,
        recipient=row,
        answered=is_used(row.batch_id, row.serial),
        deliveries=deliveries,
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/recipient.html", context)


@needs(can_see_responses)
def recipient_file(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """Everything that is stored about one recipient, as JSON."""
    text = json.dumps(stored_about(_recipient_of(code, survey, pk)), ensure_ascii=False, indent=2)
    disposition = f'attachment; filename="{survey}-recipient-{pk}.json"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store, private"}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


@require_POST
@needs(can_edit_cycle)
def erase(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    """Erase one recipient, once the box that confirms it is ticked."""
    row = _recipient_of(code, survey, pk)
    if "sure" not in request.POST:
        messages.error(request, _("Tick the box: it cannot be undone."))
        return redirect("recipient", code, survey, pk)
    erased = erase_recipient(recipient=row, by=request.user)
    said = _("Recipient and answers are erased.") if erased else _("The recipient is erased; no answers were found.")
    messages.success(request, said)
    return redirect("recipients", code, survey)


@needs(can_edit_cycle)
def bounces(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Take in a list of addresses that do not work."""
    row = survey_of(code, survey)
    form = BouncesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        marked, strangers = import_bounces(survey=row, addresses=addresses_in(form.pasted()), by=request.user)
        said = ngettext("%(n)s address gets no more mail.", "%(n)s addresses get no more mail.", marked) % {"n": marked}
        if strangers:
            said += " " + _("%(n)s are no recipients of this survey.") % {"n": strangers}
        messages.success(request, said)
        return redirect("recipients", code, survey)
    lead = _("Addresses that your mail provider reports as not working get no more mail of this survey.")
    texts = {"title": _("Bounces"), "heading": _("Take in a list of bounces"), "lead": lead, "back": _("Recipients")}
    texts |= {"button": _("Mark these addresses"), "cancel": reverse("recipients", args=[code, survey])}
    context = in_cycle(row.cycle, "survey", survey=row, here="invitations", form=form, **texts)
    return render(request, "surveys/form.html", context, status=422 if form.errors else 200)


@require_POST
@needs(can_edit_cycle)
def purge(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Delete all recipients of a closed survey, once the box that confirms it is ticked."""
    try:
        if "sure" not in request.POST:
            raise NotAllowed(_("Tick the box: it cannot be undone."))
        number = purge_recipients(survey=survey_of(code, survey), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        said = ngettext("%(n)s recipient is deleted.", "%(n)s recipients are deleted.", number) % {"n": number}
        messages.success(request, said)
    return redirect("recipients", code, survey)


def _recipient_of(code: str, survey: str, pk: int) -> Recipient:
    rows = Recipient.objects.select_related("survey__cycle__edition", "group", "batch")
    return get_object_or_404(rows, survey__cycle__code=code, survey__code=survey, pk=pk)
