"""What an attacker reads of an installation: rows with the database's hidden columns, and the files byte by byte."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from tests.services.installation import Installation

TABLES = (
    *("response", "sealeddraft", "anonymouscomment", "anonymousanswer", "draft", "usedlinks", "tally", "assignments"),
    *("batch", "survey"),
)


def read_all(installation: Installation) -> dict[str, list[dict]]:
    """All rows of the tables of surveys in the order in which the database holds them, with a "place" (rowid or ctid)
    and on PostgreSQL xmin and xmax; bytes as hex, groups by code.
    """
    url = installation.environment["DATABASE_URL"]
    tables = _postgresql(url) if url else _sqlite(installation.data / "yiti.sqlite3")
    codes = {row["id"]: row["code"] for row in tables.pop("group")}
    for rows in tables.values():
        for row in rows:
            row["group"] = codes.get(row.get("group_id"), row.get("group", ""))
    return tables


def files_of(installation: Installation) -> dict[str, bytes]:
    """The database's files as they lie on the disk now: tables with dead rows, and the write-ahead log."""
    url = installation.environment["DATABASE_URL"]
    if not url:
        return {path.name: path.read_bytes() for path in sorted(installation.data.glob("yiti.sqlite3*"))}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (folder,) = connection.execute("SELECT current_setting('data_directory')").fetchone()
        (number,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    paths = [*Path(folder, "base", str(number)).iterdir(), *Path(folder, "pg_wal").iterdir()]
    return {path.name: path.read_bytes() for path in sorted(paths) if path.is_file()}


def found_in(files: dict[str, bytes], needles: Iterable[bytes]) -> list[bytes]:
    """Those of the needles that stand in some file."""
    return [needle for needle in needles if any(needle in held for held in files.values())]


def _sqlite(path: Path) -> dict[str, list[dict]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row

        def rows(table: str) -> list[dict]:
            found = connection.execute(f"SELECT rowid AS place, * FROM {table} ORDER BY rowid")
            return [_plain(dict(row)) for row in found]

        return {**{table: rows(f"surveys_{table}") for table in TABLES}, "group": rows("materiality_group")}


def _postgresql(url: str) -> dict[str, list[dict]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:

        def rows(table: str) -> list[dict]:
            hidden = "ctid::text AS place, xmin::text::bigint AS xmin, xmax::text::bigint AS xmax"
            found = connection.execute(f"SELECT {hidden}, * FROM {table} ORDER BY ctid").fetchall()
            return [_plain({**row, "place": number}) for number, row in enumerate(found)]

        return {**{table: rows(f"surveys_{table}") for table in TABLES}, "group": rows("materiality_group")}


def _plain(row: dict) -> dict:
    return {name: bytes(value).hex() if isinstance(value, bytes | memoryview) else value for name, value in row.items()}
