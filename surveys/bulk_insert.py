"""Writing many responses at once."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import connection

from surveys.arrays import ResponseColumns
from surveys.models import Response, ResponseImport, Survey

CHUNK = 5_000


def insert_responses(
    survey: Survey,
    columns: ResponseColumns,
    *,
    ids: Sequence[UUID],
    flags: np.ndarray,
    source: ResponseImport | None = None,
) -> None:
    """Insert R responses with their flags (uint16[R]) in the order given; call it inside a transaction.

    One prepared statement instead of a model object per row: 15,000 rows take a fifth of the time of bulk_create.
    """
    names = list(_fields(survey, columns, [], np.zeros(0), None, slice(0)))
    fields = [Response._meta.get_field(name) for name in names]
    if len(fields) != len(Response._meta.concrete_fields):
        raise RuntimeError("a column of Response is not written by insert_responses")
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {connection.ops.quote_name(Response._meta.db_table)} ({quoted}) VALUES ({holes})"
    with connection.cursor() as cursor:
        for start in range(0, len(columns), CHUNK):
            values = _fields(survey, columns, ids, flags, source, slice(start, start + CHUNK))
            cursor.executemany(statement, list(zip(*values.values(), strict=True)))


def _fields(survey, columns: ResponseColumns, ids, flags, source, part: slice) -> dict[str, list]:
    """Column values of one chunk, as the database driver takes them."""
    size = len(range(*part.indices(len(columns))))
    ratings = np.ascontiguousarray(columns.ratings[part])
    width = ratings.shape[1] if ratings.ndim == 2 else 0
    packed = ratings.tobytes()
    prepare = Response._meta.pk.get_db_prep_value
    return {
        "id": [prepare(pk, connection) for pk in ids[part]],
        "survey": [survey.pk] * size,
        "group": columns.group[part],
        "channel": columns.channel[part],
        "language": columns.language[part],
        "token": columns.token[part],
        "started_at": _times(columns.started_at[part]),
        "submitted_at": _times(columns.submitted_at[part]),
        "unfinished": columns.unfinished[part].tolist(),
        "consent": columns.consent[part].tolist(),
        "comment": columns.comment[part],
        "ratings": [packed[at * width : (at + 1) * width] for at in range(size)],
        "profile": [json.dumps(answers, ensure_ascii=False) for answers in columns.profile[part]],
        "attention": columns.attention[part],
        "notice_version": columns.notice_version[part],
        "seconds_per_item": columns.seconds_per_item[part],
        "flags": flags[part].tolist(),
        "overruled": [0] * size,
        "overruled_by": [None] * size,
        "overruled_reason": [""] * size,
        "source": [source.pk if source else None] * size,
    }


def _times(times: list[datetime | None]) -> list:
    adapt = connection.ops.adapt_datetimefield_value
    return [None if time is None else adapt(time) for time in times]
