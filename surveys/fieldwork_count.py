"""All figures of a survey's fieldwork, counted in one pass over its responses in bounded memory."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils import timezone

from surveys.models import Draft, Survey
from surveys.questionnaire.fieldwork_tallies import Cells, Days, Medians
from surveys.questionnaire.screening import valid
from surveys.rules_in_force import rules_in_force

CHUNK = 20_000
# Answers that have not been saved for so long count as broken off.
IDLE = timedelta(minutes=30)

_ROWS = """
SELECT group_id, channel, flags, overruled, CAST(unfinished AS INTEGER), {started}, {submitted}, seconds_per_item,
       ratings
FROM surveys_response WHERE survey_id = %s
"""
# A batch for mails has a link for each of its recipients, also once they have been deleted.
_TOLD = """
SELECT measure, "group", channel, place, number FROM surveys_tally WHERE survey_id = %s
UNION ALL
SELECT 'ready', own.code, '', 0, COUNT(*)
FROM surveys_readydraft ready JOIN materiality_group own ON own.id = ready.group_id
WHERE ready.survey_id = %s GROUP BY own.code
UNION ALL
SELECT 'invited', own.code, batch.channel, 0, batch.size
FROM surveys_batch batch JOIN materiality_group own ON own.id = batch.group_id
WHERE batch.survey_id = %s AND batch.voided_at IS NULL
"""


def count_fieldwork(survey: Survey, now: datetime | None = None) -> dict:
    """The figures as FieldworkFigures keeps them, plain values for JSON; groups are primary keys.

    kinds: [group, channel, flags, overruled, unfinished, number]; drafts: [group, channel, page, idle, number];
    ready: [group, number]; tally: [measure, group code, channel, place, number]; invited: [group, channel, number];
    days: [group, day's ordinal, submitted, valid]; seconds and per_item: {group or "all": [median, number]};
    cells: {group: [ratings, their sum, sum of squares], each per item}, of valid responses.
    """
    cutoff = (now or timezone.now()) - IDLE
    return {
        **_count_responses(survey),
        "drafts": _drafts(survey, cutoff),
        **_told(survey),
    }


def _count_responses(survey: Survey) -> dict:
    kinds: Counter = Counter()
    rules, groups = rules_in_force(survey), [group.pk for group in survey.cycle.groups.all()]
    index = {pk: place for place, pk in enumerate(groups)}
    days, cells = Days(len(groups), survey.zone), Cells(len(groups), survey.k)
    seconds, per_item = Medians(len(groups), 86_400), Medians(len(groups), 50)
    for rows in _chunks(survey):
        own, *kind, started, ended, tenths, ratings = zip(*rows, strict=True)
        kinds.update(zip(own, *kind, strict=True))
        _channel, flags, overruled, unfinished = kind
        group, submitted = np.array([index[pk] for pk in own]), np.array(unfinished) == 0
        counts = valid(np.array(flags, np.uint16), rules, np.array(overruled), submitted, split=survey.split)
        begun, done = _numbers(started), np.where(submitted, _numbers(ended), np.nan)
        days.add(group, done, counts)
        seconds.add(group, done - begun)
        per_item.add(group, np.where(submitted, np.rint(10 * _numbers(tenths)), np.nan))
        cells.add(group[counts], np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1)[counts])
    return {
        "kinds": [[*kind, number] for kind, number in sorted(kinds.items())],
        "days": [[groups[at], *rest] for at, *rest in days.rows()],
        "seconds": seconds.medians(groups),
        "per_item": per_item.medians(groups, scale=10),
        "cells": {str(pk): cells.sums(place) for pk, place in index.items()},
    }


def _chunks(survey: Survey) -> Iterator[list[tuple]]:
    """Rows by a plain cursor, on PostgreSQL one at the server, so that never all of them are in memory."""
    if connection.vendor == "postgresql":
        seconds = "CAST(FLOOR(EXTRACT(EPOCH FROM {})) AS BIGINT)"
    else:
        seconds = "CAST(strftime('%%s', {}) AS INTEGER)"
    sql = _ROWS.format(started=seconds.format("started_at"), submitted=seconds.format("submitted_at"))
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [survey.pk])
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _numbers(values: tuple) -> np.ndarray:
    """float64 with nan for None."""
    return np.array(values, dtype=np.float64)


def _drafts(survey: Survey, cutoff: datetime) -> list[list]:
    idle = LessThan(Coalesce("saved_at", "started_at"), cutoff)
    rows = Draft.objects.filter(survey=survey).annotate(idle=idle).order_by()
    rows = rows.values_list("group_id", "channel", "page", "idle").annotate(number=Count("pk"))
    return [[group, channel, page, bool(is_idle), number] for group, channel, page, is_idle, number in sorted(rows)]


def _told(survey: Survey) -> dict[str, list[list]]:
    """What rows other than responses and drafts say, in one query."""
    keys = {group.code: group.pk for group in survey.cycle.groups.all()}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [survey.pk] * 3)
        rows = [list(row) for row in sorted(cursor.fetchall())]
    invited: Counter = Counter()
    for measure, code, channel, _place, number in rows:
        if measure == "invited":
            invited[keys[code], channel] += number
    return {
        "ready": [[keys[code], number] for measure, code, _channel, _place, number in rows if measure == "ready"],
        "tally": [row for row in rows if row[0] not in ("ready", "invited")],
        "invited": [[*key, number] for key, number in invited.items()],
    }
