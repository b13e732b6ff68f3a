"""Many who finish an anonymous survey at once, each in two tabs, while answers are mixed and decided about."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db import connection
from django.utils import timezone

from materiality.models import User
from materiality.platform.refusals import NotAllowed
from surveys.actions.responses import mix_responses, overrule_response
from surveys.invitations.used_links import used_serials
from surveys.models import Batch, Draft, ReadyDraft, Response, Survey, Tally
from surveys.respond.answers import finish
from tests.services.known_respondents import make_survey_with_links

PEOPLE, THREADS = 120, 6


def finish_at_once() -> dict[str, int]:
    """Counts after it: submissions that succeeded and failed, answers stored, links used, answers counted, decisions
    made and decisions found afterwards.
    """
    survey = make_survey_with_links()
    keys = [_draft(survey, place) for place in range(PEOPLE)] * 2
    random.Random(5).shuffle(keys)
    staff = User.objects.create_user("staff", password="x")
    with ThreadPoolExecutor(THREADS + 2) as pool:
        mixing = pool.submit(_closing, _mix_until_all_are_in, survey)
        deciding = pool.submit(_closing, _decide_until_all_are_in, survey, staff)
        submitted = Counter(pool.map(lambda key: _closing(_submit, key), keys))
        mixing.result()
        decided = deciding.result()
    return {
        "first": submitted[True],
        "second": submitted[False],
        "stored": Response.objects.count(),
        "different": len({bytes(ratings) for ratings in Response.objects.values_list("ratings", flat=True)}),
        "left": Draft.objects.count() + ReadyDraft.objects.count(),
        "used": sum(len(used_serials(batch.pk)) for batch in Batch.objects.all()),
        "counted": sum(Tally.objects.filter(measure="submitted").values_list("number", flat=True)),
        "decided": decided,
        "found": Response.objects.filter(overruled=Response.Overruled.EXCLUDE).count(),
    }


def _draft(survey: Survey, place: int):
    batch = Batch.objects.filter(survey=survey).order_by("pk")[place % 6]
    return Draft.objects.create(
        survey=survey,
        group_id=batch.group_id,
        channel=batch.channel,
        language="en",
        batch=batch,
        serial=place,
        ratings=bytes(1 + place // 5**digit % 5 for digit in range(12)),
        started_at=timezone.now(),
    ).key


def _closing(work, *arguments):
    """Each thread has a connection of its own, which it gives back."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def _submit(key) -> bool:
    return finish(key=key, language="en")


def _mix_until_all_are_in(survey: Survey) -> None:
    while Response.objects.count() < PEOPLE:
        mix_responses(survey=survey, everything=not Draft.objects.exists())


def _decide_until_all_are_in(survey: Survey, staff: User) -> int:
    """Exclude one response after the other while they are written anew; returns how many."""
    decided = 0
    while Response.objects.count() < PEOPLE:
        response = Response.objects.filter(overruled=Response.Overruled.NO).order_by("?").first()
        if response is not None:
            with suppress(NotAllowed):
                overrule_response(response=response, overruled=Response.Overruled.EXCLUDE, reason="Test.", by=staff)
                decided += 1
    return decided
