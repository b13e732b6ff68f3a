"""Submit a respondent's answers."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from surveys.erasing import empty_log_soon
from surveys.models import Tally
from surveys.queries.finished_drafts import FinishedDraft, delete_draft, insert_response, take_draft
from surveys.questionnaire.arrival import arrival_id
from surveys.questionnaire.one_response import flags_of, seconds_per_item
from surveys.questionnaire.window import Standing, closing_time, standing
from surveys.tallies import add_to_tally
from surveys.used_links import mark_used
from surveys.waiting import Waiting, add_waiting, profile_text


@transaction.atomic
def submit_draft(*, key: UUID, language: str, comment: str | None = None, now: datetime | None = None) -> bool:
    """Turn the draft into a response, screened; False where it was submitted before, or its personal link was used.
    `comment` (unless None) is the one of the last page, which is submitted in place of the draft's.

    In an anonymous survey the answers wait to be mixed instead, without anything that says whose they are
    (architecture.md, step *finish*). No audit event: nothing may say when somebody answered. NotAllowed where the
    survey is closed and the grace is over.
    """
    draft = take_draft(key)
    if draft is None:
        return False
    if comment is not None:
        draft = draft._replace(comment=comment)
    moment = now or timezone.now()
    if standing(draft, moment, draft.started_at) not in (Standing.OPEN, Standing.GRACE):
        raise NotAllowed(_("The survey is closed."))
    delete_draft(key)
    if draft.batch_id is not None and not mark_used(draft.batch_id, draft.serial):
        return False
    if draft.anonymous:
        _finish(draft, moment)
    else:
        _store(draft, language, moment)
    return True


def _store(draft: FinishedDraft, language: str, moment: datetime) -> None:
    insert_response(arrival_id(), draft, language=language, submitted_at=moment, flags=_flags(draft, moment))


def _finish(draft: FinishedDraft, moment: datetime) -> None:
    """The answers wait without key, link, language, channel and time; what is counted of these is counted apart."""
    add_waiting(
        Waiting(
            survey_id=draft.survey_id,
            group_id=draft.group_id,
            ratings=draft.ratings,
            comment=draft.comment,
            profile=profile_text(draft.profile),
            flags=_flags(draft, moment),
            seconds_per_item=seconds_per_item(draft.ratings, draft.started_at, moment),
        )
    )
    day = moment.astimezone(ZoneInfo(draft.zone)).date().toordinal()
    add_to_tally(draft.survey_id, Tally.Measure.SUBMITTED, group=draft.group_code, channel=draft.channel)
    add_to_tally(draft.survey_id, Tally.Measure.DAY, group=draft.group_code, place=day)
    # SQLite's log would show this transaction, with the draft and the link in it.
    transaction.on_commit(empty_log_soon, robust=True)


def _flags(draft: FinishedDraft, moment: datetime) -> int:
    return flags_of(
        draft.ratings,
        started_at=draft.started_at,
        submitted_at=moment,
        opens_at=draft.opens_at,
        closes_at=closing_time(draft),
        rules=draft.rules,
        attention=draft.attention,
        attention_value=draft.attention_value,
        anonymous=draft.anonymous,
    )
