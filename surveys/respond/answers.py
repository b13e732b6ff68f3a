"""Answers in progress: `open_answers`, `save` and `finish`, and their upkeep.

Nothing outside of this room reads or writes the table of drafts; staff are told numbers (drafts.py).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import AuditedRow, AuditEvent
from materiality.platform import audit
from materiality.platform.commits import committed
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import SKIPPED
from surveys.invitations.recipients import remember
from surveys.invitations.used_links import mark_used
from surveys.models import Draft, Recipient, Response, SealedDraft, Survey, Tally
from surveys.queries.questionnaire import (
    GroupQuestions,
    Questionnaire,
    draw_parts,
    locked_counts,
    questionnaire_of,
    write_counts,
)
from surveys.questionnaire.asking import Standing, Window, asked_issues, blank_ratings, closing_time, standing
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.ratings import arrival_id
from surveys.questionnaire.saving import Change, History, Sent, merged
from surveys.questionnaire.screening import flags_of
from surveys.respond.drafts import begun_before, begun_drafts, idle_since
from surveys.respond.keys import key_of, order_of
from surveys.respond.rows import (
    DraftInUse,
    FinishedDraft,
    GroupNow,
    LinkNow,
    NewDraft,
    SurveyNow,
    again,
    delete_draft,
    draft_in_use,
    draft_of_link,
    draft_to_finish,
    insert_draft,
    insert_response,
    sealed_in_use,
    write_answers,
)
from surveys.respond.sealed import (
    Box,
    finish_sealed,
    insert_sealed,
    opened_again,
    unseal_part,
)
from surveys.responses.holdings import hold_response, holdings_of
from surveys.responses.tallies import add_to_tally, how_answered, in_passing


def open_answers(secret: UUID | str | LinkNow, survey_code: str) -> DraftInUse | None:
    """The answers in progress that this opens: what a browser's cookie holds, or a personal link.

    KeyMissing where the survey is anonymous and its key is away.
    """
    if isinstance(secret, UUID):
        # Sealed drafts that were begun before they were sealed have such a key, too.
        return draft_in_use(secret, survey_code) or sealed_in_use(secret.hex, survey_code)
    if isinstance(secret, str):
        return sealed_in_use(secret, survey_code)
    if secret.anonymous:
        return sealed_in_use(secret.token, survey_code)
    return draft_of_link(secret.batch_id, secret.serial, survey_code)


@transaction.atomic
def count_part_again(*, key: UUID | Box, group_id: int, ratings: bytes, questionnaire: Questionnaire) -> bool:
    """Count the issues that these answers are asked about, unless they are counted; returns whether they were not.

    Call it when somebody goes on in a split survey after a day or more (see expire_assignments). No audit event.
    """
    begun = Draft.objects.filter(key=key) if isinstance(key, UUID) else SealedDraft.objects.filter(pk=key.row)
    if not begun.filter(counted=False).update(counted=True):
        return False
    counts = locked_counts(questionnaire.survey, group_id, len(questionnaire.issues))
    for issue in asked_issues(questionnaire.positions_of, ratings):
        counts[issue] += 1
    write_counts(questionnaire.survey, group_id, counts)
    return True


@transaction.atomic
def erase_response(*, survey: Survey, batch_id: int, serial: int) -> bool:
    """Delete what was answered by this link, finished or not; False where there is nothing (any more).

    The link stays used. The audit event says that answers of the survey were erased, not whose or when they were
    given. Runs keep their numbers and say how many responses were erased since. NotAllowed in an anonymous survey:
    nothing that is stored says which response it is; there only unfinished answers can be erased.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    drafts = list(begun_drafts(stored, batch_id=batch_id, serial=serial).select_for_update())
    if stored.anonymous and not drafts:
        raise NotAllowed(_("The answers of an anonymous survey cannot be found again, so they cannot be deleted."))
    responses = list(Response.objects.select_for_update().filter(survey=stored, token=f"{batch_id}-{serial}"))
    if not drafts and not responses:
        return False
    _give_back(stored, [draft for draft in drafts if draft.counted])
    begun_drafts(stored).filter(pk__in=[draft.pk for draft in drafts]).delete()
    found = Response.objects.filter(pk__in=[response.pk for response in responses])
    with holdings_of(stored.pk) as sums:
        if sums:
            sums.count(found, -1)
        found.delete()
    if responses:
        audit.record(
            "erase_response", stored, by=None, after={"responses": len(responses)}, touched=named_responses(responses)
        )
    return True


