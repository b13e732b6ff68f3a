"""Confirm what the preview of an import showed."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit, jobs
from materiality.models import Job, User
from materiality.refusals import NotAllowed
from surveys.models import ResponseImport, Survey
from surveys.queries.listed_imports import awaits_confirmation


@transaction.atomic
def confirm_import(
    *, imported: ResponseImport, by: User | None, skip_bad_rows: bool = False, send: bool = True
) -> ResponseImport:
    """Queue the storing of a checked import. NotAllowed where it is not checked, or holds bad rows not left out.

    Also where the same file was stored, or confirmed, after this one was uploaded: nobody was asked about that.
    """
    # The survey's row is the lock: two imports of one file must not be confirmed side by side.
    Survey.objects.select_for_update().get(pk=imported.survey_id)
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if not awaits_confirmation(imported):
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    if _stored_meanwhile(imported):
        raise NotAllowed(_("The same file was imported after you uploaded it. Discard this import."))
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


def _stored_meanwhile(imported: ResponseImport) -> bool:
    twins = ResponseImport.objects.filter(survey=imported.survey_id, sha256=imported.sha256).exclude(pk=imported.pk)
    stored = twins.filter(state=ResponseImport.State.STORED, stored_at__gt=imported.created_at)
    confirmed = twins.filter(state=ResponseImport.State.CHECKED, confirmed_at__isnull=False)
    return stored.exists() or confirmed.exclude(job__state=Job.State.FAILED).exists()
