"""What falls due in surveys by itself; missed runs are made up by the next one."""

from datetime import datetime

from django.utils import timezone

from surveys.actions.close_survey import close_survey
from surveys.actions.mix_responses import mix_responses
from surveys.actions.seal_survey import seal_survey
from surveys.models import Survey
from surveys.questionnaire.window import GRACE


def tend_all_surveys(now: datetime | None = None) -> None:
    """Close open surveys whose closing time has passed; mix, and in the end seal, the anonymous ones.

    A survey stays sealed once: `sealed_at` says so.
    """
    moment = now or timezone.now()
    for survey in Survey.objects.filter(state=Survey.State.OPEN, closes_at__lt=moment):
        close_survey(survey=survey, by=None, now=moment)
    for survey in Survey.objects.filter(anonymous=True, sealed_at=None).exclude(state=Survey.State.DRAFT):
        over = survey.closed_at is not None and moment > survey.closed_at + GRACE
        mix_responses(survey=survey, everything=over)
        if over:
            seal_survey(survey=survey, now=moment)
