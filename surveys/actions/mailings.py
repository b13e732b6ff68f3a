"""Mailings: try out, start, send, pause, resume and stop."""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import uuid4

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from materiality.models import User
from materiality.platform import audit
from materiality.platform.bilingual import tag_of
from materiality.platform.refusals import NotAllowed
from surveys.invitations.mail import (
    Means,
    addressee_of,
    after_problem,
    example_addressee,
    finish_if_done,
    left_out,
    mail_text_names,
    meaning_of,
    message_for,
    problem_words,
    reclaimed,
    text_problems,
)
from surveys.models import Delivery, Mailing, Survey
from surveys.models.invitations import MOST_A_MINUTE
from surveys.queries.mailings import audience
from surveys.queries.plans import efforts_of
from surveys.questionnaire.asking import Effort, Standing, standing

logger = logging.getLogger(__name__)

RUNS_A_MINUTE = 6
# A worker sends for so long at most, and says before each mail that it is alive.
LONGEST_RUN_SECONDS = 40
CLAIM_LOST = timedelta(seconds=120)


def send_due_mails(*, mailing_id: int) -> int:
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
    efforts = efforts_of(mailing.survey)
    try:
        for delivery in due:
            if time.monotonic() > end or not _alive(mailing.pk, claim):
                break
            taken += 1
            waits_until = _deliver(delivery, mailing, connection, efforts)
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


def _deliver(delivery: Delivery, mailing: Mailing, connection, efforts: Sequence[Effort]) -> datetime | None:
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
        message = message_for(mailing, survey, addressee, efforts, number=str(delivery.pk))
        connection.open()
        connection.send_messages([message])
    except Exception as problem:  # whatever the server or the network raises is written down with the delivery
        meaning = meaning_of(problem)
        logger.warning("Mailing %s: a mail could not be sent (%s)", mailing.pk, type(problem).__name__)
        if meaning is Means.SERVER:
            _drop(connection)
        return after_problem(delivery, mailing, meaning, problem_words(problem))
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=timezone.now(), next_try_at=None)
    return None


def _drop(connection) -> None:
    """Forget the connection without a farewell, for which a stalled server would let us wait once more."""
    smtp = getattr(connection, "connection", None)
    if smtp is not None:
        with suppress(OSError):
            smtp.close()
        connection.connection = None


def send_test_mail(*, survey: Survey, texts: Mapping[str, str], address: str, by: User) -> int:
    """Send the mail in each language to the person's own address; returns how many mails. Nothing is stored.

    NotAllowed where a text is not right, the person has no address, or the server refuses, with its words.
    """
    problems = text_problems(texts)
    if problems:
        raise NotAllowed(" ".join(sentence for sentences in problems.values() for sentence in sentences))
    if not by.email:
        raise NotAllowed(_("You have no mail address. Ask an administrator to add it under People."))
    mailing = Mailing(survey=survey, **{name: texts[name] for name in mail_text_names(texts)})
    efforts = efforts_of(survey)
    messages = [
        message_for(
            mailing, survey, example_addressee(survey, language, address, by.email), efforts, number=uuid4().hex
        )
        for language in map(tag_of, survey.languages)
    ]
    try:
        get_connection().send_messages(messages)
    except Exception as problem:  # whatever the mail server or the network raises, the person is told
        raise NotAllowed(_("The mail could not be sent: %(words)s") % {"words": problem_words(problem)}) from problem
    return len(messages)


@transaction.atomic
def start_mailing(*, survey: Survey, values: Mapping[str, Any], address: str, by: User | None) -> Mailing:
    """Store the mailing with a delivery for each recipient of `audience`; workers send them.

    `values` are kind, `per_minute` at most, and the subjects and bodies. Links begin with `address`. NotAllowed where
    the survey takes no answers, a text is not right, the rate is not in 1..6,000, or nobody would get the mail.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if standing(stored, timezone.now()) is not Standing.OPEN:
        raise NotAllowed(_("Mails can be sent while the survey takes answers."))
    if problems := text_problems(values):
        raise NotAllowed(" ".join(sentence for sentences in problems.values() for sentence in sentences))
    if not 1 <= values["per_minute"] <= MOST_A_MINUTE:
        raise NotAllowed(_("Between 1 and %(most)s mails a minute can be sent.") % {"most": MOST_A_MINUTE})
    recipients = audience(stored, values["kind"])
    if not recipients:
        raise NotAllowed(_("There is nobody who would get this mail."))
    mailing = Mailing(survey=stored, address=address.rstrip("/"), created_by=by)
    audit.write(mailing, values)
    Delivery.objects.bulk_create(
        (Delivery(mailing=mailing, recipient_id=recipient) for recipient in recipients), batch_size=1_000
    )
    after = {"survey": stored.code, "mails": len(recipients), **audit.told(mailing, ("kind", "per_minute"))}
    audit.record("start_mailing", mailing, by=by, after=after)
    return mailing


_State = Mailing.State
STEPS = {"pause": _State.PAUSED, "resume": _State.SENDING, "stop": _State.STOPPED}
_FROM = {
    _State.PAUSED: (_State.SENDING,),
    _State.SENDING: (_State.PAUSED,),
    _State.STOPPED: (_State.SENDING, _State.PAUSED),
}


@transaction.atomic
def steer_mailing(*, mailing: Mailing, step: str, by: User | None) -> Mailing:
    """`step` is a key of STEPS. A mail that is on its way at this moment still arrives. Returns it as stored.

    NotAllowed where the mailing has ended or is in that state already.
    """
    stored = Mailing.objects.select_for_update().get(pk=mailing.pk)
    state = STEPS[step]
    if stored.state not in _FROM[state]:
        raise NotAllowed(_("The mailing is “%(state)s” already.") % {"state": stored.get_state_display()})
    before = {"state": stored.state}
    stored.state = state
    stored.finished_at = timezone.now() if state == _State.STOPPED else None
    if state == _State.SENDING:  # whoever goes on has mended what was wrong: nothing waits any longer
        stored.claim, stored.claimed_at, stored.problem = "", None, ""
        stored.deliveries.filter(next_try_at__isnull=False).update(next_try_at=None)
    stored.save(update_fields=["state", "finished_at", "claim", "claimed_at", "problem"])
    audit.record("steer_mailing", stored, by=by, before=before, after={"state": state})
    return stored
