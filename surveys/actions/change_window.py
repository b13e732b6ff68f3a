"""Move the closing of an open survey."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Survey
from surveys.window_flags import mark_outside_window


@transaction.atomic
def change_window(*, survey: Survey, closes_at: datetime | None, by: User | None) -> Survey:
    """Set when an open survey closes; None = open end. Responses that the old date had flagged are screened anew.

    NotAllowed where the survey is not open, or the time is past or not after the opening.
    """
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state != Survey.State.OPEN:
        raise NotAllowed(_("Only an open survey's closing can be moved."))
    if closes_at and closes_at <= timezone.now():
        raise NotAllowed(_("That time has passed. To close the survey now, use “Close the survey”."))
    if closes_at and stored.opens_at and closes_at <= stored.opens_at:
        raise NotAllowed(_("The survey would close before it opens."))
    before, stored.closes_at = stored.closes_at, closes_at
    stored.save(update_fields=["closes_at"])
    moved = mark_outside_window(stored)
    audit.record(
        "change_window",
        stored,
        by=by,
        before={"closes_at": before},
        after={"closes_at": closes_at, "flags_moved": moved},
    )
    return stored
