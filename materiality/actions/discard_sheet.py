"""Drop an uploaded spreadsheet that was not stored."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import SheetImport, User
from materiality.refusals import NotAllowed

_OPEN = (SheetImport.State.UPLOADED, SheetImport.State.CHECKED, SheetImport.State.REFUSED)


@transaction.atomic
def discard_sheet(*, imported: SheetImport, by: User | None) -> SheetImport:
    """Mark it as discarded; its file stays as evidence. NotAllowed where it was stored or discarded."""
    stored = SheetImport.objects.select_for_update().get(pk=imported.pk)
    if stored.state not in _OPEN:
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    stored.state = SheetImport.State.DISCARDED
    stored.save(update_fields=["state"])
    audit.record("discard_sheet", stored, by=by)
    return stored
