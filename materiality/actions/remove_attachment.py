"""Remove a file from an engagement record."""

from django.db import transaction

from materiality import audit
from materiality.attachment_storage import drop_files
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.models import Attachment, Engagement, User


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User | None) -> None:
    """Delete the attachment and its stored file. NotAllowed where the cycle is signed off."""
    locked_cycle(attachment.engagement.cycle, BEFORE_SIGN_OFF)
    engagement = Engagement.objects.select_for_update().get(pk=attachment.engagement_id)
    before = {"file_name": attachment.file_name, "sha256": attachment.sha256, "size": attachment.size}
    Attachment.objects.filter(pk=attachment.pk).delete()
    audit.record("remove_attachment", engagement, by=by, before=before, touched=[attachment])
    drop_files([attachment.path])
