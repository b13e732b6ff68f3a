"""Celery tasks of this app."""

from materiality.celery import app
from surveys.actions.fieldwork import tend_all_surveys
from surveys.actions.mailings import send_due_mails as send_next_mails
from surveys.queries.mailings import mailings_to_send


@app.task(name="surveys.tasks.tend_surveys")
def tend_surveys() -> None:
    """Close surveys that are due, mix the finished answers of anonymous ones and seal them when they are over."""
    tend_all_surveys()


@app.task(name="surveys.tasks.send_due_mail")
def send_due_mail() -> None:
    """Have the next mails of each mailing sent, each mailing by a task of its own."""
    for mailing_id in mailings_to_send():
        send_mailing.apply_async([mailing_id], expires=9)


@app.task(name="surveys.tasks.send_mailing")
def send_mailing(mailing_id: int) -> None:
    """Send the next mails of one mailing."""
    send_next_mails(mailing_id=mailing_id)
