"""How often each issue of a split survey has been given in a group, read under a lock and written."""

import sys
from array import array

from django.db import connection

_MAKE = """
INSERT INTO surveys_assignments (survey_id, group_id, counts) VALUES (%s, %s, %s)
ON CONFLICT (survey_id, group_id) DO NOTHING
"""
_TAKE = "SELECT counts FROM surveys_assignments WHERE survey_id = %s AND group_id = %s"
_WRITE = "UPDATE surveys_assignments SET counts = %s WHERE survey_id = %s AND group_id = %s"


def locked_counts(survey_id: int, group_id: int, issues: int) -> array:
    """The counts of all `issues` issues in their order; nobody else changes them before the transaction ends.

    SQLite holds its one write lock from the transaction's start on, PostgreSQL the row's.
    """
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE + lock, [survey_id, group_id])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_MAKE, [survey_id, group_id, bytes(4 * issues)])
            cursor.execute(_TAKE + lock, [survey_id, group_id])
            row = cursor.fetchone()
    counts = array("I", bytes(row[0]))
    if sys.byteorder == "big":
        counts.byteswap()
    return counts


def write_counts(survey_id: int, group_id: int, counts: array) -> None:
    """Store counts that were read under the lock."""
    stored = array("I", counts)
    if sys.byteorder == "big":
        stored.byteswap()
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [stored.tobytes(), survey_id, group_id])
