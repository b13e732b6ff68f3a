"""Reminders: once per due date, made up when missed, not lost when mail fails."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Outbox

from materiality.actions.proposals import mail_reminders
from materiality.models import AuditEvent, Edition, Reminder
from tests.factories.library import make_edition
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
DUE = date(2026, 7, 1)


class BrokenMail(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        raise ConnectionRefusedError


class MailWithoutB(Outbox):
    """A mail server that knows no b@example.com."""

    def send_messages(self, messages):
        if any("b@example.com" in message.to for message in messages):
            raise ConnectionRefusedError
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _edition():
    publish("first", date(2026, 1, 1))


def publish(code: str, day: date) -> None:
    make_edition(code, state="draft")
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    Edition.objects.filter(code=code).update(state="published", published_at=moment)


def asked(day: date) -> int:
    return mail_reminders(today=day)


def reviews() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to if "议题库" in message.subject)


def test_remind_mails_active_leads_and_analysts_with_an_address_once():
    make_person("lead", email="a@example.com")
    make_person("analyst", email="b@example.com")
    make_person("analyst")
    make_person("committee", email="c@example.com")
    make_person("lead", email="gone@example.com", is_active=False)
    asked(DUE - timedelta(days=15))
    assert reviews() == []
    for days in (14, 13, 0, -5):
        asked(DUE - timedelta(days=days))
    assert reviews() == ["a@example.com", "b@example.com"]
    reminder = Reminder.objects.get(kind="review")
    assert (reminder.due_on, reminder.recipients) == (DUE, 2)
    assert (
        AuditEvent.objects.filter(action="remind", object_type="materiality.reminder", after__kind="review").count()
        == 1
    )


def test_remind_makes_up_for_days_on_which_nothing_ran():
    make_person("lead", email="a@example.com")
    asked(DUE + timedelta(days=40))
    assert reviews() == ["a@example.com"]


def test_remind_tries_again_when_the_mail_server_was_down(settings):
    make_person("lead", email="a@example.com")
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.BrokenMail"
    assert asked(DUE) == 0
    settings.EMAIL_BACKEND = backend
    asked(DUE)
    asked(DUE)
    assert reviews() == ["a@example.com"]


def test_remind_does_not_mail_others_twice_because_of_one_who_failed(settings):
    for name in "abc":
        make_person("lead", email=f"{name}@example.com")
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.MailWithoutB"
    asked(DUE)
    settings.EMAIL_BACKEND = backend
    asked(DUE)
    assert reviews() == ["a@example.com", "b@example.com", "c@example.com"]


def test_remind_writes_in_the_organisations_language_with_the_address_if_known(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://proxy.example.com"]
    settings.PUBLIC_URL, settings.PUBLIC_URL_IS_SET = "https://yiti.example.com", True
    make_person("lead", email="a@example.com", first_name="Lin <b>")
    asked(DUE)
    message = next(message for message in mail.outbox if "议题库" in message.subject)
    assert "2026-07-01" in message.subject and "\n" not in message.subject
    assert "https://yiti.example.com/" in message.body and "proxy" not in message.body
    assert "Lin <b>" in message.body


def test_remind_of_a_new_due_date_mails_again():
    make_person("lead", email="a@example.com")
    asked(DUE)
    Edition.objects.update(state="superseded")
    publish("second", date(2026, 7, 2))
    asked(date(2027, 1, 1))
    assert reviews() == ["a@example.com", "a@example.com"]
