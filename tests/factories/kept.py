"""Rows that a factory makes again and again: kept as statements, and written by them into the same tables (SQLite)."""

import copy
import os
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import Model
from django.utils.translation import get_language

# Logging in changes nothing of what factories make.
_BESIDE = tuple(
    f'{change} "{table}"'
    for table in ("django_session", "materiality_user")
    for change in ("INSERT INTO", "UPDATE", "DELETE FROM")
)
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "PRAGMA")
# Modules that keep what they have read by a row's key.
_CACHING = ("materiality.queries.", "surveys.queries.", "surveys.respond.", "surveys.responses.", "reports.queries.")
_Statement = tuple[str, Any, bool]


class _Made(NamedTuple):
    """The statements of a call, how many rows they changed, files of keys that it wrote, what went in and came out."""

    statements: list[_Statement]
    changes: int
    keys: dict[str, bytes]
    given: list[Model]
    result: Any


_made: dict[tuple, _Made] = {}
_recording: list[list[_Statement]] = []
# What was called since the test began, and how many changes of rows the connection had seen then.
_now: tuple[Hashable, int] = (None, -1)


def begin(name: str) -> None:
    """A test begins, and these rows lie beneath it."""
    global _now
    if connection.vendor == "sqlite":
        if _beside not in connection.execute_wrappers:
            connection.execute_wrappers.append(_beside)
        _now = (name,), _changes()


def kept(make: Callable) -> Callable:
    """A factory whose calls with the same arguments make the same rows where a test has made nothing else before.

    Nothing may follow from the moment: what it stored the first time is stored again, with its times.
    """

    @wraps(make)
    def again(*args, **values):
        global _now
        here, given = _here(), []
        call = (make, _plain(args, given), _plain(values, given), get_language(), tuple(settings.LANGUAGES))
        if here is None or _UNKNOWN in call:
            return make(*args, **values)
        after = (*here, call)
        made = _made.get(after)
        result = _write(made, given) if made else _record(after, given, lambda: make(*args, **values))
        _now = after, _changes()
        return result

    return again


_UNKNOWN = object()


def _here() -> Hashable | None:
    """What was made so far; None where that is not known, and where nothing can be rolled back."""
    if connection.vendor != "sqlite" or not connection.in_atomic_block:
        return None
    known, changes = _now
    return known if changes == _changes() else None


def _changes() -> int:
    connection.ensure_connection()
    return connection.connection.total_changes


def _plain(value: Any, given: list[Model]) -> Any:
    """The value as part of a key, and in `given` the rows in it; _UNKNOWN where it is none that comes again."""
    if isinstance(value, Model):
        given.append(value)
        held = vars(value)
        return type(value), tuple(repr(held.get(field.attname)) for field in value._meta.concrete_fields)
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if isinstance(value, list | tuple):
        parts = tuple(_plain(each, given) for each in value)
        return _UNKNOWN if _UNKNOWN in parts else (type(value), parts)
    if is_dataclass(value) and type(value).__hash__:
        return type(value), value
    if isinstance(value, datetime) or not isinstance(value, str | int | float | bytes | date | frozenset | None):
        return _UNKNOWN
    return type(value), value


def _record(call: tuple, given: list[Model], make: Callable[[], Any]) -> Any:
    """What `make` makes; kept where nothing waits for a commit and nothing was rolled back."""
    statements: list[_Statement] = []
    waiting, before, changes = len(connection.run_on_commit), _key_files(), _changes()

    def note(execute, sql, params, many, context):
        if not sql.startswith(_READS):
            statements.append((sql, params, many))
        return execute(sql, params, many, context)

    _recording.append(statements)
    try:
        with connection.execute_wrapper(note):
            result = make()
    finally:
        _recording.pop()
    if len(connection.run_on_commit) == waiting and not any(sql.startswith("ROLLBACK") for sql, *_more in statements):
        keys = {name: (settings.KEYS / name).read_bytes() for name in _key_files() - before}
        _made[call] = _Made(statements, _changes() - changes, keys, *copy.deepcopy((given, result)))
    return result


def _write(made: _Made, given: list[Model]) -> Any:
    """The rows once more; what was kept in memory of other rows with their keys is forgotten."""
    cursor, changes = connection.create_cursor(), _changes()
    for sql, params, many in made.statements:
        (cursor.executemany if many else cursor.execute)(sql, params).fetchall()
    assert _changes() - changes == made.changes, "the factory also writes around Django's cursors"
    for statements in _recording:
        statements.extend(made.statements)
    for name, key in made.keys.items():
        if not (settings.KEYS / name).exists():
            (settings.KEYS / name).write_bytes(key)
    for forget in (*_forgetting(len(sys.modules)), *(cache.clear for cache in caches.all(initialized_only=True))):
        forget()
    # What went in is the same object in what comes out, as it was.
    return copy.deepcopy(made.result, {id(was): now for was, now in zip(made.given, given, strict=True)})


def _beside(execute, sql, params, many, context):
    """Changes of these tables leave it known what was made; what comes back from a row counts once it was fetched."""
    global _now
    was = _here() if sql.startswith(_BESIDE) else None
    done = execute(sql, params, many, context)
    if was is not None:
        _now = was, _now[1] + 1 if "RETURNING" in sql else _changes()
    return done


def _key_files() -> set[str]:
    return set(os.listdir(settings.KEYS)) if settings.KEYS.is_dir() else set()


@lru_cache(maxsize=1)
def _forgetting(_modules: int) -> list[Callable[[], None]]:
    """What empties the caches of as many modules as there are."""
    modules = [module for name, module in sys.modules.items() if name.startswith(_CACHING)]
    functions = {id(each): each for module in modules for each in vars(module).values() if hasattr(each, "cache_clear")}
    return [each.cache_clear for each in functions.values()]
