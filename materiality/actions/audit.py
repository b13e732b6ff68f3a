"""The audit trail leaves the house: its head goes by mail, once a day."""

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date
from itertools import chain

from django.apps import apps
from django.conf import settings
from django.core.mail import send_mail
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from materiality.models import AuditColumns, AuditedRow, AuditEvent, Reminder, User
from materiality.models.people import Role
from materiality.platform import audit
from materiality.platform.digests import owned_tables
from materiality.queries.verification import (
    finding_sentence,
    is_remark,
    part_findings,
    row_findings,
    unguarded_findings,
)

logger = logging.getLogger(__name__)


def send_anchor(*, today: date | None = None) -> int:
    """Mail the head of the chain to leads and administrators, once a day; returns how many mails went.

    Whoever keeps the mails can tell by `verify_audit --anchor-file` whether the chain was made anew since.
    """
    people = list(
        User.objects.filter(is_active=True, role__in=(Role.LEAD, Role.ADMINISTRATOR)).exclude(email="").order_by("pk")
    )
    anchor, day = audit.anchor_now(), today or timezone.localdate()
    if not people or not anchor:
        return 0
    reminder, is_new = Reminder.objects.get_or_create(kind=Reminder.Kind.ANCHOR, due_on=day)
    if not is_new:
        return 0
    sent = sum(_mailed(person, anchor, day) for person in people)
    with transaction.atomic():
        audit.record("send_anchor", reminder, by=None, after={"anchor": anchor, "mails": sent})
    return sent


@transaction.atomic
def take_stock() -> int:
    """Count and digest the tables of what is owned, where no event has done so yet: after the upgrade from a version in
    which events named single rows only, or fewer tables. Returns how many parts there are. What is found to be forged
    before is logged, and the event says of how much: from then on it is digested as it is. The event is about the rows,
    too, which older versions made without one where nothing was entered (the organisation).
    """
    if not AuditEvent.objects.exists():
        return 0
    known = set(AuditedRow.objects.filter(rows__isnull=False).values_list("object_type", flat=True).distinct())
    labels = {label: tables for label, tables in owned_tables().items() if not known.issuperset(tables)}
    owners = [row for label in sorted(labels) for row in apps.get_model(label)._base_manager.order_by("pk")]
    if not owners:
        return 0
    forged = [each for each in _compared(set(chain(labels, *labels.values()))) if not is_remark(each)]
    for finding in forged:
        logger.warning("before the upgrade: %s", finding_sentence(finding))
    after = {"owners": len(owners)} | ({"altered": len(forged)} if forged else {})
    event = audit.record("upgrade", owners[0], by=None, after=after, touched=[*owners[1:], *_without_event()])
    return event.touched.filter(rows__isnull=False).count()


def _without_event() -> Iterator[models.Model]:
    told = set(AuditEvent.objects.values_list("object_type", flat=True).distinct())
    for each in unguarded_findings():
        label, key = each.params["object_type"], each.params["object_id"]
        if label not in told:
            yield apps.get_model(label)._base_manager.get(pk=key)


def _compared(labels: Collection[str]) -> Iterator[audit.Finding]:
    yield from row_findings(labels=labels)
    yield from part_findings(labels)


@transaction.atomic
def renew_digests(*, labels: Collection[str]) -> int:
    """Digest anew all rows with events of these tables, whose columns an upgrade dropped; returns how many rows."""
    touched = []
    for label in sorted(labels):
        keys = set(AuditedRow.objects.filter(object_type=label, rows=None).values_list("object_id", flat=True))
        keys |= set(AuditEvent.objects.filter(object_type=label).values_list("object_id", flat=True))
        with suppress(LookupError):  # the table is gone
            model = apps.get_model(label)
            touched += [row for row in model._base_manager.order_by("pk").iterator() if str(row.pk) in keys]
            touched += _owners_of(label)
    columns = AuditColumns.objects.filter(object_type__in=labels).order_by("pk")
    audit.record("upgrade", columns.last(), by=None, after={"tables": sorted(labels)}, touched=touched)
    return len(touched)


def _owners_of(label: str) -> list[models.Model]:
    """Rows that bring the parts of a table with them: all owners, or where it has none any row of its own."""
    found: list[models.Model] = []
    for owner, tables in owned_tables().items():
        if path := tables.get(label):
            found += apps.get_model(owner)._base_manager.order_by("pk")
        elif path == "":
            found += apps.get_model(label)._base_manager.order_by("pk")[:1]
    return found


def _mailed(person: User, anchor: str, day: date) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Yiti: anchor of the audit trail of %(day)s") % {"day": day.isoformat()}
        text = _("Keep this mail. It lets anybody tell later whether the audit trail was rewritten:")
        more = _("manage.py verify_audit --anchor-file FILE, FILE being this mail or a text with this line.")
    try:
        send_mail(subject, f"{text}\n\n{anchor}\n\n{more}\n", None, [person.email])
        return True
    except Exception:  # whatever the mail server raises, the others still get theirs
        logger.exception("the anchor of %s could not be sent", day)
        return False
