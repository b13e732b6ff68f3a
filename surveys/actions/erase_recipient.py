"""Erase one recipient at their wish."""

from django.db import transaction

from materiality import audit
from materiality.models import User
from surveys.actions.erase_response import erase_response
from surveys.models import Draft, Recipient, Survey
from surveys.unwanted_mail import remember


@transaction.atomic
def erase_recipient(*, recipient: Recipient, by: User | None) -> bool:
    """Delete address, name, what was sent, and the answers begun by their link; True where answers were erased, too.

    Finished answers are erased where the survey is not anonymous; where it is, nothing says which they are. The
    address gets no mail any more, even from a later list; for that a keyed digest of it is kept. The audit event does
    not say who it was.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=recipient.survey_id)
    stored = Recipient.objects.select_for_update().get(pk=recipient.pk)
    link = {"batch_id": stored.batch_id, "serial": stored.serial}
    findable = not survey.anonymous or Draft.objects.filter(survey=survey, **link).exists()
    erased = findable and erase_response(survey=survey, **link)
    remember(stored.email)
    stored.delete()
    audit.record("erase_recipient", survey, by=by, after={"answers_erased": erased})
    return erased
