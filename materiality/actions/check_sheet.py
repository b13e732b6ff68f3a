"""Record what the check of a spreadsheet found: its columns to be matched, the preview, or why it cannot be read."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import SheetImport, User
from materiality.refusals import NotAllowed
from materiality.sheet_outcome import SheetCheck

_OPEN = (SheetImport.State.UPLOADED, SheetImport.State.CHECKED, SheetImport.State.REFUSED)


@transaction.atomic
def check_sheet(*, imported: SheetImport, found: SheetCheck, by: User | None) -> SheetImport:
    """Store an upload that is new, or what checking it again gave; nothing of its rows is stored.

    NotAllowed where the import is over.
    """
    if imported.pk is not None:
        state = SheetImport.objects.select_for_update().get(pk=imported.pk).state
        if state not in _OPEN:
            raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    imported.headers, imported.plan, imported.problem = found.headers, found.plan, found.problem
    imported.state = _state(found)
    imported.save()
    told = {"kind": imported.kind, "file": imported.file_name, "sha256": imported.sha256, "state": imported.state}
    audit.record("check_sheet", imported, by=by, after={**told, **found.plan.get("counts", {})})
    return imported


def _state(found: SheetCheck) -> str:
    if found.problem:
        return SheetImport.State.REFUSED
    return SheetImport.State.CHECKED if found.plan else SheetImport.State.UPLOADED
