"""Start a respondent's answers."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from materiality.scoring.codes import SKIPPED
from surveys.models import Draft
from surveys.queries.surveys_now import GroupNow, SurveyNow
from surveys.questionnaire.window import Standing, standing


def start_draft(
    *,
    survey: SurveyNow,
    group: GroupNow,
    n_items: int,
    language: str,
    channel: str = "link",
    now: datetime | None = None,
) -> Draft:
    """Store a draft in which all `n_items` items are asked and none is answered; call it only after consent, with a
    group of the survey's cycle.

    One INSERT, and on purpose no audit event: nothing may say when somebody answered. NotAllowed where the survey does
    not take answers now.
    """
    moment = now or timezone.now()
    if standing(survey, moment) is not Standing.OPEN:
        raise NotAllowed(_("The survey does not take answers now."))
    return Draft.objects.create(
        survey_id=survey.id,
        group_id=group.id,
        channel=channel,
        language=language,
        ratings=bytes([SKIPPED]) * n_items,
        started_at=moment,
    )
