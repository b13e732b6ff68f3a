"""What a survey holds, as one row says: numbers and additive keyed hashes of its responses, comments and answers.

The row changes in the transaction that writes them and keeps no history. A hash is the sum, modulo 2^256, of an HMAC of
each row, so that it takes the same time whatever is there already; who has no audit key can make neither a row's part
nor the seal over the sums.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from materiality.models import KeyCheck
from materiality.platform.audit import AUDIT_KEY
from materiality.platform.keys import KeyMissing, begun_with, derived, installation_key, read_key, signed
from materiality.platform.statements import changed, one_row
from surveys.models import AnonymousAnswer, AnonymousComment, Holding, Response, Survey

TABLES_HELD: dict[type[Model], str] = {
    Response: "responses",
    AnonymousComment: "comments",
    AnonymousAnswer: "answers",
}
_COLUMNS_HELD = {
    Response: (
        *("id", "group_id", "channel", "language", "token", "started_at", "submitted_at", "unfinished", "consent"),
        *(
            "comment",
            "ratings",
            "profile",
            "attention",
            "notice_version",
            "seconds_per_item",
            "overruled",
            "named",
            "flags",
        ),
    ),
    AnonymousComment: ("id", "text"),
    AnonymousAnswer: ("id", "question", "answer"),
}
_PROFILE_AT = _COLUMNS_HELD[Response].index("profile")
_MODULUS = 1 << 256
_CHUNK = 5_000
FLAGS_HELD = "flags"
# In what an event says of a survey: from then on it has a row.
HELD_SINCE = "held"
NOTHING_HELD = {name: [0, "0"] for name in (*TABLES_HELD.values(), FLAGS_HELD)}


def holding_key(survey_pk: int) -> bytes:
    """The key of one survey's hashes; KeyMissing without the audit key."""
    return _key_of(survey_pk, installation_key(AUDIT_KEY))


@lru_cache(maxsize=64)
def _key_of(survey_pk: int, audit_key: bytes) -> bytes:
    return derived(audit_key, "holdings", str(survey_pk).encode())


class Sums:
    """Numbers and sums as they are added up: {name: [number, sum]}."""

    def __init__(self, key: bytes, figures: dict[str, list] = NOTHING_HELD) -> None:
        self._with_key = begun_with(key)
        self._sums = {name: [number, int(text, 16)] for name, (number, text) in figures.items()}

    def count(self, found: QuerySet, sign: int = 1) -> None:
        """Add the rows that are found, or with -1 take them off."""
        for rows in _plain_rows(found):
            self.count_rows(found.model, rows, sign)

    def count_rows(self, model: type[Model], rows: Iterable[Sequence], sign: int = 1) -> None:
        """The same of plain rows with the columns of `_COLUMNS_HELD`."""
        of_response = model is Response
        # SQLite gives plain values: asking each what it is would take half of the time.
        plain = list if connection.vendor == "sqlite" else _plain_row
        number, total = self._sums[TABLES_HELD[model]]
        for row in rows:
            values = plain(row)
            if of_response:
                values[_PROFILE_AT] = _json(values[_PROFILE_AT])
                self.count_flags(values[0], values.pop(), sign)
                # A row without them has the hash that it had before there was the ranking step.
                if (named := _json(values.pop())) != "[]":
                    values.append(named)
            total += sign * self._hash(values)
            number += sign
        self._sums[TABLES_HELD[model]] = [number, total % _MODULUS]

    def count_flags(self, pk: Any, flags: int, sign: int = 1) -> None:
        """Add the flags of one response; without flags it adds nothing."""
        if flags:
            own = self._sums[FLAGS_HELD]
            own[0] += sign
            own[1] = (own[1] + sign * self._hash([FLAGS_HELD, _plain(pk), int(flags)])) % _MODULUS

    def _hash(self, values: list) -> int:
        return int.from_bytes(signed(self._with_key, repr(values).encode()), "big")

    def figures(self) -> dict[str, list]:
        """As the row keeps them."""
        return {name: [number, f"{total:x}"] for name, (number, total) in self._sums.items()}


def seal_of(key: bytes, figures: dict[str, list]) -> str:
    """The HMAC over all figures."""
    return hmac.digest(key, json.dumps(figures, sort_keys=True).encode(), "sha256").hex()


_LOCKED = """
SELECT h.figures, k.fingerprint FROM surveys_holding h LEFT JOIN materiality_keycheck k ON k.purpose = %s
WHERE h.survey_id = %s
"""
_STORE = "UPDATE surveys_holding SET figures = %s, seal = %s WHERE survey_id = %s"


