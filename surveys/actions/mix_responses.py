"""Mix the finished answers of an anonymous survey into responses."""

import uuid
from random import SystemRandom

from django.db import models, transaction

from surveys.erasing import erase_leftovers, erase_what_is_deleted, rewrite_shuffled
from surveys.models import AnonymousAnswer, AnonymousComment, Draft, ReadyDraft, Response, Survey
from surveys.profile_answers import single_answers

# Fewer finished answers than this wait for more, so that a lot cannot be told apart by who came just then.
FEWEST = 10
# All that is stored is written anew with each lot; so much of it must be new that this stays cheap.
_STORED_PER_NEW = 20
_MIXED = (Response, AnonymousComment, AnonymousAnswer)


def mix_responses(*, survey: Survey, everything: bool = False) -> int:
    """Make responses of the answers that wait, under random ids, and write all of the survey's anew in random order;
    returns how many came in.

    All that wait are taken when there are at least 10, and a twentieth of what is stored, or with `everything` (at
    closing). Comments and profile answers go into tables of their own, without group (architecture.md, step *mix*).
    No audit event: its time would tell lots of responses apart.
    """
    erase_what_is_deleted()
    with transaction.atomic():
        # The survey's row is the lock: two workers must not both take the same answers, and nobody may change a
        # response that is being written anew. Those who finish meanwhile need not wait (no_key).
        Survey.objects.select_for_update(no_key=True).get(pk=survey.pk, anonymous=True)
        if not everything and not _enough(survey):
            return 0
        waiting = list(ReadyDraft.objects.select_for_update().filter(survey=survey))
        # Those that are written anew at this moment cannot be taken: what is left may be too few by now.
        if not waiting or (len(waiting) < FEWEST and not everything):
            return 0
        _store(waiting)
        for model in _MIXED:
            rewrite_shuffled(model, survey.pk)
        ReadyDraft.objects.filter(pk__in=[ready.pk for ready in waiting]).delete()
        transaction.on_commit(lambda: erase_leftovers(emptied=(Draft, ReadyDraft), rewritten=_MIXED), robust=True)
    return len(waiting)


def _enough(survey: Survey) -> bool:
    number = ReadyDraft.objects.filter(survey=survey).count()
    return number >= FEWEST and number * _STORED_PER_NEW >= Response.objects.filter(survey=survey).count()


def _store(waiting: list[ReadyDraft]) -> None:
    responses = [
        Response(
            id=uuid.uuid4(),
            survey_id=ready.survey_id,
            group_id=ready.group_id,
            ratings=bytes(ready.ratings),
            seconds_per_item=ready.seconds_per_item,
            flags=ready.flags,
        )
        for ready in waiting
    ]
    comments = [AnonymousComment(survey_id=ready.survey_id, text=ready.comment) for ready in waiting if ready.comment]
    answers = [
        AnonymousAnswer(survey_id=ready.survey_id, question=question, answer=answer)
        for ready in waiting
        for question, answer in single_answers(ready.profile)
    ]
    for rows in (responses, comments, answers):
        SystemRandom().shuffle(rows)
    _create(responses, comments, answers)


def _create(*tables: list[models.Model]) -> None:
    for rows in filter(None, tables):
        type(rows[0]).objects.bulk_create(rows, batch_size=500)
