"""Drop an import that was not confirmed."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.import_files import FORGOTTEN, forget_what_tells
from surveys.models import ResponseImport
from surveys.queries.listed_imports import stage_of


@transaction.atomic
def discard_import(*, imported: ResponseImport, by: User | None) -> ResponseImport:
    """Mark an import that was checked, or whose job failed, as discarded.

    Its file stays as evidence, unless it tells whose answers are whose (see import_files).
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    if stage_of(imported) not in ("match", "checked", "failed"):
        raise NotAllowed(_("This import is not waiting for confirmation (any more)."))
    imported.state = ResponseImport.State.DISCARDED
    forget_what_tells(imported)
    imported.save(update_fields=["state", *FORGOTTEN])
    audit.record("discard_import", imported, by=by)
    return imported
