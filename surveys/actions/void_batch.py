"""Make all links of a batch void."""

from django.db import transaction
from django.utils import timezone

from materiality import audit
from materiality.models import User
from surveys.models import Batch
from surveys.models.invitation import new_secret


@transaction.atomic
def void_batch(*, batch: Batch, by: User | None, reason: str = "") -> Batch:
    """Give the batch a new secret: every link handed out so far leads nowhere at once, used ones stay used.

    New links of the batch can be exported afterwards. Answers already given stay; answers begun by a void link go on in
    the browser that began them, or by the new link of the same serial. Returns the batch as stored.
    """
    stored = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    before = {"voided_at": stored.voided_at}
    stored.secret, stored.voided_at = new_secret(), timezone.now()
    stored.save(update_fields=["secret", "voided_at"])
    audit.record("void_batch", stored, by=by, before=before, after={"voided_at": stored.voided_at}, reason=reason)
    return stored
