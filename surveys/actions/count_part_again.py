"""Count a part as given again, after it was given back."""

from uuid import UUID

from django.db import transaction

from surveys.models import Draft
from surveys.queries.assignments import locked_counts, write_counts
from surveys.queries.questionnaire import Questionnaire
from surveys.questionnaire.asking import asked_issues


@transaction.atomic
def count_part_again(*, key: UUID, group_id: int, ratings: bytes, questionnaire: Questionnaire) -> bool:
    """Count the issues that these answers are asked about, unless they are counted; returns whether they were not.

    Call it when somebody goes on in a split survey after a day or more (see expire_assignments). No audit event.
    """
    if not Draft.objects.filter(key=key, counted=False).update(counted=True):
        return False
    counts = locked_counts(questionnaire.survey.pk, group_id, len(questionnaire.issues))
    for issue in asked_issues(questionnaire.positions_of, ratings):
        counts[issue] += 1
    write_counts(questionnaire.survey.pk, group_id, counts)
    return True
