"""Count a part as given again, after it was given back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import AuditedRow, AuditEvent
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import NOT_ASKED, SKIPPED
from surveys.invitations.recipients import remember
from surveys.invitations.used_links import mark_used
from surveys.models import Draft, Recipient, Response, Survey, Tally
from surveys.queries.questionnaire import (
    Asked,
    Questionnaire,
    draw_parts,
    give_back,
    locked_counts,
    questionnaire_of,
    write_counts,
)
from surveys.questionnaire.asking import Standing, asked_issues, blank_ratings, closing_time, standing
from surveys.questionnaire.ratings import arrival_id
from surveys.questionnaire.screening import flags_of, seconds_per_item
from surveys.respond.rows import (
    FinishedDraft,
    GroupNow,
    LinkNow,
    Saving,
    SurveyNow,
    delete_draft,
    draft_of_link,
    insert_draft,
    insert_response,
    ratings_now,
    replace_answers,
    take_draft,
)
from surveys.responses.anonymity import Waiting, add_waiting, empty_log_soon, profile_text
from surveys.responses.tallies import add_to_tally


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


@transaction.atomic
def erase_response(*, survey: Survey, batch_id: int, serial: int) -> bool:
    """Delete what was answered by this link, finished or not; False where there is nothing (any more).

    The link stays used. The audit event says that answers of the survey were erased, not whose or when they were
    given. Runs keep their numbers and say how many responses were erased since. NotAllowed in an anonymous survey:
    nothing that is stored says which response it is; there only unfinished answers can be erased.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    drafts = list(Draft.objects.select_for_update().filter(survey=stored, batch_id=batch_id, serial=serial))
    if stored.anonymous and not drafts:
        raise NotAllowed(_("The answers of an anonymous survey cannot be found again, so they cannot be deleted."))
    responses = list(Response.objects.select_for_update().filter(survey=stored, token=f"{batch_id}-{serial}"))
    if not drafts and not responses:
        return False
    give_back(stored, [draft for draft in drafts if draft.counted])
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    Response.objects.filter(pk__in=[response.pk for response in responses]).delete()
    if responses:
        audit.record("erase_response", stored, by=None, after={"responses": len(responses)}, touched=_named(responses))
    return True


def _named(responses: list[Response]) -> list[Response]:
    """Those that the audit trail names already: it must know that they are gone, and shall name no others."""
    keys = [str(response.pk) for response in responses]
    named = set(AuditEvent.objects.filter(object_type="surveys.response", object_id__in=keys).values_list("object_id"))
    named |= set(AuditedRow.objects.filter(object_type="surveys.response", object_id__in=keys).values_list("object_id"))
    return [response for response in responses if (str(response.pk),) in named]


_TRIES = 20


def save_ratings(
    *,
    key: UUID,
    known: bytes,
    answers: Mapping[int, int] | None = None,
    page: int = 0,
    comment: str | None = None,
    profile: dict | None = None,
    attention: int | None = None,
    now: datetime | None = None,
) -> bytes | None:
    """Put codes at their positions; the comment, profile answers and attention answer unless None; `page` is the
    furthest page saved so far. Returns the ratings as stored.

    `known` is the vector as it was read. One UPDATE that holds only while the row is still so: another tab's save in
    between is read and kept. None where the draft is submitted or gone. Items that are not asked stay so. Saving the
    same twice changes nothing but the time. No audit event, as in all of a respondent's actions.
    """
    saving = Saving(page, now or timezone.now(), comment, profile, attention)
    for _try in range(_TRIES):
        ratings = _merged(known, answers or {})
        if replace_answers(key, known, ratings, saving):
            return ratings
        known = ratings_now(key)
        if known is None:
            return None
    raise RuntimeError("a draft was changed by others on every try")


def _merged(known: bytes, answers: Mapping[int, int]) -> bytes:
    ratings = bytearray(known)
    for position, code in answers.items():
        if ratings[position] != NOT_ASKED:
            ratings[position] = code
    return bytes(ratings)


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
        _store_draft(draft, questionnaire, asked, group.code)
    except IntegrityError:
        begun = link and draft_of_link(link.batch_id, link.serial, survey.code)
        if not begun:
            raise
        return begun.key
    return draft.key


@transaction.atomic
def _store_draft(draft: Draft, questionnaire: Questionnaire, asked: Asked, group_code: str) -> None:
    issues = asked.issues
    if questionnaire.survey.split:
        (issues,) = draw_parts(questionnaire, draft.group_id, asked)
    draft.ratings = blank_ratings(questionnaire.positions_of, issues, asked.dimensions)
    insert_draft(draft)
    add_to_tally(draft.survey_id, Tally.Measure.STARTED, group=group_code, channel=draft.channel)


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
        _store_answers(draft, language, moment)
    return True


def _store_answers(draft: FinishedDraft, language: str, moment: datetime) -> None:
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


@transaction.atomic
def unsubscribe(*, link: LinkNow) -> bool:
    """No mail goes to the recipient of this link any more, of this survey or a later one. No audit event.

    False where the link has no recipient (any more). Their link still takes answers.
    """
    found = Recipient.objects.select_for_update().filter(batch_id=link.batch_id, serial=link.serial).first()
    if found is None:
        return False
    if found.state != Recipient.State.UNSUBSCRIBED:
        found.state = Recipient.State.UNSUBSCRIBED
        found.save(update_fields=["state"])
    remember(found.email)
    return True
