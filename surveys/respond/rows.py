"""The answers in progress of one respondent, read together with where the survey stands, and written.

Every page of every respondent asks this one query, and every save this one update. They are plain SQL because putting
them together in the ORM takes four times as long as running them (0.4 ms each of a page's 1 ms).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from materiality.platform.bilingual import languages_of, suffix_of
from materiality.platform.commits import changed_for_good
from materiality.platform.keys import INSTALLATION, read_key
from materiality.platform.statements import all_rows, changed, one_row
from materiality.platform.storage import utc
from surveys.invitations.links import secret_of
from surveys.invitations.used_links import PER_BLOCK, bit_is_set, is_used
from surveys.models import Notice, Survey
from surveys.questionnaire.responses import named_apart
from surveys.questionnaire.saving import History
from surveys.questionnaire.screening import Rules
from surveys.questionnaire.tokens import is_genuine, parse_token
from surveys.respond.keys import order_of
from surveys.respond.sealed import ASKER, WINDOW, Box, as_read, find_sealed, opened_again, write_sealed

_READ = f"""
SELECT d.key, d.survey_id, d.group_id, d.ratings, d.comment, d.profile, d.attention, d.page, d.counted, d.batch_id,
       d.started_at, d.history, {ASKER}, s.opened_at, s.state, s.opens_at, s.closes_at, s.closed_at
FROM surveys_draft d JOIN surveys_survey s ON s.id = d.survey_id
"""
_BY_KEY = _READ + "WHERE d.key = %s AND s.code = %s"
_BY_LINK = _READ + "WHERE d.batch_id = %s AND d.serial = %s AND s.code = %s"
_AGAIN = _READ + "WHERE d.key = %s"
_INSERT_DRAFT = """
INSERT INTO surveys_draft (key, survey_id, group_id, channel, language, batch_id, serial, ratings, comment, profile,
       attention, notice_version, page, counted, started_at, history)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '{}', %s, %s, 0, %s, %s, %s)
"""
_WRITE = """
UPDATE surveys_draft SET ratings = %s, comment = %s, profile = %s, attention = %s, page = %s, saved_at = %s,
       history = %s
WHERE key = %s AND history = %s
"""


class DraftInUse(NamedTuple):
    """A draft and its survey's state; `key` opens it again (a box where it is sealed), `order` is what the order of its
    pages follows from, `ratings` a byte per item, `page` the furthest that was saved, times in UTC.
    """

    key: UUID | Box
    order: bytes
    survey_id: int
    group_id: int
    ratings: bytes
    comment: str
    profile: dict
    attention: int | None
    page: int
    counted: bool
    batch_id: int | None
    started_at: datetime
    history: History
    asker: str | None
    opened_at: datetime
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None

    @property
    def secret(self) -> str:
        """What the respondent's browser keeps to come back."""
        return self.key.hex if isinstance(self.key, UUID) else self.key.secret


def draft_in_use(key: UUID, survey_code: str) -> DraftInUse | None:
    return _one(_BY_KEY, [key, survey_code], key)


def draft_of_link(batch_id: int, serial: int, survey_code: str) -> DraftInUse | None:
    """The draft that was begun by this personal link."""
    return _one(_BY_LINK, [batch_id, serial, survey_code])


def sealed_in_use(secret: str, survey_code: str) -> DraftInUse | None:
    """The answers to an anonymous survey that were begun with this link or cookie; None also once they are finished."""
    found = find_sealed(survey_code, secret)
    if found is None or found[2] is None:
        return None
    survey, (group, page, counted), box = found
    held = box.contents
    return DraftInUse(
        key=box,
        order=order_of(survey.key, secret),
        survey_id=survey.id,
        group_id=group,
        ratings=held.ratings,
        comment=held.comment,
        profile=held.profile,
        attention=held.attention,
        page=page,
        counted=counted,
        batch_id=held.batch_id,
        started_at=held.started_at,
        history=held.history,
        asker=survey.asker,
        opened_at=survey.opened_at,
        state=survey.state,
        opens_at=survey.opens_at,
        closes_at=survey.closes_at,
        closed_at=survey.closed_at,
    )


class NewDraft(NamedTuple):
    """A draft in which nothing is answered yet."""

    key: UUID
    survey_id: int
    group_id: int
    channel: str
    language: str
    batch_id: int | None
    serial: int | None
    ratings: bytes
    attention: int | None
    notice_version: int
    counted: bool
    started_at: datetime


def insert_draft(draft: NewDraft) -> None:
    """Store it; IntegrityError where its link has one."""
    changed(_INSERT_DRAFT, [*draft, b""])


def again(draft: DraftInUse) -> DraftInUse | None:
    """The draft as it is stored now; None where it is submitted or gone."""
    if isinstance(draft.key, UUID):
        return _one(_AGAIN, [draft.key], draft.key)
    box = opened_again(draft.key)
    return box and _from_box(draft, box)


