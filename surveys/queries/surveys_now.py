"""Where a survey stands now and who may answer it, in plain SQL for the reason given in drafts_in_use."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from surveys.queries.drafts_in_use import utc

_SURVEY = """
SELECT id, cycle_id, code, state, anonymous, several_per_browser, title_zh, title_en, zone,
       opened_at, opens_at, closes_at, closed_at
FROM surveys_survey WHERE code = %s
"""
_GROUPS = """
SELECT id, code, name_zh, name_en, definition_zh, definition_en
FROM materiality_group WHERE cycle_id = %s ORDER BY "order", code
"""


class SurveyNow(NamedTuple):
    """A survey's state and times, in UTC, and what pages before and after the questions say."""

    id: int
    cycle_id: int
    code: str
    state: str
    anonymous: bool
    several_per_browser: bool
    title_zh: str
    title_en: str
    zone: str
    opened_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


class GroupNow(NamedTuple):
    """A stakeholder group as respondents choose it."""

    id: int
    code: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str


def survey_now(code: str) -> SurveyNow | None:
    """The survey with this code."""
    with connection.cursor() as cursor:
        cursor.execute(_SURVEY, [code])
        row = cursor.fetchone()
    return None if row is None else SurveyNow(*row[:9], *map(utc, row[9:]))


def groups_now(cycle_id: int) -> tuple[GroupNow, ...]:
    """The groups of a cycle, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [cycle_id])
        return tuple(GroupNow(*row) for row in cursor.fetchall())
