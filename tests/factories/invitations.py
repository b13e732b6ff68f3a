"""Batches of personal links, recipients and mailings for tests."""

from itertools import count

from materiality.models import Group
from materiality.platform.keys import ensure_installation_key
from surveys.invitations.links import secret_of
from surveys.models import Batch, Mailing, Recipient, Survey
from surveys.questionnaire.tokens import token_of

_numbers = count(1)
TEXTS = {
    "subject_zh": "邀请：{title}",
    "subject_en": "Invitation: {title}",
    "body_zh": "{name}，您好！\n{link}\n退订：{unsubscribe}",
    "body_en": "Dear {name},\n{link}\nUnsubscribe: {unsubscribe}",
}


def make_batch(survey: Survey, group: Group | None = None, size: int = 10, **columns) -> Batch:
    """A batch of links for the survey's first group unless another is given."""
    ensure_installation_key()
    return Batch.objects.create(survey=survey, group=group or survey.cycle.groups.first(), size=size, **columns)


def token(batch: Batch, serial: int = 0) -> str:
    """The token of one of the batch's links."""
    return token_of(secret_of(batch.salt), batch.pk, serial)


def make_recipient(batch: Batch, **columns) -> Recipient:
    """A recipient with the next serial of a batch of mail."""
    number = next(_numbers)
    serial = columns.pop("serial", batch.recipients.count())
    defaults = {"email": f"person{number}@example.com", "name": f"Person {number}", "language": "en"}
    return Recipient.objects.create(
        survey=batch.survey, batch=batch, serial=serial, group=batch.group, **{**defaults, **columns}
    )


def make_mailing(survey: Survey, **columns) -> Mailing:
    """A mailing that is being sent, with nobody to go to yet."""
    return Mailing.objects.create(survey=survey, **{**TEXTS, **columns})
