"""Remove an engagement record."""

from django.db import transaction

from materiality import audit
from materiality.attachment_storage import drop_files
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.engagement_values import told
from materiality.models import Engagement, User


@transaction.atomic
def remove_engagement(*, engagement: Engagement, by: User | None) -> None:
    """Delete the record with its attachments and their files. NotAllowed where the cycle is signed off."""
    locked_cycle(engagement.cycle, BEFORE_SIGN_OFF)
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    files = list(row.attachments.all())
    kept = [{"file_name": file.file_name, "sha256": file.sha256} for file in files]
    before = told(row) | {"attachments": kept}
    Engagement.objects.filter(pk=row.pk).delete()
    audit.record("remove_engagement", row, by=by, before=before, touched=files)
    drop_files([file.path for file in files])
