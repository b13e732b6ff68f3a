"""Remove a survey that was never opened."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Survey


@transaction.atomic
def remove_survey(*, survey: Survey, by: User | None) -> None:
    """Delete a draft with its items. NotAllowed where it was opened: people may have answered it."""
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state != Survey.State.DRAFT or stored.opened_at:
        raise NotAllowed(_("The survey was opened; it can be closed, but no longer removed."))
    pk, batches = stored.pk, list(stored.batches.all())
    stored.delete()
    # The event names the row, which is gone by then.
    stored.pk = pk
    audit.record(
        "remove_survey", stored, by=by, before={"cycle": survey.cycle.code, "level": survey.level}, touched=batches
    )
