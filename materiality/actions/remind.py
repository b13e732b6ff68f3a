"""Remind staff by mail of what is due."""

import logging
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from materiality import audit
from materiality.models import Reminder, User
from materiality.models.person import Role
from materiality.queries.due import Due, what_is_due

logger = logging.getLogger(__name__)


def remind(*, today: date | None = None) -> int:
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
        base = next(iter(settings.CSRF_TRUSTED_ORIGINS), "").rstrip("/")
        context = {"due": due, "person": person, "address": base and base + reverse("start")}
        subject = " ".join(render_to_string("materiality/mail/reminder_subject.txt", context).split())
        send_mail(subject, render_to_string("materiality/mail/reminder.txt", context), None, [person.email])
