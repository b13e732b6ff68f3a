"""What an attacker reads of an installation: rows with the database's hidden columns, and the files byte by byte."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from tests.services.installation import Installation

TABLES = ("response", "readydraft", "anonymouscomment", "anonymousanswer", "draft", "usedlinks", "tally", "assignments")


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


def places_in_files(data: Path, needles: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """Where the bytes of each needle (hex) stand in the database's files: {needle: [(file, offset)]}."""
    files = {path.name: path.read_bytes() for path in sorted(data.glob("yiti.sqlite3*"))}
    return {needle: [at for name, held in files.items() for at in _places(name, held, needle)] for needle in needles}


def _places(name: str, held: bytes, needle: str) -> list[tuple[str, int]]:
    found, wanted, at = [], bytes.fromhex(needle), -1
    while (at := held.find(wanted, at + 1)) >= 0:
        found.append((name, at))
    return found


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


def write_in_order(installation: Installation, lots: list[list[str]]) -> None:
    """Store the responses anew as no installation should: lot after lot, each in a transaction of its own, in the order
    of `lots` (ratings as hex).
    """
    url = installation.environment["DATABASE_URL"]
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            for lot in lots:
                kept = [bytes.fromhex(ratings) for ratings in lot]
                connection.execute("UPDATE surveys_response SET flags = flags WHERE ratings = ANY(%s)", [kept])
        return
    with closing(sqlite3.connect(installation.data / "yiti.sqlite3")) as connection, connection:
        first = connection.execute("SELECT max(rowid) FROM surveys_response").fetchone()[0] + 1
        for number, ratings in enumerate((ratings for lot in lots for ratings in lot), start=first):
            changed = (number, bytes.fromhex(ratings))
            connection.execute("UPDATE surveys_response SET rowid = ? WHERE ratings = ?", changed)
