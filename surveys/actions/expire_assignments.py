"""Give back the parts of those who left: after a day without a save, others get their issues."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from surveys.models import Draft, Survey
from surveys.queries.assignments import locked_counts, write_counts
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.asking import asked_issues

EXPIRY = timedelta(hours=24)


def expire_assignments(*, survey: Survey, now: datetime | None = None) -> int:
    """Take the parts of a split survey's answers that were not saved for 24 hours out of the counts of what was given;
    returns of how many. They stay and may be finished, and count again from their next save on. No audit event.
    """
    if not survey.split or survey.opened_at is None:
        return 0
    before = (now or timezone.now()) - EXPIRY
    stale = Draft.objects.filter(survey=survey, counted=True).annotate(seen=Coalesce("saved_at", "started_at"))
    stale = stale.filter(seen__lt=before)
    groups = sorted(set(stale.values_list("group_id", flat=True)))
    return sum(_expire(survey, group_id, stale.filter(group_id=group_id)) for group_id in groups)


@transaction.atomic
def _expire(survey: Survey, group_id: int, stale) -> int:
    # First the drafts, then the counts, as everywhere: two that wait for each other would never end.
    drafts = list(stale.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked))
    questionnaire = questionnaire_of(survey.pk, survey.opened_at)
    counts = locked_counts(survey.pk, group_id, len(questionnaire.issues))
    for draft in drafts:
        for issue in asked_issues(questionnaire.positions_of, bytes(draft.ratings)):
            counts[issue] = max(0, counts[issue] - 1)
    write_counts(survey.pk, group_id, counts)
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).update(counted=False)
    return len(drafts)
