"""Suggestions for the library, the calendar of reviews, and reminders of what is due."""

import logging
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from materiality.models import Calendar, Proposal, Reminder, User
from materiality.models.people import Role
from materiality.platform import audit
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.proposals import Due, ProposalValues, draft_under_review, store_proposal, what_is_due

State = Proposal.State
DECISIONS = (State.ACCEPTED, State.DECLINED, State.DEFERRED)
REMAINING = (State.OPEN, State.DEFERRED)


@transaction.atomic
def decide_proposal(*, proposal: Proposal, state: str, reason: str, by: User | None) -> Proposal:
    """Decide with a reason, as a named person; a deferred proposal can be decided again.

    Nothing in the draft changes by it: the change is made there, by hand. NotAllowed without a person, a decision or
    a reason; Conflict where somebody has decided meanwhile.
    """
    if by is None or state not in DECISIONS:
        raise NotAllowed(_("A suggestion is accepted, declined or deferred by a named person."))
    if not reason.strip():
        raise NotAllowed(_("Give the reason for the decision: it is kept with the suggestion."))
    stored = Proposal.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=proposal.pk)
    if stored.state not in REMAINING or stored.state != proposal.state:
        raise Conflict(_decided(stored), stored)
    before = {"state": stored.state, "decision_reason": stored.decision_reason}
    stored.state, stored.decision_reason = state, reason.strip()
    stored.decided_by, stored.decided_at = by, timezone.now()
    stored.edition = draft_under_review() or stored.edition
    stored.save(update_fields=["state", "decision_reason", "decided_by", "decided_at", "edition"])
    audit.record("decide_proposal", stored, by=by, before=before, after={"state": state}, reason=reason.strip())
    return stored


def _decided(stored: Proposal) -> str:
    told = {"person": stored.decided_by, "state": stored.get_state_display(), "reason": stored.decision_reason}
    return _("%(person)s has decided meanwhile: %(state)s. Reason: %(reason)s") % told


@transaction.atomic
def submit_proposal(*, values: ProposalValues, by: User | None) -> Proposal:
    """Put a proposal of a member of staff before those who decide. NotAllowed with everything that is wrong."""
    proposal = store_proposal(values, origin=Proposal.Origin.STAFF, by=by)
    audit.record("propose", proposal, by=by, after=values.told(), reason=proposal.reason)
    return proposal


logger = logging.getLogger(__name__)


def mail_reminders(*, today: date | None = None) -> int:
    """Mail active leads and analysts once per due date, from so many days before it as the calendar says.

    Asks only what is due by now, so that a day on which nothing ran is made up. Who could not be reached is tried
    again the next time. Returns the number of mails sent.
    """
    due = [each for each in what_is_due(today or timezone.localdate()) if each.near]
    return sum(_remind_of(each) for each in due)


def _remind_of(due: Due) -> int:
    reminder, is_new = Reminder.objects.get_or_create(kind=due.kind, due_on=due.due_on)
    people = User.objects.filter(is_active=True, role__in=(Role.LEAD, Role.ANALYST)).exclude(email="")
    sent = 0
    for person in people.order_by("pk"):
        if not _claim(reminder, person):
            continue
        try:
            _mail(person, due)
            sent += 1
        except Exception:  # whatever the mail server or the network raises, the others still get their mail
            logger.exception("the reminder %s of %s could not be sent", due.kind, due.due_on)
            _release(reminder, person)
    if is_new or sent:
        with transaction.atomic():
            after = {"kind": due.kind, "due_on": due.due_on, "mails": sent}
            audit.record("remind", reminder, by=None, after=after)
    return sent


@transaction.atomic
def _claim(reminder: Reminder, person: User) -> bool:
    """Whether the person is to be mailed by us; noted before, so that two workers never both do it."""
    stored = Reminder.objects.select_for_update().get(pk=reminder.pk)
    if person.pk in stored.sent_to:
        return False
    return _note(stored, [*stored.sent_to, person.pk])


@transaction.atomic
def _release(reminder: Reminder, person: User) -> None:
    stored = Reminder.objects.select_for_update().get(pk=reminder.pk)
    _note(stored, [pk for pk in stored.sent_to if pk != person.pk])


def _note(reminder: Reminder, people: list[int]) -> bool:
    reminder.sent_to, reminder.recipients = people, len(people)
    reminder.save(update_fields=["sent_to", "recipients"])
    return True


def _mail(person: User, due: Due) -> None:
    """In the organisation's language: an account has none of its own."""
    with translation.override(settings.LANGUAGE_CODE):
        address = settings.PUBLIC_URL + reverse("start") if settings.PUBLIC_URL_IS_SET else ""
        context = {"due": due, "person": person, "address": address}
        subject = " ".join(render_to_string("materiality/mail/reminder_subject.txt", context).split())
        send_mail(subject, render_to_string("materiality/mail/reminder.txt", context), None, [person.email])


@transaction.atomic
def set_calendar(*, by: User | None, **values: int) -> Calendar:
    """Set the intervals (months, from 1) and how many days before staff are reminded.

    NotAllowed where an interval is shorter than a month, or the reminder would come before the last time.
    """
    Calendar.objects.get_or_create(pk=1)
    held = Calendar.objects.select_for_update().get(pk=1)
    with audit.audited("set_calendar", held, by=by, fields=values):
        audit.write(held, values)
    return held
