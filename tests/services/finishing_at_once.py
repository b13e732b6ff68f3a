"""Many who finish an anonymous survey at once, each in two tabs, while answers are released and decided about."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db import connection

from materiality.models import User
from materiality.platform.refusals import NotAllowed
from surveys.actions.responses import overrule_response, release_responses
from surveys.invitations.used_links import used_serials
from surveys.models import Batch, Response, SealedDraft, Survey, Tally
from surveys.respond.answers import finish, open_answers
from surveys.respond.drafts import number_begun
from tests.factories.surveys import make_draft
from tests.services.known_respondents import make_survey_with_links

PEOPLE, THREADS = 120, 6


def finish_at_once() -> dict[str, int]:
    """Counts after it: submissions that succeeded and failed, answers stored, links used, answers counted, decisions
    made and decisions found afterwards.
    """
    survey = make_survey_with_links()
    secrets = [_begun(survey, place) for place in range(PEOPLE)] * 2
    random.Random(5).shuffle(secrets)
    staff = User.objects.create_user("staff", password="x")
    with ThreadPoolExecutor(THREADS + 2) as pool:
        releasing = pool.submit(_closing, _release_until_all_are_in, survey)
        deciding = pool.submit(_closing, _decide_until_all_are_in, survey, staff)
        submitted = Counter(pool.map(lambda secret: _closing(_submit, survey, secret), secrets))
        releasing.result()
        decided = deciding.result()
    return {
        "first": submitted[True],
        "second": submitted[False],
        "stored": Response.objects.count(),
        "different": len({bytes(ratings) for ratings in Response.objects.values_list("ratings", flat=True)}),
        "left": SealedDraft.objects.count(),
        "used": sum(len(used_serials(batch.pk)) for batch in Batch.objects.all()),
        "counted": sum(Tally.objects.filter(measure="submitted").values_list("number", flat=True)),
        "decided": decided,
        "found": Response.objects.filter(overruled=Response.Overruled.EXCLUDE).count(),
    }


def _begun(survey: Survey, place: int) -> str:
    """The token of a link by which answers were begun that tell their number."""
    batch = Batch.objects.filter(survey=survey).order_by("pk")[place % 6]
    ratings = bytes(1 + place // 5**digit % 5 for digit in range(survey.items.count()))
    return make_draft(
        survey, group=batch.group, channel=batch.channel, batch=batch, serial=place, ratings=ratings
    ).secret


def _closing(work, *arguments):
    """Each thread has a connection of its own, which it gives back."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def _submit(survey: Survey, secret: str) -> bool:
    draft = open_answers(secret, survey.code)
    return draft is not None and finish(key=draft.key, language="en")


def _release_until_all_are_in(survey: Survey) -> None:
    while Response.objects.count() < PEOPLE:
        release_responses(survey=survey, everything=not number_begun(survey))


def _decide_until_all_are_in(survey: Survey, staff: User) -> int:
    """Exclude one response after the other while others are released; returns how many."""
    decided = 0
    while Response.objects.count() < PEOPLE:
        response = Response.objects.filter(overruled=Response.Overruled.NO).order_by("?").first()
        if response is not None:
            with suppress(NotAllowed):
                overrule_response(response=response, overruled=Response.Overruled.EXCLUDE, reason="Test.", by=staff)
                decided += 1
    return decided
