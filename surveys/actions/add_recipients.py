"""Add recipients of mail to a survey."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.actions.create_batch import create_batch
from surveys.models import Batch, Recipient, Survey
from surveys.recipient_rows import RecipientRow
from surveys.unwanted_mail import unwanted_of


@transaction.atomic
def add_recipients(*, survey: Survey, rows: Sequence[RecipientRow], by: User | None, label: str = "") -> int:
    """Store all rows, or none: a batch of links per group, and a recipient per link; returns how many wait for mail.

    Addresses are stored in lower case, so that none comes twice in two spellings. Who unsubscribed from any survey is
    stored as unsubscribed. NotAllowed where the survey is closed, a group is unknown or an address is a recipient
    already.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if not rows:
        raise NotAllowed(_("The list holds no recipient."))
    rows = [replace(row, email=row.email.lower()) for row in rows]
    emails = {row.email for row in rows}
    if len(emails) < len(rows) or _known(stored, emails):
        raise NotAllowed(_("Some of the addresses are recipients of the survey already. Upload the list again."))
    groups = {group.code: group for group in stored.cycle.groups.all()}
    unwanted = unwanted_of(emails)
    counts: dict[str, int] = {}
    for code in dict.fromkeys(row.group for row in rows):
        if code not in groups:
            raise NotAllowed(_("The group %(group)s is not of this survey's cycle.") % {"group": code})
        members = [row for row in rows if row.group == code]
        counts[code] = len(members)
        size, channel = len(members), Batch.Channel.MAIL
        batch = create_batch(survey=stored, group=groups[code], size=size, channel=channel, label=label, by=by)
        _store(batch, members, unwanted)
    audit.record("add_recipients", stored, by=by, after={"recipients": len(rows), "groups": counts})
    return len(rows) - len(unwanted)


def _known(survey: Survey, emails: Collection[str]) -> bool:
    """Whether one of the addresses is a recipient; one query, as a statement takes only so many values."""
    return any(email.lower() in emails for email in survey.recipients.values_list("email", flat=True).iterator())


def _store(batch: Batch, members: Sequence[RecipientRow], unwanted: set[str]) -> None:
    states = Recipient.State
    Recipient.objects.bulk_create(
        (
            Recipient(
                survey_id=batch.survey_id, batch=batch, serial=serial, group_id=batch.group_id,
                email=row.email, name=row.name, language=row.language,
                state=states.UNSUBSCRIBED if row.email in unwanted else states.ACTIVE,
            )
            for serial, row in enumerate(members)
        ),
        batch_size=500,
    )  # fmt: skip
