"""Delete answers that nobody finished, as the survey's notice promises."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from materiality import audit
from materiality.models import AuditEvent
from surveys.models import Draft, Survey, Tally
from surveys.parts_given import give_back
from surveys.tallies import add_to_tally

# What falls due is looked for every minute; the audit trail is told at most this often per survey.
_APART = timedelta(hours=1)


def delete_old_drafts(*, survey: Survey, now: datetime) -> int:
    """Delete the drafts begun more than `drafts_kept_days` ago; returns how many.

    They are counted as broken off at the page that was saved last, and what a split survey gave them is given back.
    One audit event, of no person and without anything about a draft.
    """
    old = Draft.objects.filter(survey=survey, started_at__lt=now - timedelta(days=survey.drafts_kept_days))
    if not old.exists() or _told_lately(survey, now):
        return 0
    with transaction.atomic():
        drafts = list(old.select_for_update(skip_locked=True, of=("self",)).select_related("group"))
        for (group, channel, page), number in Counter((d.group.code, d.channel, d.page) for d in drafts).items():
            add_to_tally(survey.pk, Tally.Measure.BROKEN_OFF, group=group, channel=channel, place=page, number=number)
        give_back(survey, [draft for draft in drafts if draft.counted])
        Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
        if drafts:
            audit.record("delete_old_drafts", survey, by=None, after={"drafts": len(drafts)})
    return len(drafts)


def _told_lately(survey: Survey, now: datetime) -> bool:
    told = AuditEvent.objects.filter(action="delete_old_drafts", object_id=str(survey.pk), at__gt=now - _APART)
    return told.filter(at__lte=now).exists()
