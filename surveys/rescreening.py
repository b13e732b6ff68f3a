"""Screening stored responses anew: read in chunks, beside the flags that they carry; writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from surveys.arrays import utc
from surveys.models import Response, Survey
from surveys.questionnaire.rules import FLAG_BIT, GRACE_SECONDS, NOT_RECOMPUTABLE, OFF, Rules
from surveys.questionnaire.screening import Answers, screen
from surveys.screening import fieldwork_of

CHUNK = 5_000
DUPLICATE = np.uint16(FLAG_BIT["duplicate"])
_COLUMNS = (
    *("id", "group_id", "flags", "overruled", "unfinished", "consent", "ratings"),
    *("started_at", "submitted_at", "seconds_per_item", "attention", "source_id"),
)


@dataclass(frozen=True)
class Screened:
    """R stored rows: keys as the database gives them, group keys, the flags they carry and those they earn uint16[R],
    what persons decided int8[R], submitted bool[R], ratings uint8[R, items].
    """

    ids: tuple
    group: np.ndarray
    stored: np.ndarray
    fresh: np.ndarray
    overruled: np.ndarray
    submitted: np.ndarray
    ratings: np.ndarray


def screened_anew(survey: Survey, rules: Rules, since: UUID | None = None) -> Iterator[Screened]:
    """All responses of the survey, or those with ids from `since` on, in order of id with the flags that they earn by
    `rules`, in chunks; writes nothing.

    Anonymous responses keep the flags that cannot be computed again as they are stored (scoring.md).
    """
    duplicates = _duplicates(survey) if rules.effects["duplicate"] != OFF else set()
    found = Response.objects.filter(survey=survey, **({"id__gte": since} if since else {}))
    for rows in plain_chunks(found, _COLUMNS):
        ids, group, flags, overruled, unfinished, consent, ratings, *rest = zip(*rows, strict=True)
        started, submitted_at, seconds, attention, source = rest
        submitted = ~np.array(unfinished, bool)
        answers = Answers(
            ratings=rating_matrix(ratings),
            consent=np.array(consent, bool),
            submitted=submitted,
            started_at=_epochs(started),
            submitted_at=_epochs(submitted_at),
            tokens=[""] * len(ids),
            seconds_per_item=np.array(seconds, np.float64),
            attention=np.array([-1 if code is None else code for code in attention], np.int16),
        )
        grace = np.array([GRACE_SECONDS if pk is None else 0 for pk in source], np.float64)
        fresh = screen(answers, rules, fieldwork_of(survey, grace))
        fresh[[pk in duplicates for pk in ids]] |= DUPLICATE
        stored = np.array(flags, np.uint16)
        fresh = keeping(survey, stored, fresh)
        yield Screened(ids, np.array(group), stored, fresh, np.array(overruled, np.int8), submitted, answers.ratings)


def keeping(survey: Survey, stored: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """The fresh flags, but in an anonymous survey those stored that times, tokens or answers kept apart decided."""
    if not survey.anonymous:
        return fresh
    kept = np.uint16(NOT_RECOMPUTABLE)
    return (fresh & ~kept) | (stored & kept)


def plain_chunks(found: QuerySet, columns: tuple[str, ...]) -> Iterator[list[tuple]]:
    """Plain rows in order of id; each chunk is a query of its own, so that rows may be written in between."""
    last = None
    while True:
        part = found if last is None else found.filter(pk__gt=last)
        sql, parameters = part.order_by("pk").values_list(*columns)[:CHUNK].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows = cursor.fetchall()
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def _duplicates(survey: Survey) -> set:
    """Keys, as the database gives them, of submitted responses whose token an earlier submitted one has."""
    order = [F("submitted_at").asc(nulls_last=True), F("id").asc()]
    place = Window(RowNumber(), partition_by=[F("token")], order_by=order)
    rows = Response.objects.filter(survey=survey, unfinished=False).exclude(token="").annotate(place=place)
    prepare = Response._meta.pk.get_db_prep_value
    later = rows.filter(place__gt=1).order_by().values_list("id", flat=True)
    return {prepare(pk, connection) for pk in later.iterator(CHUNK)}


def rating_matrix(ratings: tuple) -> np.ndarray:
    return np.frombuffer(b"".join(ratings), np.uint8).reshape(len(ratings), -1)


def _epochs(times: tuple) -> np.ndarray:
    """Seconds since 1970, nan where unknown; SQLite gives times in UTC without saying so."""
    return np.array([np.nan if time is None else utc(time).timestamp() for time in times], np.float64)
