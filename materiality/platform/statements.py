"""Plain SQL past Django's cursors, for what every respondent asks: they take longer than most of it runs.

Values stand as %s: plain ones, bytes, keys (UUID), days, and moments with their zone. Errors are Django's, and who
watches statements (`execute_wrappers`, a cursor that logs) sees these.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter, methodcaller
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_FIRST, _ALL, _NUMBER = methodcaller("fetchone"), methodcaller("fetchall"), attrgetter("rowcount")


def one_row(sql: str, values: Sequence[object] = ()) -> tuple | None:
    """The first row; None where there is none."""
    return _run(sql, values, _FIRST)


def all_rows(sql: str, values: Sequence[object] = ()) -> list[tuple]:
    """All rows."""
    return _run(sql, values, _ALL)


def changed(sql: str, values: Sequence[object] = ()) -> int:
    """How many rows the statement wrote."""
    return _run(sql, values, _NUMBER)


def _run(sql: str, values: Sequence[object], found: Callable[[Any], Any]) -> Any:
    own = connections[DEFAULT_DB_ALIAS]
    if own.execute_wrappers or own.force_debug_cursor:
        with own.cursor() as cursor:
            cursor.execute(sql, _stored(values) if own.vendor == "sqlite" else values)
            return found(cursor)
    own.close_if_health_check_failed()
    if own.connection is None:
        own.ensure_connection()
    own.validate_no_broken_transaction()
    with own.wrap_database_errors:
        return found(_executed(own, sql, values))


def _executed(own: BaseDatabaseWrapper, sql: str, values: Sequence[object]) -> Any:
    if own.vendor == "sqlite":
        return own.connection.execute(_with_marks(sql), _stored(values))
    from materiality.platform.prepared import prepared  # with psycopg, which SQLite does without

    return prepared(own.connection, sql, values)


def _stored(values: Sequence[object]) -> list[object]:
    return [_AS_TEXT[type(each)](each) if type(each) in _AS_TEXT else each for each in values]


# As the ORM stores what SQLite has no type for.
_AS_TEXT: dict[type, Callable[[Any], object]] = {
    UUID: lambda key: key.hex,
    datetime: lambda moment: str(moment.astimezone(UTC).replace(tzinfo=None)),
    date: str,
}


@lru_cache(maxsize=256)
def _with_marks(sql: str) -> str:
    return sql.replace("%s", "?")
