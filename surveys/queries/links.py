"""What a personal link stands for at this moment."""

from dataclasses import dataclass

from django.db import connection

from surveys.questionnaire.tokens import is_genuine, parse_token
from surveys.used_links import PER_BLOCK, bit_is_set

_SQL = """
SELECT batch.secret, batch.size, batch.survey_id, batch.group_id, own.code, batch.channel, used.bits
FROM surveys_batch batch
JOIN surveys_survey survey ON survey.id = batch.survey_id
JOIN materiality_group own ON own.id = batch.group_id
LEFT JOIN surveys_usedlinks used ON used.batch_id = batch.id AND used.block = %s
WHERE batch.id = %s AND survey.code = %s
"""


@dataclass(frozen=True)
class LinkNow:
    """A genuine link of a survey: of which batch and group, and whether it has been used."""

    batch_id: int
    serial: int
    survey_id: int
    group_id: int
    group_code: str
    channel: str
    used: bool


def link_now(token: str, survey_code: str) -> LinkNow | None:
    """The link of this token in this survey; None where it is malformed, forged, void or of another survey.

    One query, plain SQL: every page of a respondent with a personal link begins with it.
    """
    link = parse_token(token)
    if link is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [link.serial // PER_BLOCK, link.batch, survey_code])
        row = cursor.fetchone()
    if row is None:
        return None
    secret, size, survey_id, group_id, group_code, channel, bits = row
    if not is_genuine(link, bytes(secret)) or link.serial >= size:
        return None
    used = bits is not None and bit_is_set(bits, link.serial)
    return LinkNow(link.batch, link.serial, survey_id, group_id, group_code, channel, used)
