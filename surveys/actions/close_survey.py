"""Close a survey."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.actions.mix_responses import mix_responses
from surveys.models import Draft, Survey


@transaction.atomic
def close_survey(*, survey: Survey, by: User | None, now: datetime | None = None) -> Survey:
    """Take no new answers from now on; answers already begun may be finished for 15 minutes. Returns it as stored.

    Of an anonymous survey all finished answers are mixed into responses, unless somebody may still finish: then the
    last ones wait for them, so that the last lot is as large as can be. NotAllowed where the survey is not open.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if stored.state != Survey.State.OPEN:
        raise NotAllowed(_("Only an open survey can be closed."))
    stored.state, stored.closed_at = Survey.State.CLOSED, now or timezone.now()
    stored.save(update_fields=["state", "closed_at"])
    audit.record(
        "close_survey",
        stored,
        by=by,
        before={"state": Survey.State.OPEN},
        after={"state": stored.state, "closed_at": stored.closed_at},
    )
    if stored.anonymous:
        mix_responses(survey=stored, everything=not Draft.objects.filter(survey=stored).exists())
    return stored