def named_responses(responses: list[Response]) -> list[Response]:
    """Those that the audit trail names already: it must know that they are gone, and shall name no others."""
    keys = [str(response.pk) for response in responses]
    named = set(AuditEvent.objects.filter(object_type="surveys.response", object_id__in=keys).values_list("object_id"))
    named |= set(AuditedRow.objects.filter(object_type="surveys.response", object_id__in=keys).values_list("object_id"))
    return [response for response in responses if (str(response.pk),) in named]


_TRIES, _CHANGED = 20, "a draft was changed by others on every try"


def save(
    *,
    draft: DraftInUse,
    changes: Sequence[Change] = (),
    sent: Sent | None = None,
    page: int = 0,
    now: datetime | None = None,
) -> DraftInUse | None:
    """Take over what was touched (see questionnaire.saving); `page` is a page that was saved, of which the furthest is
    kept. Returns the answers as stored, None where they are submitted or gone.

    One UPDATE that holds only while the row is as it was read; else it is read again. Sending the same twice changes
    nothing but the time. No audit event, as in all of a respondent's actions.
    """
    moment = now or timezone.now()
    slots = questionnaire_of(draft.survey_id, draft.opened_at).slots
    held: DraftInUse | None = draft
    for _try in range(_TRIES):
        if held is None:
            return None
        fields = merged(held, changes, slots, _since(held.started_at, moment), sent)
        stored = write_answers(held, fields, page=max(held.page, page), at=moment)
        if stored:
            return stored
        held = again(held)
    raise RuntimeError(_CHANGED)


def _since(beginning: datetime, moment: datetime) -> int:
    """In centiseconds."""
    return (moment - beginning) // timedelta(milliseconds=10)


def start_draft(
    *,
    survey: SurveyNow,
    group: GroupNow,
    language: str,
    link: LinkNow | None = None,
    large: bool = False,
    notice_version: int | None = None,
    now: datetime | None = None,
) -> UUID | str:
    """Store a draft in which what the group's plan says is asked, in a split survey or where it is begun in `large`
    text the drawn part of it, and nothing is answered; returns what opens it.

    Call it only after consent, to that version of the notice (None = the survey's).
    A personal link that has a draft already leads to that one, also where two begin with it at once. On purpose no
    audit event: nothing may say when somebody answered. NotAllowed where the survey does not take answers now, or the
    group is asked nothing.
    """
    moment = now or timezone.now()
    if standing(survey, moment) is not Standing.OPEN:
        raise NotAllowed(_("The survey does not take answers now."))
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    asked = questionnaire.asked_in_large(group.id) if large else questionnaire.asked_of(group.id)
    if not asked.issues:
        raise NotAllowed(_("This group is not asked anything in this survey."))
    beginning = Beginning(
        survey, group, language, link, notice_version or survey.notice_version, "large" if large else "normal", moment
    )
    try:
        start = _start_sealed if survey.anonymous else _start_linked
        return committed(lambda: start(beginning, questionnaire, asked))
    except IntegrityError:
        begun = link and open_answers(link, survey.code)
        if not begun:
            raise
        return begun.key if isinstance(begun.key, UUID) else begun.secret


class Beginning(NamedTuple):
    """What is known when somebody begins."""

    survey: SurveyNow
    group: GroupNow
    language: str
    link: LinkNow | None
    notice_version: int
    mode: str
    moment: datetime

    @property
    def channel(self) -> str:
        return self.link.channel if self.link else "link"


