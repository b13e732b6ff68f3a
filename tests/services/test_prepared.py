"""What PostgreSQL has prepared serves respondents through reconnects and migrations, and never behind a pooler."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Thread

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import FeatureNotSupported, OperationalError, UniqueViolation
from psycopg.errors import SyntaxError as SyntaxError_

from materiality.platform.prepared import prepared
from tests.services.conftest import new_database

pytestmark = pytest.mark.services
FIND = "SELECT code, words FROM kept WHERE code = %s"


@pytest.fixture(scope="module")
def database(postgresql) -> str:
    url = new_database(postgresql)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (code varchar(10) PRIMARY KEY, words varchar(10))")
        connection.execute("INSERT INTO kept VALUES ('a', 'first')")
    return url


@pytest.fixture
def connection(database) -> Iterator[psycopg.Connection]:
    with closing(_connected(database)) as connection:
        yield connection


def _connected(url: str, **others: object) -> psycopg.Connection:
    """As Django connects."""
    return psycopg.connect(url, autocommit=True, prepare_threshold=None, **others)


def _found(connection: psycopg.Connection) -> tuple:
    return prepared(connection, FIND, ["a"]).fetchone()


def _number(connection: psycopg.Connection) -> int:
    return connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]


def test_statement_is_prepared_once_in_a_connection_and_nothing_else_is(connection, database):
    for _time in range(3):
        assert _found(connection) == ("a", "first")
        connection.execute("SELECT code FROM kept WHERE code = %s", ["a"])
    assert _number(connection) == 1
    with closing(_connected(database)) as other:
        assert [_found(each) for each in (other, other, connection)] == [("a", "first")] * 3
        assert _number(other) == 1


def test_statement_goes_on_through_columns_that_come_and_change(connection, database):
    assert _found(connection) == ("a", "first")
    for change in ("ADD COLUMN more text", "ALTER COLUMN words TYPE varchar(20)"):
        _migrate(database, change)
        assert _found(connection) == ("a", "first"), change
    _migrate(database, "ALTER COLUMN words TYPE varchar(30)")
    connection.autocommit = False
    with pytest.raises(FeatureNotSupported):
        _found(connection)
    connection.rollback()
    assert _found(connection) == ("a", "first")
    connection.execute("DEALLOCATE ALL")
    with pytest.raises(FeatureNotSupported):  # which `committed` knows
        _found(connection)
    connection.rollback()
    assert _found(connection) == ("a", "first")


def _migrate(url: str, change: str) -> None:
    with closing(_connected(url)) as migration:
        migration.execute(f"ALTER TABLE kept {change}")


def test_nothing_is_prepared_where_somebody_stands_between(database):
    with closing(socket.create_server(("127.0.0.1", 0))) as between:
        Thread(target=_hand_on, args=(between, database), daemon=True).start()
        with closing(_connected(database, host="127.0.0.1", port=between.getsockname()[1])) as connection:
            assert [_found(connection), _found(connection)] == [("a", "first")] * 2
            assert _number(connection) == 0


def test_errors_are_those_of_psycopg(connection, database):
    for _time in range(2):
        with pytest.raises(UniqueViolation):
            prepared(connection, "INSERT INTO kept VALUES (%s, %s)", ["a", "again"])
        with pytest.raises(SyntaxError_):
            prepared(connection, "SELECT FROM WHERE", [])
    assert prepared(connection, "UPDATE kept SET words = words WHERE code = %s", ["b"]).rowcount == 0
    assert prepared(connection, FIND, ["b"]).fetchone() is None
    with closing(_connected(database)) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(OperationalError):
        while True:
            _found(connection)
    assert connection.broken


def test_line_that_is_cut_is_an_operational_error(database):
    with closing(socket.create_server(("127.0.0.1", 0))) as between:
        ends: list[socket.socket] = []
        Thread(target=_hand_on, args=(between, database, ends), daemon=True).start()
        with closing(_connected(database, host="127.0.0.1", port=between.getsockname()[1])) as connection:
            assert _found(connection) == ("a", "first")
            for end in ends:
                end.shutdown(socket.SHUT_RDWR)
            with pytest.raises(OperationalError) as raised:
                _found(connection)
            assert raised.value.sqlstate is None
            assert connection.broken


def test_what_somebody_made_the_server_forget_is_prepared_again(connection):
    assert _found(connection) == ("a", "first")
    connection.execute("DISCARD ALL")
    assert _found(connection) == ("a", "first")
    assert _number(connection) == 1


def _hand_on(between: socket.socket, url: str, ends: list[socket.socket] | None = None) -> None:
    """What comes to the one, from a port of ours, to the server."""
    parts = conninfo_to_dict(url)
    client, _address = between.accept()
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{parts['host']}/.s.PGSQL.{parts.get('port', 5432)}")
    if ends is not None:
        ends += [client, server]
    for one, other in ((client, server), (server, client)):
        Thread(target=_copy, args=(one, other), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65_536):
            target.sendall(part)


_MIGRATED = """
import json
from django.db import connection
from materiality.platform.commits import changed_for_good, committed
from materiality.platform.statements import one_row
FIND = "SELECT purpose, fingerprint FROM materiality_keycheck WHERE purpose = %s"
changed_for_good("INSERT INTO materiality_keycheck (purpose, fingerprint, created_at) VALUES (%s, %s, %s)",
                 ["known", "", "2026-01-01 00:00:00"])
found = [one_row(FIND, ["known"])]
if connection.vendor == "postgresql":
    import psycopg
    with psycopg.connect(settings.DATABASE_URL) as migration:
        migration.execute("ALTER TABLE materiality_keycheck ALTER COLUMN fingerprint TYPE varchar(300)")
found.append(committed(lambda: one_row(FIND, ["known"])))
found.append(one_row(FIND, ["known"]))
print(json.dumps(found))
"""


def test_transaction_of_a_respondent_goes_through_a_migration_beside_it(installation):
    url = installation.environment["DATABASE_URL"]
    assert installation.python(_MIGRATED.replace("settings.DATABASE_URL", repr(url))) == [["known", ""]] * 3
