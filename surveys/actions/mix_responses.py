"""Mix the finished answers of an anonymous survey into responses."""

import uuid
from random import SystemRandom

from django.db import transaction

from surveys.erasing import erase_what_is_deleted
from surveys.models import AnonymousComment, Draft, Response, Survey

# Fewer finished answers than this wait for more, so that a batch cannot be told apart by who came just then.
FEWEST = 10


def mix_responses(*, survey: Survey, everything: bool = False) -> int:
    """Write ready drafts as responses in random order under random ids, and delete them; returns how many.

    All that wait are taken when there are at least 10, or with `everything` (at closing). Responses get no time, and
    comments go into a table of their own, shuffled by themselves, without group (architecture.md, step *mix*). No
    audit event: its time would tell lots of responses apart.
    """
    erase_what_is_deleted()
    with transaction.atomic():
        # The survey's row is the lock: two workers must not both take the same drafts.
        Survey.objects.select_for_update().get(pk=survey.pk, anonymous=True)
        drafts = list(Draft.objects.select_for_update().filter(survey=survey, ready_at__isnull=False))
        if len(drafts) < FEWEST and not everything:
            return 0
        chance = SystemRandom()
        chance.shuffle(drafts)
        Response.objects.bulk_create([_response(draft) for draft in drafts], batch_size=500)
        comments = [draft.comment for draft in drafts if draft.comment]
        chance.shuffle(comments)
        AnonymousComment.objects.bulk_create(AnonymousComment(survey=survey, text=text) for text in comments)
        Draft.objects.filter(survey=survey, ready_at__isnull=False).delete()
    return len(drafts)


def _response(draft: Draft) -> Response:
    return Response(
        id=uuid.uuid4(),
        survey_id=draft.survey_id,
        group_id=draft.group_id,
        channel=draft.channel,
        language=draft.language,
        ratings=bytes(draft.ratings),
        seconds_per_item=draft.seconds_per_item,
        flags=draft.flags,
    )
