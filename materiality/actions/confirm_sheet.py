"""Store the rows of a spreadsheet as its preview showed them."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import SheetImport, User
from materiality.refusals import Conflict, NotAllowed
from materiality.sheet_outcome import SheetOutcome


@transaction.atomic
def confirm_sheet(
    *, imported: SheetImport, store: Callable[[], SheetOutcome], by: User | None, reason: str = ""
) -> SheetImport:
    """Store the file once more from its contents with `store`, all of it or nothing.

    NotAllowed where it is not waiting for confirmation or has rows in error; Conflict where what would be stored is
    not what the preview showed, as rows were changed since.
    """
    stored = SheetImport.objects.select_for_update().get(pk=imported.pk)
    if stored.state != SheetImport.State.CHECKED:
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    outcome = store()
    if outcome.digest != stored.plan["digest"]:
        raise Conflict(
            _("What is stored was changed after the preview. Look at the preview again, it is up to date now."), stored
        )
    if not outcome.is_good:
        raise NotAllowed(_("Mend the rows in error and upload the file again: it is stored as a whole or not at all."))
    if not outcome.touched:
        raise NotAllowed(_("The file changes nothing."))
    stored.edition = imported.edition
    stored.state, stored.stored_at, stored.undo = SheetImport.State.STORED, timezone.now(), outcome.undo
    stored.save(update_fields=["edition", "state", "stored_at", "undo"])
    after = {"kind": stored.kind, "file": stored.file_name, **outcome.counts}
    audit.record("confirm_sheet", stored, by=by, after=after, reason=reason, touched=outcome.touched)
    return stored
