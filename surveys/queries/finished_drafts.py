"""The draft that is being submitted, and the response it becomes (plain SQL for the reason given in drafts_in_use)."""

import json
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from surveys.arrays import utc
from surveys.models import Draft, Response
from surveys.questionnaire.rules import Rules

_TAKE = """
SELECT d.survey_id, d.group_id, g.code, d.channel, d.batch_id, d.serial, d.ratings, d.comment, d.profile, d.attention,
       d.notice_version, d.started_at, s.state, s.opens_at, s.closes_at, s.closed_at, s.anonymous, s.zone, s.rules,
       s.attention_value
FROM surveys_draft d
JOIN surveys_survey s ON s.id = d.survey_id
JOIN materiality_group g ON g.id = d.group_id
WHERE d.key = %s
"""
_INSERT = """
INSERT INTO surveys_response (id, survey_id, group_id, channel, language, token, started_at, submitted_at, unfinished,
       consent, comment, ratings, profile, attention, notice_version, flags, overruled, overruled_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '')
"""


class FinishedDraft(NamedTuple):
    """What is made into a response, and its survey's state; `ratings` a byte per item, times in UTC."""

    survey_id: int
    group_id: int
    group_code: str
    channel: str
    batch_id: int | None
    serial: int | None
    ratings: bytes
    comment: str
    profile: dict
    attention: int | None
    notice_version: int
    started_at: datetime
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    anonymous: bool
    zone: str
    rules: Rules
    attention_value: int

    @property
    def token(self) -> str:
        """How a response names the personal link that it came by; empty for an open link."""
        return "" if self.batch_id is None else f"{self.batch_id}-{self.serial}"


def take_draft(key: UUID) -> FinishedDraft | None:
    """The draft with this key, locked to the end of the transaction; None where there is none (any more)."""
    lock = " FOR UPDATE OF d" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE + lock, [_stored(key)])
        row = cursor.fetchone()
    if row is None:
        return None
    found = FinishedDraft(*row)
    return found._replace(
        ratings=bytes(found.ratings),
        profile=_json(found.profile),
        rules=_rules(found.rules if isinstance(found.rules, str) else json.dumps(found.rules)),
        anonymous=bool(found.anonymous),
        started_at=utc(found.started_at),
        opens_at=utc(found.opens_at),
        closes_at=utc(found.closes_at),
        closed_at=utc(found.closed_at),
    )


def delete_draft(key: UUID) -> None:
    """Delete a draft; nothing hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM surveys_draft WHERE key = %s", [_stored(key)])


def insert_response(key: UUID, draft: FinishedDraft, *, language: str, submitted_at: datetime, flags: int) -> None:
    """Store the response that a draft becomes, with consent and finished."""
    moment = connection.ops.adapt_datetimefield_value
    values = [Response._meta.pk.get_db_prep_value(key, connection), draft.survey_id, draft.group_id, draft.channel]
    values += [language, draft.token, moment(draft.started_at), moment(submitted_at), False, True, draft.comment]
    values += [draft.ratings, json.dumps(draft.profile, ensure_ascii=False), draft.attention, draft.notice_version]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*values, flags])


@lru_cache(maxsize=32)
def _rules(text: str) -> Rules:
    return Rules.from_json(json.loads(text))


def _json(value: object) -> dict:
    """JSON comes as text from a plain cursor."""
    return json.loads(value) if isinstance(value, str) else value


def _stored(key: UUID) -> object:
    return Draft._meta.pk.get_db_prep_value(key, connection)
