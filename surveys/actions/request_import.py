"""Take in a file of responses: keep it and have it checked. Nothing of it is stored as responses yet."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit, jobs
from materiality.files import digest_of, keep_file
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import ResponseImport, Survey
from surveys.recognising import UnknownMatch, named_match


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
    """Keep the file and queue its check. NotAllowed where the survey is not open yet or nothing has the name of
    the match; KnownFile where the file was stored into this survey before.

    `again` confirms that a file whose SHA-256 is known is to be imported once more. `match_name` is a saved or
    ready-made column match, or `auto`; without one a file that is not in the `responses` format is guessed, to be
    confirmed.
    """
    if survey.state == Survey.State.DRAFT:
        raise NotAllowed(_("Open the survey first: its items are frozen only then."))
    _refuse_unknown(match_name)
    before = survey.imports.filter(sha256=digest_of(path), state=ResponseImport.State.STORED).first()
    if before and not again:
        raise KnownFile(
            _("This very file was already imported on %(date)s. Confirm that it is to be imported once more.")
            % {"date": before.stored_at.astimezone(ZoneInfo(survey.zone)).date().isoformat()}
        )
    # Only now: a file that is refused may be about persons, and must not stay.
    stored, digest = keep_file(path, "imports")
    imported = ResponseImport.objects.create(
        survey=survey, file_name=file_name[-200:], sha256=digest, path=stored, match_name=match_name, created_by=by
    )
    imported.job = jobs.request_job(
        "check_import", inputs={"import": imported.pk}, by=by, cycle=survey.cycle, send=send
    )
    imported.save(update_fields=["job"])
    audit.record("request_import", imported, by=by, after={"file": file_name, "sha256": digest})
    return imported


def _refuse_unknown(match_name: str) -> None:
    try:
        named_match(match_name)
    except UnknownMatch as problem:
        raise NotAllowed(_("There is no column match %(name)s.") % {"name": problem}) from problem
