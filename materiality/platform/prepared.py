"""Statements that PostgreSQL prepares once in a connection: to understand and plan one anew takes it three times as
long as to run it.
"""

import os
import socket
import threading
from collections.abc import Sequence

from psycopg import Connection, Cursor
from psycopg.errors import FeatureNotSupported
from psycopg.pq import TransactionStatus


class _Kept(threading.local):
    """A thread's cursor, as a new one learns anew how to read each type, and from which use on it prepares."""

    cursor: Cursor | None = None
    threshold: int | None = None


_kept = _Kept()


def prepared(connection: Connection, sql: str, values: Sequence[object]) -> Cursor:
    """The cursor with what the statement gave, until this thread asks for another."""
    cursor = _kept.cursor
    if cursor is None or cursor.connection is not connection:
        _kept.threshold = 0 if _has_one_server(connection) else None
        cursor = _kept.cursor = Cursor(connection)
    # For this one alone: psycopg keeps the text of what it may prepare, and Django's texts hold what somebody answered.
    connection.prepare_threshold = _kept.threshold
    try:
        return cursor.execute(sql, values)
    except FeatureNotSupported:  # a column has another type by now, as somebody migrates the database
        if connection.info.transaction_status != TransactionStatus.IDLE:
            raise  # psycopg forgets with ROLLBACK what it has prepared (see `committed`)
        cursor.execute("DEALLOCATE ALL", prepare=False)
        return cursor.execute(sql, values)
    finally:
        connection.prepare_threshold = None


def _has_one_server(connection: Connection) -> bool:
    """Whether one process of PostgreSQL answers all that this connection asks, so that it knows what was prepared.

    A pooler between hands each transaction to one of its own connections. The process that it says it is (PgBouncer
    says any number, Supavisor the next one) is not the one that answers, and that one is asked from another port.
    """
    with socket.socket(fileno=os.dup(connection.fileno())) as own:
        port = None if own.family == socket.AF_UNIX else own.getsockname()[1]
    asked = connection.execute("SELECT pg_backend_pid(), inet_client_port()").fetchone()
    return asked == (connection.info.backend_pid, port)
