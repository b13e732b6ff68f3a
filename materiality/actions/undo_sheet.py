"""Take a stored spreadsheet back."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import SheetImport, User
from materiality.refusals import NotAllowed
from materiality.sheet_outcome import SheetOutcome


@transaction.atomic
def undo_sheet(
    *, imported: SheetImport, take_back: Callable[[], SheetOutcome], by: User | None, reason: str = ""
) -> SheetImport:
    """Make the rows what they were before the import with `take_back`.

    NotAllowed where it is not stored, and (by `take_back`) where rows were changed since or something was built on
    them.
    """
    stored = SheetImport.objects.select_for_update().get(pk=imported.pk)
    if stored.state != SheetImport.State.STORED:
        raise NotAllowed(_("This import is not stored (any more), so there is nothing to undo."))
    outcome = take_back()
    stored.state = SheetImport.State.UNDONE
    stored.save(update_fields=["state"])
    after = {"kind": stored.kind, "file": stored.file_name, **outcome.counts}
    audit.record("undo_sheet", stored, by=by, after=after, reason=reason, touched=outcome.touched)
    return stored
