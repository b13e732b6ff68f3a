"""When stakeholders were surveyed last, for what is due next, and which imports wait to be confirmed."""

from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Coalesce

from materiality.models import Reminder
from materiality.queries.due import add_last
from materiality.queries.waiting_work import add_waiting
from surveys.models import Survey
from surveys.queries.waiting_imports import imports_to_confirm


def last_opening() -> datetime | None:
    """When the newest survey that is no draft opened, or will open as planned."""
    begun = Survey.objects.exclude(state=Survey.State.DRAFT)
    return begun.aggregate(last=Max(Coalesce("opens_at", "opened_at")))["last"]


add_last(Reminder.Kind.SURVEY, last_opening)
add_waiting(imports_to_confirm)
