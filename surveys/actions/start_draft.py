"""Start a respondent's answers."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from materiality.scoring.codes import SKIPPED
from surveys.models import Draft, Tally
from surveys.parts_given import draw_parts
from surveys.queries.drafts_in_use import draft_of_link, insert_draft
from surveys.queries.links import LinkNow
from surveys.queries.questionnaire import Asked, Questionnaire, questionnaire_of
from surveys.queries.surveys_now import GroupNow, SurveyNow
from surveys.questionnaire.asking import blank_ratings
from surveys.questionnaire.window import Standing, standing
from surveys.tallies import add_to_tally


def start_draft(
    *,
    survey: SurveyNow,
    group: GroupNow,
    language: str,
    link: LinkNow | None = None,
    notice_version: int | None = None,
    now: datetime | None = None,
) -> UUID:
    """Store a draft in which what the group's plan and, in a split survey, the drawn part say is asked and nothing is
    answered; returns its key. Call it only after consent, to that version of the notice (None = the survey's).

    A personal link that has a draft already leads to that one, also where two begin with it at once. On purpose no
    audit event: nothing may say when somebody answered. NotAllowed where the survey does not take answers now, or the
    group is asked nothing.
    """
    moment = now or timezone.now()
    if standing(survey, moment) is not Standing.OPEN:
        raise NotAllowed(_("The survey does not take answers now."))
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    asked = questionnaire.asked_of(group.id)
    if not asked.issues:
        raise NotAllowed(_("This group is not asked anything in this survey."))
    draft = Draft(
        key=uuid4(),
        survey_id=survey.id,
        group_id=group.id,
        language=language,
        attention=SKIPPED if survey.attention else None,
        notice_version=notice_version or survey.notice_version,
        counted=survey.split,
        started_at=moment,
    )
    if link is not None:
        draft.channel, draft.batch_id, draft.serial = link.channel, link.batch_id, link.serial
    try:
        _store(draft, questionnaire, asked, group.code)
    except IntegrityError:
        begun = link and draft_of_link(link.batch_id, link.serial, survey.code)
        if not begun:
            raise
        return begun.key
    return draft.key


@transaction.atomic
def _store(draft: Draft, questionnaire: Questionnaire, asked: Asked, group_code: str) -> None:
    issues = asked.issues
    if questionnaire.survey.split:
        (issues,) = draw_parts(questionnaire, draft.group_id, asked)
    draft.ratings = blank_ratings(questionnaire.positions_of, issues, asked.dimensions)
    insert_draft(draft)
    add_to_tally(draft.survey_id, Tally.Measure.STARTED, group=group_code, channel=draft.channel)
