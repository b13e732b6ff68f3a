"""When stakeholders were surveyed last, for what is due next."""

from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Coalesce

from materiality.models import Reminder
from materiality.queries.due import add_last
from surveys.models import Survey


def last_opening() -> datetime | None:
    """When the newest survey that is no draft opened, or will open as planned."""
    begun = Survey.objects.exclude(state=Survey.State.DRAFT)
    return begun.aggregate(last=Max(Coalesce("opens_at", "opened_at")))["last"]


add_last(Reminder.Kind.SURVEY, last_opening)
