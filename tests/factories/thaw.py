"""Writing to published editions in tests, which the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def thawed(like: str = "published_%") -> Iterator[None]:
    """Within, the triggers whose names are like this are away; an error brings them back, too."""
    away, back = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor](like)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in away:
            cursor.execute(statement)
        yield
        for statement in back:
            cursor.execute(statement)


def _sqlite(like: str) -> tuple[list[str], list[str]]:
    triggers = _found("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", like)
    return [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]


def _postgresql(like: str) -> tuple[list[str], list[str]]:
    """Foreign keys are looked at before, for a table with a look still to come takes no change of its triggers."""
    triggers = _found("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE %s", like)
    at_once = ["SET CONSTRAINTS ALL IMMEDIATE"]
    away, back = (
        [f"ALTER TABLE {table} {word} TRIGGER {name}" for table, name in triggers] for word in ("DISABLE", "ENABLE")
    )
    return at_once + away, at_once + back


def _found(query: str, like: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [like])
        return cursor.fetchall()
