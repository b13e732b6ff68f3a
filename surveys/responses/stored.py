"""Stored responses in the order of their ids, as columns of arrays, some thousand at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from struct import unpack_from
from zlib import crc32

import numpy as np
from django.db import connection
from django.db.models import BigIntegerField, ExpressionWrapper, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, NullIf

from surveys.models import Survey

CHUNK = 5_000
BYTES = ("id", "ratings")
FIXED = ("id", "packed", "ratings")
# Every value of a row is an object to be made: four numbers come as one, and a text that names nobody as none.
_UNFINISHED = Cast("unfinished", IntegerField())
_SUM = F("group_id") * 2**26 + F("flags") * 2**10 + F("overruled") * 2 + _UNFINISHED
PACKED = ExpressionWrapper(_SUM, output_field=BigIntegerField())
NAMED = NullIf(Cast("named", TextField()), Value("[]"), output_field=TextField())


@dataclass(frozen=True)
class Stored:
    """R responses of one survey: id uint8[R, 16], group int64[R] (keys), flags uint16[R], overruled uint8[R],
    unfinished bool[R], ratings uint8[R, items]; named: place → JSON of the codes, of those who named any; cluster:
    the column of `cluster_column`, empty where there is none.
    """

    id: np.ndarray
    group: np.ndarray
    flags: np.ndarray
    overruled: np.ndarray
    unfinished: np.ndarray
    ratings: np.ndarray
    named: Mapping[int, str]
    cluster: Sequence[str]

    def __len__(self) -> int:
        return len(self.id)

    def check(self, before: int = 0) -> int:
        """CRC-32 over what is counted, after responses whose check was `before`."""
        for part in (self.ratings, *(each.astype("<i8") for each in (self.group, self.flags, self.overruled))):
            before = crc32(np.ascontiguousarray(part), before)
        return crc32(self.unfinished.astype("<i8"), before)


def cluster_column(survey: Survey) -> tuple[str, ...]:
    """The column of a response that says to which cluster it belongs; none where the survey names no cluster."""
    if not survey.cluster:
        return ()
    return ({Survey.CHANNEL: "channel", Survey.BATCH: "token"}.get(survey.cluster, "profile"),)


@contextmanager
def stored_responses(found: QuerySet, *more: str) -> Iterator[Iterable[Stored]]:
    """The responses of one survey that are found, with the column of `cluster_column`, all of one moment.

    By a plain cursor, or from PostgreSQL as a binary copy: turning a million rows into objects takes longer than
    counting them, and PostgreSQL would hand over all of them at once. They are to be read to the end, and until then
    the database connection waits with whatever else is asked of it for ever.
    """
    columns = ("id", PACKED, "ratings", NAMED, *(Cast(name, TextField()) for name in more))
    sql, parameters = found.order_by("id").values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"COPY ({connection.ops.compose_sql(sql, parameters)}) TO STDOUT (FORMAT BINARY)"
            with cursor.copy(statement) as copy:
                rows = rows_of_copy(copy)
                yield map(stored_of_copy, iter(lambda: list(islice(rows, CHUNK)), []))
        else:
            cursor.execute(sql, parameters)
            yield map(stored_of_rows, iter(partial(cursor.fetchmany, CHUNK), []))


def stored_of_rows(rows: Sequence[tuple]) -> Stored:
    ids, packed, ratings, named, *more = zip(*rows, strict=True)
    return _stored(
        np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(-1, 16),
        np.array(packed, np.int64),
        np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1),
        {place: text for place, text in enumerate(named) if text},
        more[0] if more else (),
    )


def _stored(
    key: np.ndarray, packed: np.ndarray, ratings: np.ndarray, named: Mapping[int, str], cluster: Sequence[str]
) -> Stored:
    flags, overruled = (packed >> 10 & 0xFFFF).astype(np.uint16), (packed >> 1 & 0xFF).astype(np.uint8)
    return Stored(key, packed >> 26, flags, overruled, (packed & 1).astype(bool), ratings, named, cluster)


COPY_HEAD = 19


def rows_of_copy(copy: Iterable[memoryview]) -> Iterator[bytes]:
    """The rows of a binary copy, without what PostgreSQL sends before the first and after the last.

    As bytes: thousands of views that are kept would have Python look for garbage among all objects again and again.
    """
    for number, row in enumerate(copy):
        own = row if number else row[COPY_HEAD + unpack_from(">i", row, COPY_HEAD - 4)[0] :]
        if len(own) > 2:
            yield bytes(own)


def stored_of_copy(rows: Sequence[bytes]) -> Stored:
    """Rows as PostgreSQL writes them: the number of columns, then for each its length and its bytes. All but the texts
    at the end are as long in every row; ValueError where they are not.
    """
    record = _record(rows[0])
    size = record.itemsize
    found = np.frombuffer(b"".join([row[:size] for row in rows]), record)
    if any((found[name] != found[name][0]).any() for name in record.names if name.endswith(LENGTH)):
        raise ValueError("responses of one survey have ratings of different lengths")
    clustered = found["columns"][0] > len(FIXED) + 1
    longer = range(len(rows)) if clustered else [place for place, row in enumerate(rows) if len(row) > size + SHORTEST]
    texts = {place: _texts(rows[place], size) for place in longer}
    return _stored(
        found["id"],
        found["packed"].astype(np.int64),
        np.ascontiguousarray(found["ratings"]),
        {place: named for place, (named, _cluster) in texts.items() if named},
        [cluster for _named, cluster in texts.values()] if clustered else (),
    )


LENGTH = " length"
SHORTEST = 4  # the length of a text that is not there, of one who named nothing


def _record(row: bytes) -> np.dtype:
    """The columns of FIXED as they lie in this row."""
    at, columns = 2, [("columns", ">i2")]
    for name in FIXED:
        (length,) = unpack_from(">i", row, at)
        columns += [(name + LENGTH, ">i4"), (name, "u1", (length,)) if name in BYTES else (name, f">i{length}")]
        at += 4 + length
    return np.dtype(columns)


def _texts(row: bytes, at: int) -> tuple[str, str]:
    """Who is named and the cluster, "" where nobody is or no cluster is asked for."""
    end = at + 4 + max(0, unpack_from(">i", row, at)[0])
    return row[at + 4 : end].decode(), row[end + 4 :].decode()
