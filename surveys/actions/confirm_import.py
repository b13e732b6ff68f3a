"""Confirm what the preview of an import showed."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit, jobs
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import ResponseImport


@transaction.atomic
def confirm_import(
    *, imported: ResponseImport, by: User | None, skip_bad_rows: bool = False, send: bool = True
) -> ResponseImport:
    """Queue the storing of a checked import. NotAllowed where it is not checked, or holds bad rows not left out."""
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state != ResponseImport.State.CHECKED or imported.confirmed_at:
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    if imported.summary["bad_rows"] and not skip_bad_rows:
        raise NotAllowed(_("Mend the bad rows and upload the file again, or tick that they are left out."))
    if not imported.summary["good"]:
        raise NotAllowed(_("There is no row that can be stored."))
    imported.skip_bad_rows = skip_bad_rows
    imported.confirmed_at = timezone.now()
    imported.job = jobs.request_job(
        "store_import", inputs={"import": imported.pk}, by=by, cycle=imported.survey.cycle, send=send
    )
    imported.save(update_fields=["skip_bad_rows", "confirmed_at", "job"])
    audit.record("confirm_import", imported, by=by, after={"skip_bad_rows": skip_bad_rows})
    return imported
