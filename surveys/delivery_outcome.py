"""What becomes of a delivery that was not sent, and of a mailing at its end."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.mail_problems import Means
from surveys.models import Delivery, Mailing, Recipient
from surveys.used_links import is_used

MOST_TRIES = 6
# Minutes until the second, third … try.
DELAYS = (1, 4, 15, 60, 240)
_OPEN = (Delivery.State.WAITING, Delivery.State.SENDING)


def left_out(delivery: Delivery) -> str:
    """Why the recipient gets no mail now, empty where they do: asked anew before each mail."""
    state = Recipient.objects.filter(pk=delivery.recipient_id).values_list("state", flat=True).first()
    if state == Recipient.State.UNSUBSCRIBED:
        return _("Wants no mail")
    if state == Recipient.State.BOUNCED:
        return _("Address does not work")
    if is_used(delivery.recipient.batch_id, delivery.recipient.serial):
        return _("Has answered")
    return ""


def after_problem(delivery: Delivery, mailing: Mailing, meaning: Means, words: str) -> datetime | None:
    """Note what happened; the moment until which all mails of the mailing wait, None where the next can go now."""
    now = timezone.now()
    tries = delivery.tries + 1
    if meaning in (Means.ADDRESS, Means.REFUSED):
        _update(delivery, state=Delivery.State.FAILED, problem=words)
        if meaning is Means.ADDRESS:
            active = Recipient.objects.filter(pk=delivery.recipient_id, state=Recipient.State.ACTIVE)
            active.update(state=Recipient.State.BOUNCED, note=words)
        return None
    if meaning is Means.SETTINGS:
        _update(delivery, state=Delivery.State.WAITING, tries=delivery.tries, problem=words)
        sending = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING)
        sending.update(state=Mailing.State.PAUSED, problem=words)
        return now
    if tries >= MOST_TRIES:
        _update(delivery, state=Delivery.State.FAILED, problem=words)
        return None
    later = now + timedelta(minutes=DELAYS[min(tries, len(DELAYS)) - 1])
    _update(delivery, state=Delivery.State.WAITING, next_try_at=later, problem=words)
    if meaning is Means.SERVER:
        Mailing.objects.filter(pk=mailing.pk).update(problem=words)
        return later
    return None


def reclaimed(mailing: Mailing) -> None:
    """Whoever holds the claim sends nothing yet: a delivery that is `sending` was left by a worker that died."""
    mailing.deliveries.filter(state=Delivery.State.SENDING).update(
        state=Delivery.State.WAITING, problem=_("Sending was interrupted; this mail may have gone out twice.")
    )


def finish_if_done(mailing: Mailing) -> None:
    """The mailing is sent once nothing waits any more."""
    if not mailing.deliveries.filter(state__in=_OPEN).exists():
        Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).update(
            state=Mailing.State.SENT, finished_at=timezone.now(), problem=""
        )


def _update(delivery: Delivery, **changes) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(**changes)
