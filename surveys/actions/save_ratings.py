"""Save answers into a draft."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from materiality.scoring.codes import NOT_ASKED
from surveys.queries.drafts_in_use import Saving, ratings_now, replace_answers

_TRIES = 20


def save_ratings(
    *,
    key: UUID,
    known: bytes,
    answers: Mapping[int, int] | None = None,
    page: int = 0,
    comment: str | None = None,
    profile: dict | None = None,
    attention: int | None = None,
    now: datetime | None = None,
) -> bytes | None:
    """Put codes at their positions; the comment, profile answers and attention answer unless None; `page` is the
    furthest page saved so far. Returns the ratings as stored.

    `known` is the vector as it was read. One UPDATE that holds only while the row is still so: another tab's save in
    between is read and kept. None where the draft is submitted or gone. Items that are not asked stay so. Saving the
    same twice changes nothing but the time. No audit event, as in all of a respondent's actions.
    """
    saving = Saving(page, now or timezone.now(), comment, profile, attention)
    for _try in range(_TRIES):
        ratings = _merged(known, answers or {})
        if replace_answers(key, known, ratings, saving):
            return ratings
        known = ratings_now(key)
        if known is None:
            return None
    raise RuntimeError("a draft was changed by others on every try")


def _merged(known: bytes, answers: Mapping[int, int]) -> bytes:
    ratings = bytearray(known)
    for position, code in answers.items():
        if ratings[position] != NOT_ASKED:
            ratings[position] = code
    return bytes(ratings)