def _start_linked(beginning: Beginning, questionnaire: Questionnaire, asked: GroupQuestions) -> UUID:
    survey, link = beginning.survey, beginning.link
    ratings, _issues = _blank(beginning, questionnaire, asked)
    draft = NewDraft(
        key=uuid4(),
        survey_id=survey.id,
        group_id=beginning.group.id,
        channel=beginning.channel,
        language=beginning.language,
        batch_id=link and link.batch_id,
        serial=link and link.serial,
        ratings=ratings,
        attention=SKIPPED if survey.attention else None,
        notice_version=beginning.notice_version,
        counted=survey.split,
        started_at=beginning.moment,
    )
    insert_draft(draft)
    return draft.key


def _start_sealed(beginning: Beginning, questionnaire: Questionnaire, asked: GroupQuestions) -> str:
    survey, link = beginning.survey, beginning.link
    secret = link.token if link else token_hex(32)
    ratings, issues = _blank(beginning, questionnaire, asked)
    contents = Contents(
        ratings=ratings,
        language=beginning.language,
        mode=beginning.mode,
        batch_id=link and link.batch_id,
        serial=link and link.serial,
        attention=SKIPPED if survey.attention else None,
        notice_version=beginning.notice_version,
        started_at=beginning.moment,
    )
    drawn = issues if survey.split else None
    insert_sealed(questionnaire, secret, contents, group_id=beginning.group.id, channel=beginning.channel, issues=drawn)
    return secret


def _blank(beginning: Beginning, questionnaire: Questionnaire, asked: GroupQuestions) -> tuple[bytes, Collection[int]]:
    """The vector of somebody who begins, and the issues that they get; counted, in the caller's transaction."""
    group, issues = beginning.group, asked.issues
    if questionnaire.survey.split or asked.each < len(issues):
        (issues,) = draw_parts(questionnaire, group.id, asked)
    add_to_tally(beginning.survey.id, Tally.Measure.STARTED, group=group.code, channel=beginning.channel)
    return blank_ratings(questionnaire.positions_of, issues, asked.dimensions), issues


def finish(
    *,
    key: UUID | Box,
    language: str,
    changes: Sequence[Change] = (),
    sent: Sent | None = None,
    mode: str = "normal",
    now: datetime | None = None,
) -> bool:
    """Turn the draft into a response, screened, with what was touched and not saved yet; False where it was submitted
    before, or its personal link was used.

    In an anonymous survey the answers wait in their row, sealed with the survey's key, until they are released among
    others. No audit event: nothing may say when somebody answered. NotAllowed where the survey is closed and the grace
    is over.
    """
    moment = now or timezone.now()
    if isinstance(key, Box):
        return _finish_sealed(key, moment, changes, sent, language=language, mode=mode)
    for _try in range(_TRIES):
        draft = draft_to_finish(key)
        if draft is None:
            return False
        _refuse_late(draft, moment, draft.started_at)
        questionnaire = questionnaire_of(draft.survey_id, draft.opened_at)
        fields = merged(draft, changes, questionnaire.slots, _since(draft.started_at, moment), sent)
        finished = draft._replace(**fields)
        stored = {"language": language, "submitted_at": moment, "flags": _flags(finished, moment)}
        if committed(partial(_put_in_place_of, key, draft, finished, **stored)):
            course = questionnaire.course(key.bytes, finished.ratings)
            in_passing.count_all(draft.survey_id, draft.group_code, how_answered(mode, course))
            return True
    raise RuntimeError(_CHANGED)


def _put_in_place_of(key: UUID, read: FinishedDraft, finished: FinishedDraft, **stored: object) -> bool:
    """The response in place of its draft; False where that or its survey is another than was read, or its link was used
    by now.
    """
    if not delete_draft(key, read):
        return False
    if finished.batch_id is not None and not mark_used(finished.batch_id, finished.serial):
        return False
    hold_response(finished.survey_id, insert_response(arrival_id(), finished, **stored))
    return True


def _finish_sealed(
    box: Box | None, moment: datetime, changes: Sequence[Change], sent: Sent | None, **others: object
) -> bool:
    """One UPDATE that holds only while the draft is as it was read: nothing is deleted, and no link marked as used."""
    for _try in range(_TRIES):
        if box is None:
            return False
        _refuse_late(box.survey, moment, box.contents.started_at)
        held = box.contents
        fields = merged(held, changes, box.questionnaire.slots, _since(held.started_at, moment), sent)
        course = box.questionnaire.course(order_of(box.survey.key, box.secret), fields["ratings"])
        # What became of each answer has done its work.
        given = {**fields, "history": History(), "course": course}
        contents = held._replace(**given, submitted_at=moment, **others)
        if finish_sealed(box, contents, at=moment):
            return True
        box = opened_again(box)
    raise RuntimeError(_CHANGED)


