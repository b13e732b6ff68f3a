"""What is done to surveys as time goes by: closing, releases, drafts and assignments that expire."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from surveys.actions.invitations import purge_recipients
from surveys.actions.responses import finalise_survey, release_responses
from surveys.actions.surveys import close_survey
from surveys.invitations.recipients import drop_old_lists
from surveys.models import Recipient, Survey
from surveys.questionnaire.asking import GRACE
from surveys.respond.answers import delete_begun, delete_old_drafts, expire_assignments
from surveys.respond.drafts import begun_drafts, surveys_with_begun
from surveys.responses.anonymity import empty_log, join_thin_days

log = logging.getLogger(__name__)


def tend_all_surveys(now: datetime | None = None) -> None:
    """Close open surveys whose closing time has passed; release the finished answers of anonymous ones, and finalise
    these when they are over; give back the parts of those who left; delete what is kept no longer.
    """
    moment = now or timezone.now()
    for survey in Survey.objects.filter(state=Survey.State.OPEN, closes_at__lt=moment):
        with _going_on(survey):
            close_survey(survey=survey, by=None, now=moment)
    for survey in surveys_with_begun():
        with _going_on(survey):
            expire_assignments(survey=survey, now=moment)
            delete_old_drafts(survey=survey, now=moment)
    for survey in Survey.objects.filter(closed_at__lt=moment, pk__in=Recipient.objects.values("survey")):
        with _going_on(survey):
            if moment > survey.closed_at + timedelta(days=survey.recipients_kept_days):
                purge_recipients(survey=survey, by=None)
    anonymous = list(Survey.objects.filter(sealed_at=None, anonymous=True).exclude(state=Survey.State.DRAFT))
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
    """Release what is finished, and finalise once: `sealed_at` says so."""
    over = survey.closed_at is not None and moment > survey.closed_at + GRACE
    if over and (begun := begun_drafts(survey)).exists():
        delete_begun(survey, begun)
    if survey.sealed_drafts.exists():
        release_responses(survey=survey, everything=over)
    join_thin_days(survey, moment, over=over)
    if over and not survey.sealed_drafts.exists():
        finalise_survey(survey=survey, now=moment)
