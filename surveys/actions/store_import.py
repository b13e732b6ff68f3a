"""Store the responses of a confirmed import, all in one transaction."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.arrays import ResponseColumns
from surveys.bulk_insert import insert_responses
from surveys.import_files import FORGOTTEN, forget_what_tells
from surveys.models import ResponseImport, Survey
from surveys.questionnaire.arrival import arrival_ids
from surveys.screening import flags_of_new, mark_overtaken
from surveys.unlinked import hide_among_others, store_apart, unlinked


@transaction.atomic
def store_import(*, imported: ResponseImport, columns: ResponseColumns, by: User | None) -> int:
    """Screen and insert the rows in the file's order; returns how many. NotAllowed where they are stored already.

    In an anonymous survey nothing is kept that tells whose a row is, and the order is random (see surveys.unlinked).
    """
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    survey = Survey.objects.select_for_update(no_key=True).get(pk=imported.survey_id)
    if imported.state == ResponseImport.State.STORED:
        raise NotAllowed(_("This import is stored already."))
    flags = flags_of_new(survey, columns)
    ids = arrival_ids(len(columns))
    if survey.anonymous:
        store_apart(survey, columns)
        columns, flags = unlinked(columns, flags)
        ids = [uuid4() for _row in flags]
    insert_responses(survey, columns, ids=ids, flags=flags, source=imported)
    if survey.anonymous:
        hide_among_others(survey)
    else:
        mark_overtaken(survey)
    imported.state = ResponseImport.State.STORED
    imported.stored_at = timezone.now()
    forget_what_tells(imported)
    imported.save(update_fields=["state", "stored_at", *FORGOTTEN])
    audit.record("store_import", imported, by=by, after={"responses": len(columns)})
    return len(columns)
