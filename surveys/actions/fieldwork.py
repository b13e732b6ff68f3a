"""Delete answers that nobody finished, as the survey's notice promises."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.platform import audit
from surveys.actions.invitations import purge_recipients
from surveys.actions.responses import mix_responses, seal_survey
from surveys.actions.surveys import close_survey
from surveys.invitations.recipients import drop_old_lists
from surveys.models import Draft, ReadyDraft, Recipient, Survey, Tally
from surveys.queries.questionnaire import give_back, locked_counts, questionnaire_of, write_counts
from surveys.questionnaire.asking import GRACE, asked_issues
from surveys.responses.anonymity import SHUFFLED, empty_log, join_thin_days, shuffle_waiting
from surveys.responses.tallies import add_to_tally

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


log = logging.getLogger(__name__)


def tend_all_surveys(now: datetime | None = None) -> None:
    """Close open surveys whose closing time has passed; mix, and in the end seal, the anonymous ones; give back the
    parts of those who left; delete what is kept no longer.
    """
    moment = now or timezone.now()
    for survey in Survey.objects.filter(state=Survey.State.OPEN, closes_at__lt=moment):
        with _going_on(survey):
            close_survey(survey=survey, by=None, now=moment)
    for survey in Survey.objects.filter(pk__in=Draft.objects.values("survey")):
        with _going_on(survey):
            expire_assignments(survey=survey, now=moment)
            delete_old_drafts(survey=survey, now=moment)
    for survey in Survey.objects.filter(closed_at__lt=moment, pk__in=Recipient.objects.values("survey")):
        with _going_on(survey):
            if moment > survey.closed_at + timedelta(days=survey.recipients_kept_days):
                purge_recipients(survey=survey, by=None)
    # Answers may come to wait in the moment in which their survey is sealed.
    in_work = Q(sealed_at=None) | Q(pk__in=ReadyDraft.objects.values("survey"))
    anonymous = list(Survey.objects.filter(in_work, anonymous=True).exclude(state=Survey.State.DRAFT))
    for survey in anonymous:
        with _going_on(survey):
            _tend_anonymous(survey, moment)
    if anonymous:
        empty_log()
    drop_old_lists()


@contextmanager
def _going_on(survey: Survey) -> Iterator[None]:
    """What fails in one survey is logged, tried again by the next run, and does not keep the others waiting."""
    try:
        yield
    except Exception:
        log.exception("upkeep of survey %s", survey.code)


def _tend_anonymous(survey: Survey, moment: datetime) -> None:
    """Mix what waits, and seal once: `sealed_at` says so."""
    over = survey.closed_at is not None and moment > survey.closed_at + GRACE
    mix_responses(survey=survey, everything=over)
    waiting = ReadyDraft.objects.filter(survey=survey).count()
    join_thin_days(survey, moment, over=over)
    if over and not waiting and survey.sealed_at is None:
        seal_survey(survey=survey, now=moment)
    elif waiting > SHUFFLED:
        with transaction.atomic():
            shuffle_waiting(survey.pk)
