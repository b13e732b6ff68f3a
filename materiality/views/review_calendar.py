"""The calendar of reviews and surveys."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from materiality.actions.set_calendar import FIELDS, set_calendar
from materiality.forms.proposals import CalendarForm
from materiality.models import Reminder
from materiality.permissions import can_publish_edition, can_view, needs
from materiality.queries.due import calendar, what_is_due
from materiality.refusals import NotAllowed

SHOWN = 20


@needs(can_view)
def review_calendar(request: HttpRequest) -> HttpResponse:
    """What is due when; leads set the intervals."""
    held = calendar()
    form = CalendarForm(request.POST or None, initial={name: getattr(held, name) for name in FIELDS})
    if request.method == "POST" and _changed(request, form):
        return redirect("review_calendar")
    context = {
        "section": "library",
        "due": what_is_due(held=held),
        "calendar": held,
        "reminders": list(Reminder.objects.order_by("-sent_at", "-pk")[:SHOWN]),
        "form": form if can_publish_edition(request.user) else None,
    }
    return render(request, "materiality/review_calendar.html", context)


@needs(can_publish_edition)
def _changed(request: HttpRequest, form: CalendarForm) -> bool:
    if not form.is_valid():
        return False
    try:
        set_calendar(**form.cleaned_data, by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, _("The calendar is saved."))
    return True
