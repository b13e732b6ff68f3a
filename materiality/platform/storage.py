"""What databases and disks are like: they take nothing for now, and give times without their zone."""

import errno
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType

from django.conf import settings
from django.db import connection, transaction

FULL, BUSY = 507, 503
_FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_FULL_NAMES = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
_BUSY_NAMES = ("SQLITE_BUSY", "SQLITE_LOCKED")


def storage_trouble(problem: BaseException | None) -> int | None:
    """507 where a full or read-only disk is at the bottom of it, 503 where others hold the lock too long or the
    database's server is away, else None.
    """
    while problem is not None:
        if found := _trouble(problem):
            return found
        problem = problem.__cause__ or problem.__context__
    return None


def _trouble(problem: BaseException) -> int | None:
    if isinstance(problem, sqlite3.Error):
        name = getattr(problem, "sqlite_errorname", None) or ""
        return FULL if name.startswith(_FULL_NAMES) else BUSY if name.startswith(_BUSY_NAMES) else None
    if psycopg := _psycopg():
        if isinstance(problem, (psycopg.errors.DiskFull, psycopg.errors.ReadOnlySqlTransaction)):
            return FULL
        if isinstance(problem, (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)) or _is_away(problem):
            return BUSY
    return FULL if isinstance(problem, OSError) and problem.errno in _FULL_ERRORS else None


def _psycopg() -> ModuleType | None:
    """None with SQLite: nothing is imported (0.1 s) where something went wrong, perhaps for lack of files or memory."""
    return sys.modules.get("psycopg")


# Connections that broke or could not be made (no state, class 08), a server that ends, starts or is full.
_AWAY_STATES = ("08", "57P", "53300")


def server_is_away(problem: BaseException | None) -> bool:
    """Whether this is because the database's server is not there (now)."""
    while problem is not None:
        if _is_away(problem):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _is_away(problem: BaseException) -> bool:
    psycopg = _psycopg()
    if psycopg and isinstance(problem, (psycopg.OperationalError, psycopg.InterfaceError)):
        return problem.sqlstate is None or problem.sqlstate.startswith(_AWAY_STATES)
    return False


@contextmanager
def short_transaction(milliseconds: int) -> Iterator[None]:
    """A transaction that gives up soon where another has the lock; the error is the database's."""
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {int(milliseconds)}")
            yield
        return
    usual = int(1000 * settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5))
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def utc(moment: datetime | None) -> datetime | None:
    """A time as plain SQL gives it, with its zone: SQLite leaves it out."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