def write_answers(draft: DraftInUse, fields: dict[str, object], *, page: int, at: datetime) -> DraftInUse | None:
    """Store these fields in place of the draft's, if it is still as it was read; what stands there then."""
    if not isinstance(draft.key, UUID):
        box = write_sealed(draft.key, draft.key.contents._replace(**fields), page=page, at=at)
        return box and _from_box(draft, box)._replace(page=page)
    new = draft._replace(**fields, page=page)
    profile = json.dumps(new.profile, ensure_ascii=False)
    values = [new.ratings, new.comment, profile, new.attention, page, at, new.history.pack()]
    values += [draft.key, _packed(draft.history)]
    return new if changed_for_good(_WRITE, values) == 1 else None


def _packed(history: History) -> bytes:
    """As it is stored: of answers that nobody has touched there is none."""
    return history.pack() if history.versions else b""


def _from_box(draft: DraftInUse, box: Box) -> DraftInUse:
    held = box.contents
    return draft._replace(
        key=box, ratings=held.ratings, comment=held.comment, profile=held.profile, attention=held.attention,
        history=held.history,
    )  # fmt: skip


def _one(sql: str, values: list, known: UUID | None = None) -> DraftInUse | None:
    row = one_row(sql, values)
    if row is None:
        return None
    key, survey, group, ratings, comment, profile, attention, page, counted, batch, started, history, *rest = row
    asker, opened, state, *ends = rest
    key = known or (key if isinstance(key, UUID) else UUID(key))
    return DraftInUse(
        key,
        key.bytes,
        survey,
        group,
        bytes(ratings),
        comment,
        _json(profile),
        attention,
        page,
        bool(counted),
        batch,
        utc(started),
        History.unpack(bytes(history)),
        asker,
        utc(opened),
        state,
        *map(utc, ends),
    )


_TAKE = """
SELECT d.survey_id, d.group_id, d.channel, d.batch_id, d.serial, d.ratings, d.comment, d.profile, d.attention,
       d.notice_version, d.started_at, d.history, g.code, s.opened_at, s.state, s.opens_at, s.closes_at, s.closed_at,
       s.rules, s.attention_value, s.rules_version
FROM surveys_draft d
JOIN surveys_survey s ON s.id = d.survey_id
JOIN materiality_group g ON g.id = d.group_id
WHERE d.key = %s
"""
_FINISHED = (
    "id", "survey_id", "group_id", "channel", "language", "token", "started_at", "submitted_at", "unfinished",
    "consent", "comment", "ratings", "profile", "named", "attention", "notice_version", "seconds_per_item", "flags",
    "overruled", "overruled_reason",
)  # fmt: skip
_INSERT_FINISHED = f"""
INSERT INTO surveys_response ({", ".join(_FINISHED)}) VALUES ({", ".join(["%s"] * len(_FINISHED))})
"""


class FinishedDraft(NamedTuple):
    """What is made into a response, and its survey's state; `ratings` a byte per item, times in UTC."""

    survey_id: int
    group_id: int
    channel: str
    batch_id: int | None
    serial: int | None
    ratings: bytes
    comment: str
    profile: dict
    attention: int | None
    notice_version: int
    started_at: datetime
    history: History
    group_code: str
    opened_at: datetime
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    rules: Rules
    attention_value: int
    rules_version: int

    @property
    def token(self) -> str:
        """How a response names the personal link that it came by; empty for an open link."""
        return "" if self.batch_id is None else f"{self.batch_id}-{self.serial}"


def draft_to_finish(key: UUID) -> FinishedDraft | None:
    """The draft with this key; None where there is none (any more)."""
    row = one_row(_TAKE, [key])
    if row is None:
        return None
    found = FinishedDraft(*row)
    return found._replace(
        ratings=bytes(found.ratings),
        profile=_json(found.profile),
        rules=_rules(found.rules if isinstance(found.rules, str) else json.dumps(found.rules)),
        started_at=utc(found.started_at),
        history=History.unpack(bytes(found.history)),
        opened_at=utc(found.opened_at),
        opens_at=utc(found.opens_at),
        closes_at=utc(found.closes_at),
        closed_at=utc(found.closed_at),
    )


_DELETE = "DELETE FROM surveys_draft WHERE key = %s AND history = %s AND "
_DECIDING = (*WINDOW, "rules_version")


def delete_draft(key: UUID, read: FinishedDraft) -> bool:
    """Delete a draft, on which nothing hangs, if its answers are as they were read, and so is what refuses and flags
    them; else False.
    """
    stands, values = as_read(read.survey_id, {name: getattr(read, name) for name in _DECIDING})
    return changed(_DELETE + stands, [key, _packed(read.history), *values]) == 1


def insert_response(
    key: UUID, draft: FinishedDraft, *, language: str, submitted_at: datetime, flags: int
) -> dict[str, object]:
    """Store the response that a draft becomes, with consent and finished; its values by column, JSON as text."""
    values = [key, draft.survey_id, draft.group_id, draft.channel]
    values += [language, draft.token, draft.started_at, submitted_at, False, True, draft.comment]
    profile, named = named_apart(draft.profile)
    values += [draft.ratings, json.dumps(profile, ensure_ascii=False), json.dumps(named)]
    values += [draft.attention, draft.notice_version, None, flags, 0, ""]
    changed(_INSERT_FINISHED, values)
    return dict(zip(_FINISHED, values, strict=True))