@contextmanager
def holdings_of(survey_pk: int) -> Iterator[Sums | None]:
    """The survey's sums, locked, to be changed with what the block writes; call it late in the caller's transaction.

    None where the survey has none: before it opens, and without the audit key. What was written without it is found
    by verify_audit: no answer is refused for the want of that key. Plain SQL: everybody who submits comes by here.
    """
    lock = " FOR UPDATE OF h" if connection.features.has_select_for_update else ""
    figures, fingerprint = one_row(_LOCKED + lock, [AUDIT_KEY, survey_pk]) or (None, None)
    key = b""
    with suppress(KeyMissing):
        key = _key_of(survey_pk, read_key(AUDIT_KEY, fingerprint)) if fingerprint else b""
    if figures is None or not key:
        yield None
        return
    sums = Sums(key, json.loads(figures) if isinstance(figures, str) else figures)
    yield sums
    figures = sums.figures()
    changed(_STORE, [json.dumps(figures), seal_of(key, figures), survey_pk])


def hold_response(survey_pk: int, values: Mapping[str, object]) -> None:
    """Add one response, in the caller's transaction, that it has written with these values by column."""
    with holdings_of(survey_pk) as sums:
        if sums:
            sums.count_rows(Response, [[_given_back(values[name]) for name in _COLUMNS_HELD[Response]]])


def hold(survey_pk: int, *found: QuerySet) -> None:
    """Rows that the caller's transaction has written are held from now on."""
    with holdings_of(survey_pk) as sums:
        for rows in found if sums else ():
            sums.count(rows)


@contextmanager
def flags_change(survey_pk: int, found: QuerySet) -> Iterator[None]:
    """The block changes flags of these responses, and nothing else of them."""
    with holdings_of(survey_pk) as sums:
        rows = found.order_by().values_list("pk", "flags")
        for pk, flags in rows if sums else ():
            sums.count_flags(pk, flags, -1)
        yield
        for pk, flags in rows.all() if sums else ():
            sums.count_flags(pk, flags)


def hold_all(survey_pk: int) -> Holding:
    """Make the survey's row from what is stored now; as it is, where it has one. KeyMissing without the audit key."""
    row = Holding.objects.filter(survey=survey_pk).first()
    if row is not None:
        return row
    key = holding_key(survey_pk)
    sums = Sums(key)
    for model in TABLES_HELD:
        sums.count(model._base_manager.filter(survey=survey_pk))
    figures = sums.figures()
    fingerprint = KeyCheck.objects.values_list("fingerprint", flat=True).get(purpose=AUDIT_KEY)
    return Holding.objects.create(survey_id=survey_pk, figures=figures, seal=seal_of(key, figures), key=fingerprint)


def held_now(surveys: Iterable[Survey]) -> dict[str, dict[str, Any]]:
    """What runs and anchors keep of each survey's row: the seal, and but for an open anonymous survey the figures."""
    rows = Holding.objects.filter(survey__in=surveys).select_related("survey").order_by("survey__code")
    return {row.survey.code: {"seal": row.seal} | ({} if _hidden(row.survey) else row.figures) for row in rows}


def _hidden(survey: Survey) -> bool:
    return survey.anonymous and survey.state == Survey.State.OPEN


def _plain_rows(found: QuerySet) -> Iterator[list[tuple]]:
    try:
        sql, parameters = found.order_by().values_list(*_COLUMNS_HELD[found.model]).query.sql_with_params()
    except EmptyResultSet:  # nothing is asked for
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _plain_row(row: Sequence) -> list:
    return list(map(_plain, row))


def _plain(value: Any) -> Any:
    """The value as both databases give it: keys as digits, moments as SQLite writes them, truth as a number."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value


def _given_back(value: Any) -> Any:
    """The value as the database gives it back; of what `_plain` knows SQLite keeps moments and truth."""
    if isinstance(value, datetime) and connection.vendor == "sqlite":
        return value.astimezone(UTC).replace(tzinfo=None)
    return value.hex if isinstance(value, UUID) else value


def _json(value: Any) -> str:
    return _json_text(value) if isinstance(value, str) else json.dumps(value, sort_keys=True) if value != {} else ""


@lru_cache(maxsize=5_000)  # many responses say the same
def _json_text(text: str) -> str:
    return "" if text == "{}" else json.dumps(json.loads(text), sort_keys=True)
