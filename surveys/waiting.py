"""The finished answers of anonymous surveys that wait to be mixed: added and stored anew so that none is the newest."""

import json
from random import SystemRandom
from typing import NamedTuple

from django.db import connection

from surveys.models.response import random_id

# So many of those that wait are written anew with each new one.
SHUFFLED = 30

_COLUMNS = "survey_id, group_id, ratings, comment, profile, flags, seconds_per_item"
_READ = f"SELECT id, {_COLUMNS} FROM surveys_readydraft WHERE survey_id = %s AND id {{}} %s ORDER BY id LIMIT %s"
_WRITE = f"INSERT INTO surveys_readydraft (id, {_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"


class Waiting(NamedTuple):
    """One finished answer as it waits: no key, link, language, channel or time. `profile` is JSON as text."""

    survey_id: int
    group_id: int
    ratings: bytes
    comment: str
    profile: str
    flags: int
    seconds_per_item: float | None


def add_waiting(new: Waiting) -> None:
    """Store it in the caller's transaction, together with up to 30 of those that wait, drawn at random, in random
    order and under new random ids.

    Otherwise PostgreSQL's transaction numbers, and the places of rows within SQLite's pages, would tell which came
    last, and so whose it is.
    """
    _write_anew(_drawn(new.survey_id, SHUFFLED), [new])


def shuffle_waiting(survey_id: int) -> None:
    """Write all that wait in the survey anew, in the caller's transaction."""
    _write_anew(_drawn(survey_id, 1_000_000), [])


def profile_text(profile: dict | str) -> str:
    """A profile as this table's column takes it from a plain cursor."""
    return profile if isinstance(profile, str) else json.dumps(profile, ensure_ascii=False)


def _drawn(survey_id: int, most: int) -> list[tuple]:
    """Up to `most` rows from a random place on: ids are random, so neighbours by id are no neighbours otherwise.

    Rows that another transaction holds are left to it.
    """
    place = random_id()
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(">=") + lock, [survey_id, place, most])
        rows = cursor.fetchall()
        if len(rows) < most:
            cursor.execute(_READ.format("<") + lock, [survey_id, place, most - len(rows)])
            rows += cursor.fetchall()
    return rows


def _write_anew(drawn: list[tuple], new: list[Waiting]) -> None:
    rows = [*(tuple(row[1:]) for row in drawn), *map(tuple, new)]
    SystemRandom().shuffle(rows)
    with connection.cursor() as cursor:
        if drawn:
            cursor.executemany("DELETE FROM surveys_readydraft WHERE id = %s", [(row[0],) for row in drawn])
        cursor.executemany(_WRITE, [(random_id(), *row) for row in rows])