@lru_cache(maxsize=32)
def _rules(text: str) -> Rules:
    return Rules.from_json(json.loads(text))


def _json(value: object) -> dict:
    """JSON comes as text from a plain cursor."""
    if value == "{}":  # of most
        return {}
    return json.loads(value) if isinstance(value, str) else value


_SQL = f"""
SELECT batch.salt, batch.size, batch.survey_id, batch.group_id, own.code, batch.channel, used.bits, survey.anonymous,
       (SELECT fingerprint FROM materiality_keycheck WHERE purpose = '{INSTALLATION}')
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
    token: str
    anonymous: bool


def link_now(token: str, survey_code: str) -> LinkNow | None:
    """The link of this token in this survey; None where it is malformed, forged, void or of another survey.

    One query for it, plain SQL, and its key: every page of a respondent with a personal link begins with it.
    """
    link = parse_token(token)
    if link is None:
        return None
    row = one_row(_SQL, [link.serial // PER_BLOCK, link.batch, survey_code])
    if row is None:
        return None
    salt, size, survey_id, group_id, group_code, channel, bits, anonymous, key = row
    if not is_genuine(link, secret_of(salt, read_key(INSTALLATION, key))) or link.serial >= size:
        return None
    used = bits is not None and bit_is_set(bits, link.serial)
    if anonymous and not used:
        used = _is_finished(token.lower(), survey_code) or is_used(link.batch, link.serial)
    return LinkNow(
        link.batch, link.serial, survey_id, group_id, group_code, channel, used, token.lower(), bool(anonymous)
    )


def _is_finished(token: str, survey_code: str) -> bool:
    """Whether answers by this link wait for their release; the link's bit is set only then, so look there once more."""
    found = find_sealed(survey_code, token)
    return found is not None and found[2] is None


def notice_texts(survey: Survey) -> dict[str, str]:
    """The version that is shown now, empty where there is none: {"notice_zh": …, "notice_en": …}."""
    row = Notice.objects.filter(survey=survey, version=survey.notice_version).first()
    texts = row.text.texts if row else {}
    languages = dict.fromkeys([*languages_of(survey), *texts])
    return {f"notice_{suffix_of(language)}": texts.get(language, "") for language in languages}


_SURVEY = f"""
SELECT s.id, s.cycle_id, s.code, s.state, s.anonymous, s.several_per_browser, s.languages, s.title, s.thanks, n.text,
       {ASKER},
       s.drafts_kept_days, s.recipients_kept_days, s.notice_version, s.split, s.attention, s.key_check, s.zone,
       s.opened_at, s.opens_at, s.closes_at, s.closed_at
FROM surveys_survey s
LEFT JOIN surveys_notice n ON n.survey_id = s.id AND n.version = s.notice_version
WHERE s.code = %s AND NOT s.elsewhere
"""
_GROUPS = """
SELECT id, code, name, definition
FROM materiality_group WHERE cycle_id = %s ORDER BY "order", code
"""


class SurveyNow(NamedTuple):
    """A survey's state and times, in UTC, and what may change while it is open. While it says the same it is the same:
    what follows from it is kept by it.
    """

    id: int
    cycle_id: int
    code: str
    state: str
    anonymous: bool
    several_per_browser: bool
    languages: list[str]
    title: dict[str, str]
    thanks: dict[str, str]
    notice: dict[str, str]
    asker: dict[str, str]
    drafts_kept_days: int
    recipients_kept_days: int
    notice_version: int
    split: bool
    attention: bool
    key_check: str
    zone: str
    opened_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None

    __hash__ = object.__hash__


_TEXTS = slice(6, 11)  # of the row: languages, title, thanks, notice and the organisation's name, as JSON


class GroupNow(NamedTuple):
    """A stakeholder group as respondents choose it; the same while it says the same."""

    id: int
    code: str
    name: dict[str, str]
    definition: dict[str, str]

    __hash__ = object.__hash__


def survey_now(code: str) -> SurveyNow | None:
    """The survey with this code; one that was answered elsewhere has no address."""
    row = one_row(_SURVEY, [code])
    return row and _survey_in(row)


@lru_cache(maxsize=64)
def _survey_in(row: tuple) -> SurveyNow:
    texts = map(read_texts, row[_TEXTS])
    return SurveyNow(*row[: _TEXTS.start], *texts, *row[_TEXTS.stop : -4], *map(utc, row[-4:]))


def groups_now(cycle_id: int) -> tuple[GroupNow, ...]:
    """The groups of a cycle, in their order."""
    return tuple(map(_group_in, all_rows(_GROUPS, [cycle_id])))


@lru_cache(maxsize=1024)
def _group_in(row: tuple) -> GroupNow:
    pk, code, *texts = row
    return GroupNow(pk, code, *map(read_texts, texts))


@lru_cache(maxsize=1024)
def read_texts(text: str | None) -> dict | list:
    """JSON that is the same for everybody and changed by nobody."""
    return json.loads(text or "{}")
