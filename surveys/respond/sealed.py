"""Answers in progress of an anonymous survey: found by a keyed hash of the link or cookie, sealed with it and the key.

Neither the database nor a list of links opens them, nor the key alone; docs/privacy.md says which key does what. Plain
SQL, as every page of a respondent comes by here.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from secrets import randbits
from typing import NamedTuple

import numpy as np
from django.db import connection

from materiality.platform.commits import changed_for_good
from materiality.platform.keys import KeyMissing, seal, unseal
from materiality.platform.statements import changed, one_row
from materiality.platform.storage import utc
from surveys.models import SealedDraft
from surveys.models.responses import random_id
from surveys.queries.questionnaire import Questionnaire, questionnaire_of
from surveys.questionnaire.contents import Contents, pack, pack_issues, unpack, unpack_issues
from surveys.questionnaire.responses import ResponseColumns
from surveys.respond.keys import key_of, key_of_finished, key_of_parts, key_with, lookup_of, opener_of

# As staff say it, in JSON.
ASKER = "(SELECT name FROM materiality_organisation WHERE id = 1)"
# What decides whether answers are taken.
WINDOW = ("state", "opens_at", "closes_at", "closed_at")
_SURVEY = "SELECT id, key_check FROM surveys_survey WHERE code = %s AND anonymous AND key_check <> ''"
_ROW = f"""
SELECT d.id, d.group_id, d.page, d.counted, d.version, d.state, d.sealed,
       s.id, s.key_check, {ASKER}, s.opened_at, s.state, s.opens_at, s.closes_at, s.closed_at
FROM surveys_sealeddraft d JOIN surveys_survey s ON s.id = d.survey_id
WHERE d.survey_id = %s AND d.lookup = %s AND s.key_check = %s
"""
_OWN = 7  # columns of the draft; the survey's follow
_AGAIN = """
SELECT d.version, d.state, d.sealed, s.state, s.opens_at, s.closes_at, s.closed_at
FROM surveys_sealeddraft d JOIN surveys_survey s ON s.id = d.survey_id
WHERE d.id = %s
"""
_INSERT = """
INSERT INTO surveys_sealeddraft (id, survey_id, group_id, channel, page, state, version, counted, lookup, sealed, part,
       begun_on, saved_at)
VALUES (%s, %s, %s, %s, 0, 'begun', 0, %s, %s, %s, %s, %s, %s)
"""
_SAVE = """
UPDATE surveys_sealeddraft SET sealed = %s, page = %s, saved_at = %s, version = %s
WHERE id = %s AND version = %s AND state = 'begun'
"""
_FINISH = """
UPDATE surveys_sealeddraft SET sealed = %s, part = %s, state = 'finished', saved_at = %s, version = 0
WHERE id = %s AND version = %s AND state = 'begun' AND
"""


class SealedSurvey(NamedTuple):
    """An opened anonymous survey, its key and where it stands."""

    id: int
    key: bytes
    asker: str | None
    opened_at: datetime
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


class Box(NamedTuple):
    """A sealed draft in progress with what opens it: the survey's key and what the respondent has (`secret`); `lookup`
    and `opener` follow from them.
    """

    survey: SealedSurvey
    questionnaire: Questionnaire
    secret: str
    lookup: bytes
    opener: bytes
    row: int
    version: int
    contents: Contents


def _survey_in(row: Sequence) -> SealedSurvey:
    pk, check, asker, opened, state, *ends = row
    return SealedSurvey(pk, key_with(check), asker, utc(opened), state, *map(utc, ends))


def find_sealed(code: str, secret: str) -> tuple[SealedSurvey, tuple, Box | None] | None:
    """The survey, (group, page, counted) and the box of the draft, None for the box once it is finished; None without a
    draft. KeyMissing.
    """
    found = _row_of(code, secret)
    if found is None:
        return None
    lookup, row = found
    (pk, group, page, counted, version, state, sealed), survey = row[:_OWN], _survey_in(row[_OWN:])
    known = (group, page, bool(counted))
    if state != SealedDraft.State.BEGUN:
        return survey, known, None
    opener = opener_of(survey.key, secret)
    contents = unpack(unseal(opener, bytes(sealed), lookup))
    questionnaire = questionnaire_of(survey.id, survey.opened_at)
    return survey, known, Box(survey, questionnaire, secret, lookup, opener, pk, version, contents)


# Key and fingerprint of surveys by their codes, so that most saves ask the database once; each answer is checked.
_known: dict[str, tuple[int, str]] = {}
_MOST_KNOWN = 1024


def _row_of(code: str, secret: str) -> tuple[bytes, tuple] | None:
    """By what the draft is found, and its row with its survey's."""
    # Of a survey that was made anew, or whose key is away by now, the database is asked again.
    with suppress(KeyMissing):
        if code in _known and (row := _look(*_known[code], secret)):
            return row
    _known.pop(code, None)
    survey = one_row(_SURVEY, [code])
    if survey is None:
        return None
    if len(_known) < _MOST_KNOWN:
        _known[code] = survey
    return _look(*survey, secret)


