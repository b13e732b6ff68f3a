"""Change how often the library is reviewed and stakeholders are surveyed."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Calendar, User
from materiality.refusals import NotAllowed

FIELDS = ("review_months", "survey_months", "remind_days_before")


@transaction.atomic
def set_calendar(*, review_months: int, survey_months: int, remind_days_before: int, by: User | None) -> Calendar:
    """Set the intervals (months, from 1) and how many days before staff are reminded.

    NotAllowed where an interval is shorter than a month, or the reminder would come before the last time.
    """
    wanted = {"review_months": review_months, "survey_months": survey_months, "remind_days_before": remind_days_before}
    if min(review_months, survey_months) < 1 or remind_days_before < 0:
        raise NotAllowed(_("An interval is at least one month, and a reminder comes on the day or before."))
    if remind_days_before >= 28 * min(review_months, survey_months):
        raise NotAllowed(_("The reminder would come as early as the last time: choose fewer days."))
    Calendar.objects.get_or_create(pk=1)
    held = Calendar.objects.select_for_update().get(pk=1)
    before = {name: getattr(held, name) for name in FIELDS}
    if before != wanted:
        for name, value in wanted.items():
            setattr(held, name, value)
        held.save()
        audit.record("set_calendar", held, by=by, before=before, after=wanted)
    return held
