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
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from surveys.models import Survey

CHUNK = 10_000
BYTES = ("id", "ratings")
FIXED = ("id", "group_id", "flags", "overruled", "unfinished", "ratings")
EMPTY = ("[]", "")


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
    # Texts stay texts: hardly anybody's has to be read.
    columns = (*FIXED, *(Cast(name, TextField()) for name in ("named", *more)))
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
    ids, group, flags, overruled, unfinished, ratings, named, *more = zip(*rows, strict=True)
    return Stored(
        id=np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(-1, 16),
        group=np.array(group),
        flags=np.array(flags, np.uint16),
        overruled=np.array(overruled, np.uint8),
        unfinished=np.array(unfinished, bool),
        ratings=np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1),
        named={place: text for place, text in enumerate(named) if text not in EMPTY},
        cluster=more[0] if more else (),
    )


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
    return Stored(
        id=found["id"],
        group=found["group_id"].astype(np.int64),
        flags=found["flags"].astype(np.uint16),
        overruled=found["overruled"].astype(np.uint8),
        unfinished=found["unfinished"].astype(bool),
        ratings=np.ascontiguousarray(found["ratings"]),
        named={place: named for place, (named, _cluster) in texts.items() if named not in EMPTY},
        cluster=[cluster for _named, cluster in texts.values()] if clustered else (),
    )


LENGTH = " length"
SHORTEST = 4 + len("[]")  # a text, with its length, of one who named nothing


def _record(row: bytes) -> np.dtype:
    """The columns of FIXED as they lie in this row."""
    at, columns = 2, [("columns", ">i2")]
    for name in FIXED:
        (length,) = unpack_from(">i", row, at)
        columns += [(name + LENGTH, ">i4"), (name, "u1", (length,)) if name in BYTES else (name, f">i{length}")]
        at += 4 + length
    return np.dtype(columns)


def _texts(row: bytes, at: int) -> tuple[str, str]:
    """Who is named and the cluster, "" where no cluster is asked for."""
    end = at + 4 + unpack_from(">i", row, at)[0]
    return row[at + 4 : end].decode(), row[end + 4 :].decode()
