"""Batches of links and lists of recipients: make, void, add, bounce, erase, purge."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from materiality.models import Group, Job, User
from materiality.platform import audit
from materiality.platform.jobs import Progress, request_job
from materiality.platform.keys import ensure_installation_key
from materiality.platform.refusals import NotAllowed
from materiality.tables.limited import within_limits
from materiality.tables.problems import FileProblem, template
from surveys.invitations.recipients import (
    ReadRecipients,
    RecipientRow,
    drop_list,
    keep_list,
    kept_list,
    read_recipients,
    remember,
    unwanted_of,
)
from surveys.models import Batch, Delivery, Mailing, Recipient, Survey
from surveys.models.invitations import new_salt
from surveys.models.jobs import JobKind
from surveys.respond.answers import erase_response
from surveys.respond.drafts import number_begun

LARGEST_BATCH = 100_000_000
LIST_GONE = gettext_lazy("The list was not confirmed within an hour. Upload it again.")


@transaction.atomic
def create_batch(
    *,
    survey: Survey,
    group: Group,
    size: int,
    by: User | None,
    label: str = "",
    channel: str = Batch.Channel.LINKS,
) -> Batch:
    """Make one row that stands for `size` personal links, serials 0..size-1.

    NotAllowed where the survey is closed, the group is another cycle's, or the size is not in 1..LARGEST_BATCH.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if stored.state == Survey.State.CLOSED:
        raise NotAllowed(_("The survey is closed: nobody could use new links."))
    if group.cycle_id != stored.cycle_id:
        raise NotAllowed(_("The group %(group)s is not of this survey's cycle.") % {"group": group.code})
    if not 1 <= size <= LARGEST_BATCH:
        raise NotAllowed(
            _("A batch has 1 to %(most)s links, not %(size)s.") % {"most": f"{LARGEST_BATCH:,}", "size": f"{size:,}"}
        )
    ensure_installation_key()
    batch = Batch.objects.create(
        survey=stored, group=group, size=size, label=label.strip(), channel=channel, created_by=by
    )
    after = {"survey": stored.code, "group": group.code, "links": size, "channel": channel, "label": batch.label}
    audit.record("create_batch", batch, by=by, after=after)
    return batch


def request_list(*, survey: Survey, contents: bytes, by: User | None) -> Job:
    """Keep an uploaded list of recipients and queue its reading; nothing of it is in the job's row."""
    inputs = {"survey": survey.pk, "list": keep_list(contents)}
    return request_job(JobKind.READ_RECIPIENTS, inputs=inputs, cycle=survey.cycle, by=by)


def read_list(job: Job, progress: Progress) -> str:
    """Build of a reading: the key of what the list holds, or of what is wrong with it."""
    survey, contents = Survey.objects.get(pk=job.inputs["survey"]), kept_list(job.inputs["list"])
    if contents is None:
        raise NotAllowed(LIST_GONE)
    groups = list(survey.cycle.groups.values_list("code", flat=True))
    known = set(survey.recipients.values_list("email", flat=True))
    try:
        found = within_limits(
            partial(read_recipients, contents, groups=groups, known=known, languages=survey.languages)
        )
    except FileProblem as problem:
        found = ReadRecipients(problem=_(template(problem.code, problem.params)) % problem.params)
    return keep_list(json.dumps({"survey": survey.pk, **asdict(found)}).encode())


def keep_read(job: Job, key: str) -> dict:
    """Store of a reading: where it is shown. The file itself is not needed any more."""
    transaction.on_commit(lambda: drop_list(job.inputs["list"]))
    survey = Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
    return {"url": reverse("confirm_recipients", args=[survey.cycle.code, survey.code, key])}


def list_read(survey: Survey, key: str) -> ReadRecipients:
    """What was read of this survey's list. NotAllowed where it was not confirmed in time."""
    held = json.loads(kept_list(key) or b"{}")
    if held.get("survey") != survey.pk:
        raise NotAllowed(LIST_GONE)
    return ReadRecipients.from_json(held)


@transaction.atomic
def add_recipients(*, survey: Survey, rows: Sequence[RecipientRow], by: User | None) -> int:
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
        batch = create_batch(survey=stored, group=groups[code], size=size, channel=channel, by=by)
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


@transaction.atomic
def erase_recipient(*, recipient: Recipient, by: User | None) -> bool:
    """Delete address, name, what was sent, and the answers begun by their link; True where answers were erased, too.

    Finished answers are erased where the survey is not anonymous; where it is, nothing says which they are. The
    address gets no mail any more, even from a later list; for that a keyed digest of it is kept. The audit event does
    not say who it was.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=recipient.survey_id)
    stored = Recipient.objects.select_for_update().get(pk=recipient.pk)
    link = {"batch_id": stored.batch_id, "serial": stored.serial}
    findable = not survey.anonymous or number_begun(survey, **link) > 0
    erased = findable and erase_response(survey=survey, **link)
    remember(stored.email)
    stored.delete()
    audit.record("erase_recipient", survey, by=by, after={"answers_erased": erased})
    return erased


_AT_ONCE = 500


@transaction.atomic
def import_bounces(*, survey: Survey, addresses: list[str], by: User | None) -> tuple[int, int]:
    """Mark active recipients with these addresses as bounced: they get no more mail.

    Returns (how many were marked, how many addresses are no recipients of this survey).
    """
    marked = known = 0
    for start in range(0, len(addresses), _AT_ONCE):
        found = survey.recipients.filter(email__in=addresses[start : start + _AT_ONCE])
        known += found.count()
        active = found.filter(state=Recipient.State.ACTIVE)
        marked += active.update(state=Recipient.State.BOUNCED, note=gettext_noop("From a list of bounces"))
    audit.record("import_bounces", survey, by=by, after={"addresses": len(addresses), "bounced": marked})
    return marked, len(addresses) - known


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


@transaction.atomic
def void_batch(*, batch: Batch, by: User | None, reason: str = "") -> Batch:
    """Give the batch a new salt: every link handed out so far leads nowhere at once, used ones stay used.

    New links of the batch can be exported afterwards. Answers already given stay; answers begun by a void link go on in
    the browser that began them, or by the new link of the same serial. Returns the batch as stored.
    """
    stored = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    before = {"voided_at": stored.voided_at}
    stored.salt, stored.voided_at = new_salt(), timezone.now()
    stored.save(update_fields=["salt", "voided_at"])
    audit.record("void_batch", stored, by=by, before=before, after={"voided_at": stored.voided_at}, reason=reason)
    return stored
