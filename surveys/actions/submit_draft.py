"""Submit a respondent's answers."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from surveys.models import Draft, Response
from surveys.queries.drafts_in_use import FinishedDraft, delete_draft, locked_draft
from surveys.questionnaire.arrival import arrival_id
from surveys.questionnaire.one_response import flags_of, seconds_per_item
from surveys.questionnaire.rules import Rules
from surveys.questionnaire.window import Standing, closing_time, standing


@transaction.atomic
def submit_draft(*, key: UUID, language: str, now: datetime | None = None) -> bool:
    """Turn the draft into a response, screened; False where it was submitted before.

    In an anonymous survey the draft becomes ready instead: it loses its times, keeps the flags and the seconds per
    item, and waits to be mixed (architecture.md, step *finish*). No audit event: nothing may say when somebody
    answered. NotAllowed where the survey is closed and the grace is over.
    """
    draft = locked_draft(key)
    if draft is None:
        return False
    moment = now or timezone.now()
    if standing(draft, moment, draft.started_at) not in (Standing.OPEN, Standing.GRACE):
        raise NotAllowed(_("The survey is closed."))
    flags = flags_of(
        draft.ratings,
        started_at=draft.started_at,
        submitted_at=moment,
        opens_at=draft.opens_at,
        closes_at=closing_time(draft),
        rules=Rules.from_json(draft.rules),
    )
    if draft.anonymous:
        _finish(key, draft, language, flags, moment)
    else:
        _store(key, draft, language, flags, moment)
    return True


def _store(key: UUID, draft: FinishedDraft, language: str, flags: int, moment: datetime) -> None:
    Response.objects.create(
        id=arrival_id(),
        survey_id=draft.survey_id,
        group_id=draft.group_id,
        channel=draft.channel,
        language=language,
        started_at=draft.started_at,
        submitted_at=moment,
        comment=draft.comment,
        ratings=draft.ratings,
        flags=flags,
    )
    delete_draft(key)


def _finish(key: UUID, draft: FinishedDraft, language: str, flags: int, moment: datetime) -> None:
    day = moment.astimezone(ZoneInfo(draft.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    Draft.objects.filter(key=key).update(
        language=language,
        flags=flags,
        seconds_per_item=seconds_per_item(draft.ratings, draft.started_at, moment),
        started_at=day,
        ready_at=day,
    )
