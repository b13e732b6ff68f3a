"""Attach a file to an engagement record."""

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.attachment_file import NotTaken, clean_name, file_type
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.files import keep_file
from materiality.models import Attachment, Engagement, User
from materiality.refusals import NotAllowed

MOST_FILES = 20


@transaction.atomic
def add_attachment(*, engagement: Engagement, path: Path, file_name: str, by: User | None) -> Attachment:
    """Check the file at `path` by its contents and keep it under its SHA-256.

    NotAllowed where the cycle is signed off, the file is of a type or size that is not taken, is attached already, or
    the record has 20 files.
    """
    try:
        found = file_type(path, file_name)
    except NotTaken as reason:
        raise NotAllowed(str(reason)) from reason
    locked_cycle(engagement.cycle, BEFORE_SIGN_OFF)
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    if row.attachments.count() >= MOST_FILES:
        raise NotAllowed(_("A record takes at most %(number)s files.") % {"number": MOST_FILES})
    # A folder for each record, so that removing one never takes a file from another with the same contents.
    kept, digest = keep_file(path, f"attachments/{row.pk}")
    double = row.attachments.filter(sha256=digest).first()
    if double:
        raise NotAllowed(_("The same file is attached already as “%(name)s”.") % {"name": double.file_name})
    columns = {"sha256": digest, "size": path.stat().st_size, "content_type": found.content_type}
    attachment = row.attachments.create(file_name=clean_name(file_name, found), path=kept, **columns)
    audit.record(
        "add_attachment", row, by=by, after={"file_name": attachment.file_name, **columns}, touched=[attachment]
    )
    return attachment
