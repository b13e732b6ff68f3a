"""Take in a file of responses: keep it and have it checked. Nothing of it is stored as responses yet."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit, jobs
from materiality.files import keep_file
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import ResponseImport, Survey


class KnownFile(NotAllowed):
    """This very file was stored before; `again` confirms that it is meant."""


@transaction.atomic
def request_import(
    *,
    survey: Survey,
    path: Path,
    file_name: str,
    by: User | None,
    again: bool = False,
    match_name: str = "",
    send: bool = True,
) -> ResponseImport:
    """Keep the file and queue its check. NotAllowed where the survey is not open yet; KnownFile where the file was
    stored into this survey before.

    `again` confirms that a file whose SHA-256 is known is to be imported once more. `match_name` is a saved or
    ready-made column match, or `auto`; without one a file that is not in the `responses` format is guessed, to be
    confirmed.
    """
    if survey.state == Survey.State.DRAFT:
        raise NotAllowed(_("Open the survey first: its items are frozen only then."))
    stored, digest = keep_file(path, "imports")
    before = survey.imports.filter(sha256=digest, state=ResponseImport.State.STORED).first()
    if before and not again:
        raise KnownFile(
            _("This very file was already imported on %(date)s. Confirm that it is to be imported once more.")
            % {"date": before.stored_at.astimezone(ZoneInfo(survey.zone)).date().isoformat()}
        )
    imported = ResponseImport.objects.create(
        survey=survey, file_name=file_name[-200:], sha256=digest, path=stored, match_name=match_name, created_by=by
    )
    imported.job = jobs.request_job(
        "check_import", inputs={"import": imported.pk}, by=by, cycle=survey.cycle, send=send
    )
    imported.save(update_fields=["job"])
    audit.record("request_import", imported, by=by, after={"file": file_name, "sha256": digest})
    return imported
