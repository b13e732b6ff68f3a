"""Screening responses against rules, window and what is stored; writing flags."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from materiality.platform.storage import utc
from surveys.models import FieldworkFigures, Response, Survey
from surveys.questionnaire.asking import GRACE, closing_time
from surveys.questionnaire.ratings import first_id_at
from surveys.questionnaire.responses import ResponseColumns
from surveys.questionnaire.screening import (
    FLAG_BIT,
    GRACE_SECONDS,
    MARK,
    NOT_RECOMPUTABLE,
    OFF,
    REJECT,
    Fieldwork,
    GroupRatings,
    Rules,
    flags_asked,
    screen,
    valid,
)
from surveys.responses.holdings import flags_change, holdings_of


def rules_in_force(survey: Survey) -> Rules:
    """The stored rules; in a split questionnaire straight lines are marked, not rejected (scoring.md)."""
    return Rules.from_json(survey.rules).for_survey(split=survey.split)


def flags_of_survey(survey: Survey) -> tuple[str, ...]:
    """The flags that its responses can earn, in their order."""
    return flags_asked(attention=survey.attention, split=survey.split)


def shown_bits(survey: Survey) -> int:
    """The bits of flags whose rule is not off: anonymous responses keep some that no rule asks for now."""
    return int(rules_in_force(survey).bits(REJECT, MARK))


DUPLICATE = FLAG_BIT["duplicate"]
# A statement takes only so many values.
_FEW_TOKENS = 100
CHUNK = 5_000


def flags_of_new(survey: Survey, columns: ResponseColumns, *, grace_seconds: float = 0) -> np.ndarray:
    """Flags uint16[R] of responses that come after all stored ones."""
    stored, tokens = _with_token(survey), {*columns.token}
    if len(tokens) <= _FEW_TOKENS:
        stored = stored.filter(token__in=tokens)
    earliest = stored.order_by().values_list("token").annotate(at=Min("submitted_at"))
    known = {token: at and at.timestamp() for token, at in earliest}
    always = NOT_RECOMPUTABLE if survey.anonymous else 0
    return screen(columns, rules_in_force(survey), fieldwork_of(survey, grace_seconds, known), always=always)


def fieldwork_of(
    survey: Survey,
    grace_seconds: float | np.ndarray = 0,
    known: dict[str, float | None] | None = None,
    group_ratings: GroupRatings | None = None,
) -> Fieldwork:
    """The survey's window and attention question as screening wants them; the rest as in `Fieldwork`."""
    closes = closing_time(survey)
    return Fieldwork(
        opens=survey.opens_at.timestamp() if survey.opens_at else None,
        closes=closes.timestamp() if closes else None,
        grace_seconds=grace_seconds,
        known_tokens=known or {},
        attention=survey.attention_value if survey.attention else None,
        group_ratings=group_ratings,
    )


def mark_overtaken(survey: Survey) -> int:
    """Set the duplicate flag of stored responses anew, as an import may bring an earlier one; returns how many moved.

    Only rows whose flag is wrong are written.
    """
    if rules_in_force(survey).effects["duplicate"] == OFF:
        return 0
    flagged = _with_token(survey).annotate(own=F("flags").bitand(DUPLICATE)).exclude(own=0)
    duplicates, flagged = _duplicates(survey), _keys(flagged)
    wrong = {True: duplicates - flagged, False: flagged - duplicates}
    for duplicate, keys in wrong.items():
        with flags_change(survey.pk, Response.objects.filter(pk__in=keys)):
            _write_flag(keys, duplicate)
    return sum(map(len, wrong.values()))


def _with_token(survey: Survey) -> QuerySet[Response]:
    return Response.objects.filter(survey=survey, unfinished=False).exclude(token="")


def _duplicates(survey: Survey) -> set:
    """Keys of submitted responses whose token an earlier submitted one has."""
    order = [F("submitted_at").asc(nulls_last=True), F("id").asc()]
    place = Window(RowNumber(), partition_by=[F("token")], order_by=order)
    return _keys(_with_token(survey).annotate(place=place).filter(place__gt=1))


def _keys(found: QuerySet[Response]) -> set:
    """As the database gives them."""
    prepare = Response._meta.pk.get_db_prep_value
    return {prepare(pk, connection) for pk in found.order_by().values_list("id", flat=True).iterator(CHUNK)}


