"""The migrated tables of all tests, made once and copied by every process; and rows that many tests read."""

import fcntl
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import django
from django.db import connection

from tests.factories.drafts import make_draft_edition
from tests.factories.library import default_library
from tests.factories.reports import load_demo_outline, make_cycle, make_run
from tests.factories.sheets import draft_of_own_list
from tests.factories.surveys import make_open_survey

ROOT = Path(__file__).resolve().parents[1]


class Tables:
    """A folder with a file of migrated SQLite tables for today's migrations."""

    def __init__(self, folder: Path) -> None:
        digest = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version}".encode())
        for path in sorted(ROOT.glob("*/migrations/*.py")):
            digest.update(f"{path.parent.parent.name}/{path.name}\0".encode() + path.read_bytes())
        self.file = folder / f"{digest.hexdigest()[:16]}.sqlite3"

    def fill(self, name: str) -> sqlite3.Connection | None:
        """Fill the database in memory of this name; it lasts as long as the connection. None where nothing is kept."""
        if not self.file.exists():
            return None
        held = sqlite3.connect(name, uri=True, check_same_thread=False)
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as kept:
            kept.backup(held)
        return held

    def keep(self, connection: sqlite3.Connection) -> None:
        """Keep the tables of this database, and no older ones."""
        new = self.file.with_suffix(".new")
        new.unlink(missing_ok=True)
        with closing(sqlite3.connect(new)) as file:
            connection.backup(file)
            file.execute("PRAGMA journal_mode = DELETE")  # one that writes ahead could not be read where it lies
        for old in self.file.parent.glob("*.sqlite3"):
            old.unlink()
        new.rename(self.file)

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Of two processes that find nothing kept, the second waits for the first."""
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class SharedRows:
    """Rows that lie beneath a test: made once in a process, then copied (SQLite). `below` says which these are now."""

    def __init__(self) -> None:
        self.kept: dict[str, sqlite3.Connection] = {}
        self.below: str | None = ""

    def put(self, name: str) -> None:
        """Have the rows of this name, "" for none, in the database; no transaction may be open."""
        if connection.vendor != "sqlite":
            return
        connection.ensure_connection()
        if "" not in self.kept and self.below == "":
            self._keep("")
        if name == self.below:
            return
        if name in self.kept:
            self.kept[name].backup(connection.connection)
        else:
            self.kept[""].backup(connection.connection)
            MAKERS[name]()
            self._keep(name)
        self.below = name

    def _keep(self, name: str) -> None:
        self.kept[name] = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.kept[name])


def _scored_demo() -> None:
    """A cycle of GRI 2016 with the demo outline and a run of 120 responses."""
    default_library()
    row = make_cycle("demo")
    load_demo_outline(row)
    make_run(row)


MAKERS: dict[str, Callable[[], object]] = {
    "demo_rows": _scored_demo,
    "library_rows": default_library,
    "own_list_rows": draft_of_own_list,
    "plain_draft": make_draft_edition,
    "plain_survey": make_open_survey,
}
