"""Send the next mails of a mailing."""

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil
from uuid import uuid4

from django.core.mail import get_connection
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from surveys.delivery_outcome import after_problem, finish_if_done, left_out, reclaimed
from surveys.mail_message import addressee_of, message_for
from surveys.mail_problems import Means, meaning_of, words_of
from surveys.models import Delivery, Mailing, Survey
from surveys.questionnaire.window import Standing, standing

logger = logging.getLogger(__name__)

RUNS_A_MINUTE = 6
# A worker sends for so long at most, and says before each mail that it is alive.
LONGEST_RUN_SECONDS = 40
CLAIM_LOST = timedelta(seconds=120)


def send_mailing(*, mailing_id: int) -> int:
    """Send up to a sixth of the mailing's mails per minute over one connection; returns how many were taken.

    Each delivery is marked before and after it is sent. A problem that passes is tried again later, at most six
    times, one of the address or of the mail fails for good; when the server itself has one, everything waits, and
    when its settings are wrong, the mailing is paused. 0 where the mailing is not being sent or another worker has it.
    What went wrong is kept in English, whoever's language is active here; pages translate it (`shown_words`).
    """
    with translation.override("en"):
        return _send(mailing_id)


def _send(mailing_id: int) -> int:
    claim, now = uuid4().hex, timezone.now()
    if not _claimed(mailing_id, claim, now):
        return 0
    mailing = Mailing.objects.select_related("survey").get(pk=mailing_id)
    if standing(mailing.survey, now) is Standing.CLOSED:
        _end(mailing_id, claim, state=Mailing.State.STOPPED, problem=_("The survey is closed."), finished_at=now)
        return 0
    reclaimed(mailing)
    taken, waits_until = _send_due(mailing, claim)
    # Nobody claims it before that: a claim of nobody that is not lost yet.
    _end(mailing_id, claim, **({"claimed_at": waits_until - CLAIM_LOST} if waits_until else {}))
    finish_if_done(mailing)
    return taken


def _claimed(mailing_id: int, claim: str, now: datetime) -> bool:
    """By conditional update: one worker at a time. A claim that nobody renewed belonged to a worker that died."""
    free = Q(claim="", claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LOST)
    mailing = Mailing.objects.filter(free, pk=mailing_id, state=Mailing.State.SENDING)
    return mailing.update(claim=claim, claimed_at=now) == 1


def _end(mailing_id: int, claim: str, **changes) -> None:
    Mailing.objects.filter(pk=mailing_id, claim=claim).update(**{"claim": "", "claimed_at": None, **changes})


def _send_due(mailing: Mailing, claim: str) -> tuple[int, datetime | None]:
    """How many deliveries were taken, and until when everything waits for the server (None: it does not)."""
    due = _due(mailing)
    if not due:
        return 0, None
    connection, taken, end = get_connection(), 0, time.monotonic() + LONGEST_RUN_SECONDS
    try:
        for delivery in due:
            if time.monotonic() > end or not _alive(mailing.pk, claim):
                break
            taken += 1
            waits_until = _deliver(delivery, mailing, connection)
            if waits_until is not None:
                return taken, waits_until
    finally:
        with suppress(OSError):
            connection.close()
    return taken, None


def _due(mailing: Mailing) -> list[Delivery]:
    now = timezone.now()
    last_minute = mailing.deliveries.filter(sent_at__gt=now - timedelta(minutes=1)).count()
    most = min(ceil(mailing.per_minute / RUNS_A_MINUTE), mailing.per_minute - last_minute)
    waiting = mailing.deliveries.filter(state=Delivery.State.WAITING)
    due = waiting.filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    return list(due.select_related("recipient__batch").order_by("pk")[: max(most, 0)])


def _alive(mailing_id: int, claim: str) -> bool:
    """Renew the claim; False where somebody paused the mailing or another worker has taken it over."""
    mine = Mailing.objects.filter(pk=mailing_id, claim=claim, state=Mailing.State.SENDING)
    return mine.update(claimed_at=timezone.now()) == 1


def _deliver(delivery: Delivery, mailing: Mailing, connection) -> datetime | None:
    """Send one mail; a moment where the server is to be left alone until then."""
    reason = left_out(delivery)
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    if reason:
        mine.update(state=Delivery.State.LEFT_OUT, problem=reason)
        return None
    if not mine.update(state=Delivery.State.SENDING, tries=F("tries") + 1):
        return None
    try:
        survey: Survey = mailing.survey
        addressee = addressee_of(delivery, survey, mailing.address)
        message = message_for(mailing, survey, addressee, number=str(delivery.pk))
        connection.open()
        connection.send_messages([message])
    except Exception as problem:  # whatever the server or the network raises is written down with the delivery
        meaning = meaning_of(problem)
        logger.warning("Mailing %s: a mail could not be sent (%s)", mailing.pk, type(problem).__name__)
        if meaning is Means.SERVER:
            _drop(connection)
        return after_problem(delivery, mailing, meaning, words_of(problem))
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=timezone.now(), next_try_at=None)
    return None


def _drop(connection) -> None:
    """Forget the connection without a farewell, for which a stalled server would let us wait once more."""
    smtp = getattr(connection, "connection", None)
    if smtp is not None:
        with suppress(OSError):
            smtp.close()
        connection.connection = None