def _write_flag(keys: Collection, duplicate: bool) -> None:
    change = f"flags | {DUPLICATE}" if duplicate else f"flags & ~{DUPLICATE}"
    table = connection.ops.quote_name(Response._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET flags = {change} WHERE id = %s", [(pk,) for pk in keys])


DUPLICATE_BIT = np.uint16(DUPLICATE)
_COLUMNS = (
    *("id", "group_id", "flags", "overruled", "unfinished", "consent", "ratings"),
    *("started_at", "submitted_at", "seconds_per_item", "attention", "source_id"),
)


@dataclass(frozen=True)
class Screened:
    """R stored rows: keys as the database gives them, flags carried and earned uint16[R]."""

    ids: tuple
    responses: ResponseColumns
    stored: np.ndarray
    fresh: np.ndarray


def screened_anew(survey: Survey, rules: Rules, since: UUID | None = None) -> Iterator[Screened]:
    """All responses of the survey, or those with ids from `since` on, in order of id with the flags that they earn by
    `rules`, in chunks; writes nothing. Where a rule compares responses with their group, all are read once more before.

    Anonymous responses keep the flags that cannot be computed again as they are stored (scoring.md).
    """
    found = Response.objects.filter(survey=survey, **({"id__gte": since} if since else {}))
    if since and not found.exists():
        return
    duplicates = _duplicates(survey) if rules.effects["duplicate"] != OFF else set()
    ratings = None
    if rules.effects["off_pattern"] != OFF:
        ratings = GroupRatings(survey.cycle.groups.values_list("pk", flat=True), survey.items.count())
        for rows in plain_chunks(Response.objects.filter(survey=survey), _COLUMNS):
            chunk = _screened(survey, rules, rows, duplicates)
            counted = valid(chunk.fresh, rules, chunk.responses.overruled, chunk.responses.submitted)
            ratings.add(chunk.responses.group[counted], chunk.responses.ratings[counted])
    for rows in plain_chunks(found, _COLUMNS):
        yield _screened(survey, rules, rows, duplicates, ratings)


def _screened(
    survey: Survey, rules: Rules, rows: list[tuple], duplicates: set, ratings: GroupRatings | None = None
) -> Screened:
    ids, group, flags, overruled, unfinished, consent, vectors, *rest = zip(*rows, strict=True)
    started, submitted, seconds, attention, source = rest
    responses = ResponseColumns(
        group=np.array(group),
        ratings=np.frombuffer(b"".join(vectors), np.uint8).reshape(len(ids), -1),
        started_at=list(map(utc, started)),
        submitted_at=list(map(utc, submitted)),
        unfinished=np.array(unfinished, bool),
        consent=np.array(consent, bool),
        seconds_per_item=seconds,
        attention=attention,
        overruled=np.array(overruled, np.int8),
    )
    stored = np.array(flags, np.uint16)
    known = NOT_RECOMPUTABLE if survey.anonymous else DUPLICATE
    flagged = stored if survey.anonymous else np.where([pk in duplicates for pk in ids], DUPLICATE_BIT, np.uint16(0))
    grace = np.array([GRACE_SECONDS if pk is None else 0 for pk in source], np.float64)
    fieldwork = fieldwork_of(survey, grace, group_ratings=ratings)
    fresh = screen(responses, rules, fieldwork, known=known, flags=flagged)
    return Screened(ids, responses, stored, fresh)


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


# A submission takes far less from reading the rules to being stored.
SUBMITTING = timedelta(minutes=1)


def write_flags(survey: Survey, rules: Rules, since: UUID | None = None) -> int:
    """Set the flags of all responses, or of those with ids from `since` on, by `rules`; returns how many moved.

    Only changed flags are written. Call it in a transaction that holds the survey's row.
    """
    # Figures kept of a large survey were counted by other flags or rules.
    FieldworkFigures.objects.filter(survey=survey).delete()
    chunks = screened_anew(survey, rules, since)
    return sum(_write_held(survey, chunk) for chunk in chunks)


@transaction.atomic
def screen_late(survey_pk: int, began: datetime) -> int:
    """Screen what was submitted while the rules were being changed, by the rules before; returns how many moved."""
    # The whole row, for which it waits until what is being submitted by the rules before is stored (respond.sealed).
    survey = Survey.objects.select_for_update().get(pk=survey_pk)
    if survey.anonymous:
        return 0  # finished answers are screened at their release
    return write_flags(survey, rules_in_force(survey), since=first_id_at(began - SUBMITTING))


def _write_held(survey: Survey, chunk: Screened) -> int:
    with holdings_of(survey.pk) as sums:
        for at in np.flatnonzero(chunk.stored != chunk.fresh).tolist() if sums else ():
            sums.count_flags(chunk.ids[at], chunk.stored[at], -1)
            sums.count_flags(chunk.ids[at], chunk.fresh[at])
        return _write(chunk.ids, chunk.stored, chunk.fresh)


def _write(ids: tuple, stored: np.ndarray, fresh: np.ndarray) -> int:
    """Write the flags that differ; returns how many."""
    changed = np.flatnonzero(stored != fresh).tolist()
    table = connection.ops.quote_name(Response._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET flags = %s WHERE id = %s", [(int(fresh[at]), ids[at]) for at in changed]
        )
    return len(changed)


OUTSIDE = FLAG_BIT["out_of_window"]


def mark_outside_window(survey: Survey) -> int:
    """Set the out_of_window flag of stored responses anew (scoring.md); returns how many moved.

    Answers given on the survey's own pages have the grace if they were begun before the closing. Anonymous responses
    hold no times: their flags stay as they were when they came.
    """
    if survey.anonymous or Rules.from_json(survey.rules).effects["out_of_window"] == OFF:
        return 0
    responses = Response.objects.filter(survey=survey, submitted_at__isnull=False, unfinished=False)
    responses = responses.annotate(flagged=F("flags").bitand(OUTSIDE))
    outside = _outside(survey)
    moved = 0
    for wrong, flags in (
        (responses.filter(outside, flagged=0), F("flags").bitor(OUTSIDE)),
        (responses.exclude(outside).exclude(flagged=0), F("flags") - OUTSIDE),
    ):
        found = Response.objects.filter(pk__in=list(wrong.order_by().values_list("pk", flat=True)))
        with flags_change(survey.pk, found):
            moved += found.update(flags=flags)
    return moved


def _outside(survey: Survey) -> Q:
    closes = closing_time(survey)
    found = Q(pk__in=())
    if survey.opens_at:
        found |= Q(submitted_at__lt=survey.opens_at)
    if closes:
        graced = Q(source__isnull=True, submitted_at__lte=closes + GRACE) & (
            Q(started_at__isnull=True) | Q(started_at__lt=closes)
        )
        found |= Q(submitted_at__gt=closes) & ~graced
    return found
