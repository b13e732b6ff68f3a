"""Confirm what the columns of a foreign file are, and have the file checked by that."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit, jobs
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.matching.match import Match
from surveys.models import ColumnMatch, ResponseImport
from surveys.queries.listed_imports import stage_of


@transaction.atomic
def match_import(
    *, imported: ResponseImport, match: Match, save_as: str = "", by: User | None, send: bool = True
) -> ResponseImport:
    """Freeze the match in the import and queue its check; with `save_as` keep it under that name for other files.

    NotAllowed where the import is stored, being stored, discarded or no foreign file, and where the match names no
    group or no item.
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if not imported.match or stage_of(imported) not in ("match", "checked", "failed") or imported.confirmed_at:
        raise NotAllowed(_("The columns of this import cannot be changed (any more)."))
    if not match.items():
        raise NotAllowed(_("Say of at least one column which issue it is."))
    if not any(column.target.text == "group" for column in match.columns):
        raise NotAllowed(_("Say which column is the stakeholder group."))
    imported.match, imported.match_name = match.to_json(), save_as
    imported.state = ResponseImport.State.CHECKING
    imported.summary = {"guess": imported.summary["guess"]} if "guess" in imported.summary else {}
    imported.job = jobs.request_job(
        "check_import", inputs={"import": imported.pk}, by=by, cycle=imported.survey.cycle, send=send
    )
    imported.save(update_fields=["match", "match_name", "state", "summary", "job"])
    touched = [_saved(save_as, imported.match, match.tool, by)] if save_as else []
    audit.record("match_import", imported, by=by, after={"saved_as": save_as}, touched=touched)
    return imported


def _saved(name: str, columns: dict, tool: str, by: User | None) -> ColumnMatch:
    row, _made = ColumnMatch.objects.update_or_create(
        name=name, defaults={"columns": columns, "tool": tool, "created_by": by}
    )
    return row
