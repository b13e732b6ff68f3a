"""Where a survey stands now and who may answer it, in plain SQL for the reason given in drafts_in_use."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from surveys.arrays import utc

_SURVEY = """
SELECT s.id, s.cycle_id, s.code, s.state, s.anonymous, s.several_per_browser, s.title_zh, s.title_en, s.thanks_zh,
       s.thanks_en, s.drafts_kept_days, s.recipients_kept_days, s.notice_version, COALESCE(n.text_zh, ''),
       COALESCE(n.text_en, ''), s.split, s.attention, s.zone, s.opened_at, s.opens_at, s.closes_at, s.closed_at
FROM surveys_survey s
LEFT JOIN surveys_notice n ON n.survey_id = s.id AND n.version = s.notice_version
WHERE s.code = %s
"""
_GROUPS = """
SELECT id, code, name_zh, name_en, definition_zh, definition_en
FROM materiality_group WHERE cycle_id = %s ORDER BY "order", code
"""


class SurveyNow(NamedTuple):
    """A survey's state and times, in UTC, and what may change while it is open."""

    id: int
    cycle_id: int
    code: str
    state: str
    anonymous: bool
    several_per_browser: bool
    title_zh: str
    title_en: str
    thanks_zh: str
    thanks_en: str
    drafts_kept_days: int
    recipients_kept_days: int
    notice_version: int
    notice_zh: str
    notice_en: str
    split: bool
    attention: bool
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
    return None if row is None else SurveyNow(*row[:-4], *map(utc, row[-4:]))


def groups_now(cycle_id: int) -> tuple[GroupNow, ...]:
    """The groups of a cycle, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [cycle_id])
        return tuple(GroupNow(*row) for row in cursor.fetchall())
