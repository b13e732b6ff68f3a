"""Statements that PostgreSQL prepares once in a connection: to understand and plan one anew takes it three times as
long as to run it.

They are handed to libpq, and psycopg only turns values to text and back: its cursors, which can wait in other ways,
take twice as long for the server's 30 µs. Who waits here for a lock hears no signal until the server answers.
"""

import os
import socket
from collections.abc import Sequence
from itertools import count

from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, PGconn, TransactionStatus
from psycopg.pq.abc import PGresult

_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_NO_TRANSACTION = TransactionStatus.IDLE
# With the connection, whichever thread has it, and as long as that lives.
_OWN = "yiti_statements"
# No name is given twice, whichever thread has a connection when.
_numbers = count()


class Given:
    """What a statement gave, as a cursor says it."""

    def __init__(self, result: PGresult, texts: Transformer) -> None:
        self._result, self._texts = result, texts

    def fetchone(self) -> tuple | None:
        if not self._result.ntuples:
            return None
        self._texts.set_pgresult(self._result)
        return self._texts.load_row(0, tuple)

    def fetchall(self) -> list[tuple]:
        self._texts.set_pgresult(self._result)
        return self._texts.load_rows(0, self._result.ntuples, tuple)

    @property
    def rowcount(self) -> int:
        return self._result.command_tuples or 0


def prepared(connection: Connection, sql: str, values: Sequence[object]) -> Given:
    """What the statement gives; read it before this thread asks for another. Errors are psycopg's."""
    own = connection.__dict__.get(_OWN)
    if own is None:
        own = connection.__dict__[_OWN] = _Statements(connection)
    try:
        return own.asked(sql, values)
    except (FeatureNotSupported, InvalidSqlStatementName) as problem:
        # A column has another type by now, as somebody migrates the database; or somebody made it forget.
        own.names.clear()
        if connection.pgconn.transaction_status != _NO_TRANSACTION:
            raise FeatureNotSupported(*problem.args) from problem  # `committed` asks all of it again
        return own.asked(sql, values)


class _Statements:
    """Those of one connection, by their text and the types of their values."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.names = connection, {}
        self._texts = Transformer(connection)
        self._has_one_server = _has_one_server(connection)

    def asked(self, sql: str, values: Sequence[object]) -> Given:
        server, texts = self.connection.pgconn, self._texts
        if not self.connection.autocommit and server.transaction_status == _NO_TRANSACTION:
            _checked(server.exec_(b"BEGIN"))  # as psycopg begins what Django has asked for
        given = texts.dump_sequence(values, [PyFormat.AUTO] * len(values))
        if self._has_one_server:
            name = self.names.get((sql, texts.types)) or self._prepare(server, sql, texts.types)
            result = server.exec_prepared(name, given, texts.formats)
        else:
            result = server.exec_params(_numbered(sql), given, texts.types, texts.formats)
        return Given(_checked(result), texts)

    def _prepare(self, server: PGconn, sql: str, types: tuple[int, ...]) -> bytes:
        name = b"yiti_%d" % next(_numbers)
        _checked(server.prepare(name, _numbered(sql), types))
        self.names[sql, types] = name
        return name


def _numbered(sql: str) -> bytes:
    first, *others = sql.split("%s")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(others, start=1))]).encode()


def _checked(result: PGresult) -> PGresult:
    if result.status in _DONE:
        return result
    if result.error_field(DiagnosticField.SQLSTATE) is None:  # libpq's own word: the line is cut
        raise OperationalError(result.get_error_message())
    raise error_from_result(result)


def _has_one_server(connection: Connection) -> bool:
    """Whether one process of PostgreSQL answers all that this connection asks, so that it knows what was prepared.

    A pooler between hands each transaction to one of its own connections. The process that it says it is (PgBouncer
    says any number, Supavisor the next one) is not the one that answers, and that one is asked from another port.
    """
    with socket.socket(fileno=os.dup(connection.fileno())) as own:
        port = None if own.family == socket.AF_UNIX else own.getsockname()[1]
    asked = connection.execute("SELECT pg_backend_pid(), inet_client_port()").fetchone()
    return asked == (connection.info.backend_pid, port)