def _look(survey_id: int, check: str, secret: str) -> tuple[bytes, tuple] | None:
    lookup = lookup_of(key_with(check), secret)
    row = one_row(_ROW, [survey_id, lookup, check])
    return row and (lookup, row)


def insert_sealed(
    questionnaire: Questionnaire,
    secret: str,
    contents: Contents,
    *,
    group_id: int,
    channel: str,
    issues: list[int] | None,
) -> None:
    """Store a draft in which nothing is answered yet; IntegrityError where the link or cookie has one. KeyMissing.

    `issues` is the part of a split survey.
    """
    key = key_of(questionnaire.survey)
    lookup = lookup_of(key, secret)
    sealed = seal(opener_of(key, secret), pack(contents, questionnaire.sealed_size), lookup)
    part = b"" if issues is None else seal_part(key, issues, len(questionnaire.issues), lookup)
    begun = contents.started_at
    values = [random_id(), questionnaire.survey.pk, group_id, channel, issues is not None, lookup, sealed, part]
    values += [begun.date(), begun]
    changed(_INSERT, values)


def opened_again(box: Box) -> Box | None:
    """The draft as it is stored now; None where it is finished or gone."""
    row = one_row(_AGAIN, [box.row])
    if row is None or row[1] != SealedDraft.State.BEGUN:
        return None
    version, _state, sealed, state, *ends = row
    survey = box.survey._replace(**dict(zip(WINDOW, [state, *map(utc, ends)], strict=True)))
    return box._replace(survey=survey, version=version, contents=unpack(unseal(box.opener, bytes(sealed), box.lookup)))


def write_sealed(box: Box, contents: Contents, *, page: int, at: datetime) -> Box | None:
    """Seal the contents anew; None where somebody else has saved or finished since the box was opened."""
    sealed = seal(box.opener, pack(contents, box.questionnaire.sealed_size), box.lookup)
    # At random: a count of saves would tell how much somebody answered.
    version = 1 + randbits(30)
    values = [sealed, page, at, version, box.row, box.version]
    return box._replace(version=version, contents=contents) if changed_for_good(_SAVE, values) == 1 else None


def finish_sealed(box: Box, contents: Contents, *, at: datetime) -> bool:
    """Seal the contents with the survey's key alone, in the same row, which is finished from then on; False where it,
    or the survey's WINDOW, is not as it was when the box was opened.
    """
    sealed = seal_finished(box.survey.key, contents, box.questionnaire.sealed_size, box.lookup)
    stands, read = as_read(box.survey.id, {name: getattr(box.survey, name) for name in WINDOW})
    values = [sealed, b"", at, box.row, box.version]
    return changed_for_good(_FINISH + stands, [*values, *read]) == 1


def as_read(survey_id: int, read: Mapping[str, object]) -> tuple[str, list[object]]:
    """The condition, and its values, that these columns of a survey hold what was read, so that nothing is refused,
    flagged or taken by what staff have changed in between.

    On PostgreSQL it holds until the transaction ends for those who lock the row as a whole; others do not wait.
    """
    columns = ["id = %s", *(f"{name} IS NULL" if value is None else f"{name} = %s" for name, value in read.items())]
    kept = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    values = [survey_id, *(value for value in read.values() if value is not None)]
    return f"EXISTS (SELECT 1 FROM surveys_survey WHERE {' AND '.join(columns)}{kept})", values


def seal_finished(key: bytes, contents: Contents, size: int, lookup: bytes) -> bytes:
    """Finished answers, for the release."""
    return seal(key_of_finished(key), pack(contents, size), lookup)


def unseal_finished(key: bytes, row: SealedDraft) -> Contents:
    """CannotOpen, or ValueError for another form."""
    return unpack(unseal(key_of_finished(key), bytes(row.sealed), bytes(row.lookup)))


def finished_columns(rows: Sequence[SealedDraft], contents: Sequence[Contents]) -> ResponseColumns:
    """Finished answers as responses that have not been unlinked yet."""
    return ResponseColumns(
        group=[row.group_id for row in rows],
        channel=[row.channel for row in rows],
        language=[held.language for held in contents],
        started_at=[held.started_at for held in contents],
        submitted_at=[held.submitted_at for held in contents],
        comment=[held.comment for held in contents],
        ratings=np.frombuffer(b"".join(held.ratings for held in contents), np.uint8).reshape(len(rows), -1).copy(),
        profile=[held.profile for held in contents],
        attention=[held.attention for held in contents],
    )


def seal_part(key: bytes, issues: list[int], number: int, lookup: bytes) -> bytes:
    """The issues that a draft was given, so that workers can take them back without reading an answer."""
    return seal(key_of_parts(key), pack_issues(issues, number), lookup)


def unseal_part(key: bytes, row: SealedDraft) -> list[int]:
    """The issues; none where nothing was drawn."""
    return unpack_issues(unseal(key_of_parts(key), bytes(row.part), bytes(row.lookup))) if row.part else []