def is_submitted(draft: DraftInUse) -> bool:
    """Whether answers that are no longer in progress were submitted, by a second click say; else they were deleted."""
    if isinstance(draft.key, UUID):
        # Nothing of a response says which draft it was, but few begin in one group in the same microsecond.
        begun = {"survey": draft.survey_id, "group": draft.group_id, "started_at": draft.started_at}
        return Response.objects.filter(**begun).exists()
    return SealedDraft.objects.filter(pk=draft.key.row).exclude(state=SealedDraft.State.BEGUN).exists()


def _refuse_late(window: Window, moment: datetime, begun: datetime) -> None:
    if standing(window, moment, begun) not in (Standing.OPEN, Standing.GRACE):
        raise NotAllowed(_("The survey is closed."))


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


# What falls due is looked for every minute; the audit trail is told at most this often per survey.
_APART = timedelta(hours=1)


def delete_old_drafts(*, survey: Survey, now: datetime) -> int:
    """Delete the drafts begun more than `drafts_kept_days` ago; returns how many.

    One audit event, of no person and without anything about a draft.
    """
    old = begun_before(survey, now - timedelta(days=survey.drafts_kept_days))
    if not old.exists() or _told_lately(survey, now):
        return 0
    return delete_begun(survey, old)


@transaction.atomic
def delete_begun(survey: Survey, begun: QuerySet) -> int:
    """Delete these drafts of a survey. They are counted as broken off at the page that was saved last, and what a split
    survey gave them is given back.
    """
    drafts = list(begun.select_for_update(skip_locked=True, of=("self",)).select_related("group"))
    for (group, channel, page), number in Counter((d.group.code, d.channel, d.page) for d in drafts).items():
        add_to_tally(survey.pk, Tally.Measure.BROKEN_OFF, group=group, channel=channel, place=page, number=number)
    _give_back(survey, [draft for draft in drafts if draft.counted])
    begun_drafts(survey).filter(pk__in=[draft.pk for draft in drafts]).delete()
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
    stale = idle_since(survey, (now or timezone.now()) - EXPIRY).filter(counted=True)
    groups = sorted(set(stale.values_list("group_id", flat=True)))
    return sum(_expire(survey, group_id, stale.filter(group_id=group_id)) for group_id in groups)


@transaction.atomic
def _expire(survey: Survey, group_id: int, stale: QuerySet) -> int:
    # First the drafts, then the counts, as everywhere: two that wait for each other would never end.
    drafts = list(stale.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked))
    _give_back(survey, drafts)
    begun_drafts(survey).filter(pk__in=[draft.pk for draft in drafts]).update(counted=False)
    return len(drafts)


def _give_back(survey: Survey, drafts: Iterable[Draft | SealedDraft]) -> None:
    """Take the parts of drafts that go out of the counts of their groups (Assignments), in the caller's transaction."""
    by_group: dict[int, Counter] = {}
    for draft in drafts:
        by_group.setdefault(draft.group_id, Counter()).update(_issues_of(survey, draft))
    for group, given in sorted(by_group.items()):
        counts = locked_counts(survey, group, len(questionnaire_of(survey.pk, survey.opened_at).issues))
        for issue, number in given.items():
            counts[issue] -= min(number, counts[issue])
        write_counts(survey, group, counts)


def _issues_of(survey: Survey, draft: Draft | SealedDraft) -> list[int]:
    if isinstance(draft, SealedDraft):
        try:
            return unseal_part(key_of(survey), draft)
        except ValueError:  # damaged: its part cannot be given back, and must not keep others from it
            return []
    return asked_issues(questionnaire_of(survey.pk, survey.opened_at).positions_of, bytes(draft.ratings))
