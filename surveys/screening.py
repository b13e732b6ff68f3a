"""Screening responses against the survey's rules, its window and what is stored already."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import connection

from surveys.arrays import ResponseColumns
from surveys.models import Response, Survey
from surveys.questionnaire.rules import FLAG_BIT, NOT_RECOMPUTABLE, OFF
from surveys.questionnaire.screening import Fieldwork, screen
from surveys.questionnaire.window import closing_time
from surveys.rules_in_force import rules_in_force

DUPLICATE = FLAG_BIT["duplicate"]
# A statement takes only so many values.
_FEW_TOKENS = 100


def flags_of_new(survey: Survey, columns: ResponseColumns, *, grace_seconds: float = 0) -> np.ndarray:
    """Flags uint16[R] of responses that come after all stored ones."""
    known: dict[str, tuple[float | None, float]] = {}
    for place, (_pk, token, submitted) in enumerate(_stored_tokens(survey, {*columns.token})):
        if token not in known:
            # Stored rows arrived before every new one.
            known[token] = (submitted.timestamp() if submitted else None, place - 1e12)
    always = NOT_RECOMPUTABLE if survey.anonymous else 0
    return screen(columns.answers(), rules_in_force(survey), fieldwork_of(survey, grace_seconds, known), always=always)


def fieldwork_of(
    survey: Survey, grace_seconds: float | np.ndarray, known: dict[str, tuple[float | None, float]] | None = None
) -> Fieldwork:
    """The survey's window and attention question as screening wants them; `known` as `Fieldwork.known_tokens`."""
    closes = closing_time(survey)
    return Fieldwork(
        opens=survey.opens_at.timestamp() if survey.opens_at else None,
        closes=closes.timestamp() if closes else None,
        grace_seconds=grace_seconds,
        known_tokens=known or {},
        attention=survey.attention_value if survey.attention else None,
    )


def mark_overtaken(survey: Survey) -> int:
    """Set the duplicate flag of stored responses anew, as an import may bring an earlier one; returns how many moved.

    Only rows whose flag is wrong are written.
    """
    if rules_in_force(survey).effects["duplicate"] == OFF:
        return 0
    seen: set[str] = set()
    wrong: dict[bool, list[UUID]] = {True: [], False: []}
    flagged = set(_flagged(survey))
    for pk, token, _submitted in _stored_tokens(survey):
        if (token in seen) != (pk in flagged):
            wrong[token in seen].append(pk)
        seen.add(token)
    for duplicate, keys in wrong.items():
        _write_flag(keys, duplicate)
    return sum(map(len, wrong.values()))


def _stored_tokens(survey: Survey, among: Collection[str] = ()) -> list[tuple[UUID, str, datetime | None]]:
    """Submitted responses with a token, the earliest first: known times, then unknown ones by arrival.

    With `among` at least those that have one of these tokens: where they are few, only those are read.
    """
    found = Response.objects.filter(survey=survey, unfinished=False).exclude(token="")
    if 0 < len(among) <= _FEW_TOKENS:
        found = found.filter(token__in=among)
    rows = found.order_by("id").values_list("id", "token", "submitted_at")
    last = datetime.max
    return sorted(rows, key=lambda row: (row[2] is None, row[2].replace(tzinfo=None) if row[2] else last))


def _flagged(survey: Survey) -> list[UUID]:
    rows = Response.objects.filter(survey=survey).exclude(flags=0).values_list("id", "flags")
    return [pk for pk, flags in rows if flags & DUPLICATE]


def _write_flag(keys: list[UUID], duplicate: bool) -> None:
    prepare = Response._meta.pk.get_db_prep_value
    change = f"flags | {DUPLICATE}" if duplicate else f"flags & ~{DUPLICATE}"
    table = connection.ops.quote_name(Response._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET flags = {change} WHERE id = %s", [(prepare(pk, connection),) for pk in keys]
        )
