"""Delete the recipients of a closed survey."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Delivery, Mailing, Recipient, Survey


@transaction.atomic
def purge_recipients(*, survey: Survey, by: User | None) -> int:
    """Delete addresses, names and deliveries of all recipients; returns how many recipients there were.

    What stays: the batches with the number of their links and which are used, the texts of mailings, and keyed
    digests of addresses that want no mail. NotAllowed unless the survey is closed.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if stored.state != Survey.State.CLOSED:
        raise NotAllowed(_("Recipients can be deleted once the survey is closed: until then reminders need them."))
    unfinished = (Mailing.State.SENDING, Mailing.State.PAUSED)
    stored.mailings.filter(state__in=unfinished).update(state=Mailing.State.STOPPED)
    Delivery.objects.filter(recipient__survey=stored)._raw_delete(using=stored._state.db)
    number = Recipient.objects.filter(survey=stored)._raw_delete(using=stored._state.db)
    if number:
        audit.record("purge_recipients", stored, by=by, after={"recipients": number})
    return number
