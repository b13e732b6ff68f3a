"""Writing the flags that stored responses earn anew."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from surveys.models import FieldworkFigures, ReadyDraft, Response, Survey
from surveys.questionnaire.arrival import first_id_at
from surveys.questionnaire.rules import Rules
from surveys.questionnaire.screening import Answers, screen
from surveys.rescreening import keeping, plain_chunks, rating_matrix, screened_anew
from surveys.rules_in_force import rules_in_force
from surveys.screening import fieldwork_of

# A submission takes far less from reading the rules to being stored.
SUBMITTING = timedelta(minutes=1)


def write_flags(survey: Survey, rules: Rules, since: UUID | None = None) -> int:
    """Set the flags of all responses, or of those with ids from `since` on, and of finished answers that wait to be
    mixed, by `rules`; returns how many responses moved.

    Only changed flags are written. Call it in a transaction that holds the survey's row.
    """
    # Figures kept of a large survey were counted by other flags or rules.
    FieldworkFigures.objects.filter(survey=survey).delete()
    chunks = screened_anew(survey, rules, since)
    moved = sum(_write(Response, chunk.ids, chunk.stored, chunk.fresh) for chunk in chunks)
    if survey.anonymous:
        _write_waiting(survey, rules)
    return moved


@transaction.atomic
def screen_late(survey_pk: int, began: datetime) -> int:
    """Screen what was submitted while the rules were being changed, by the rules before; returns how many moved."""
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey_pk)
    if survey.anonymous:
        _write_waiting(survey, rules_in_force(survey))
        return 0
    return write_flags(survey, rules_in_force(survey), since=first_id_at(began - SUBMITTING))


def _write_waiting(survey: Survey, rules: Rules) -> None:
    """Finished answers of an anonymous survey that wait to be mixed: their flags go over into the responses."""
    columns = ("id", "flags", "ratings", "seconds_per_item")
    # Locked, as those who finish meanwhile would write them anew under other ids.
    for rows in plain_chunks(ReadyDraft.objects.select_for_update().filter(survey=survey), columns):
        ids, flags, ratings, seconds = zip(*rows, strict=True)
        stored, unknown = np.array(flags, np.uint16), np.full(len(ids), np.nan)
        answers = Answers(
            ratings=rating_matrix(ratings),
            consent=np.ones(len(ids), bool),
            submitted=np.ones(len(ids), bool),
            started_at=unknown,
            submitted_at=unknown,
            tokens=[""] * len(ids),
            seconds_per_item=np.array(seconds, np.float64),
        )
        fresh = keeping(survey, stored, screen(answers, rules, fieldwork_of(survey, 0)))
        _write(ReadyDraft, ids, stored, fresh)


def _write(model: type, ids: tuple, stored: np.ndarray, fresh: np.ndarray) -> int:
    """Write the flags that differ; returns how many."""
    changed = np.flatnonzero(stored != fresh).tolist()
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET flags = %s WHERE id = %s", [(int(fresh[at]), ids[at]) for at in changed]
        )
    return len(changed)
