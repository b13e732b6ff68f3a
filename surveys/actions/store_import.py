"""Store the responses of a confirmed import, all in one transaction."""

import secrets
from uuid import uuid4

import numpy as np
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.arrays import ResponseColumns
from surveys.bulk_insert import insert_responses
from surveys.models import AnonymousComment, ResponseImport, Survey
from surveys.questionnaire.arrival import arrival_ids
from surveys.questionnaire.screening import capped_seconds_per_item
from surveys.screening import flags_of_new, mark_overtaken


@transaction.atomic
def store_import(*, imported: ResponseImport, columns: ResponseColumns, by: User | None) -> int:
    """Screen and insert the rows in the file's order; returns how many. NotAllowed where they are stored already."""
    imported = ResponseImport.objects.select_for_update().get(pk=imported.pk)
    survey = Survey.objects.select_for_update().get(pk=imported.survey_id)
    if imported.state == ResponseImport.State.STORED:
        raise NotAllowed(_("This import is stored already."))
    flags = flags_of_new(survey, columns)
    ids = arrival_ids(len(columns))
    if survey.anonymous:
        comments = [text for text in columns.comment if text]
        columns, flags, ids = _unlinked(columns, flags)
        _keep_comments(survey, comments)
    insert_responses(survey, columns, ids=ids, flags=flags, source=imported)
    if not survey.anonymous:
        mark_overtaken(survey)
    imported.state = ResponseImport.State.STORED
    imported.stored_at = timezone.now()
    imported.save(update_fields=["state", "stored_at"])
    audit.record("store_import", imported, by=by, after={"responses": len(columns)})
    if survey.anonymous:
        transaction.on_commit(lambda: _delete_files(imported))
    return len(columns)


def _delete_files(imported: ResponseImport) -> None:
    """The uploaded file and its error workbook hold tokens in their order, which would undo the shuffling."""
    for path in filter(None, (imported.path, imported.error_workbook)):
        default_storage.delete(path)


def _keep_comments(survey: Survey, comments: list[str]) -> None:
    """Comments of an anonymous survey stand apart, shuffled by themselves (architecture.md)."""
    secrets.SystemRandom().shuffle(comments)
    AnonymousComment.objects.bulk_create(AnonymousComment(survey=survey, text=text) for text in comments)


def _unlinked(columns: ResponseColumns, flags: np.ndarray) -> tuple[ResponseColumns, np.ndarray, list]:
    """Rows of an anonymous survey: shuffled, without token, times and comment; what the rules need stays as figures."""
    order = list(range(len(columns)))
    secrets.SystemRandom().shuffle(order)
    place = np.array(order, dtype=np.intp)
    columns, flags = columns.pick(place), flags[place]
    answers = columns.answers()
    seconds = answers.submitted_at - answers.started_at
    answered = ((columns.ratings > 0) & (columns.ratings < 255)).sum(axis=1)
    columns.seconds_per_item = [
        None if np.isnan(time) else capped_seconds_per_item(float(time), int(number))
        for time, number in zip(seconds, answered, strict=True)
    ]
    empty = [""] * len(columns)
    columns.token, columns.comment = empty, empty
    columns.started_at = columns.submitted_at = [None] * len(columns)
    return columns, flags, [uuid4() for _row in order]
