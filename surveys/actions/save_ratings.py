"""Save answers into a draft."""

from collections.abc import Mapping
from uuid import UUID

from materiality.scoring.codes import NOT_ASKED
from surveys.queries.drafts_in_use import ratings_now, replace_ratings

_TRIES = 20


def save_ratings(
    *, key: UUID, known: bytes, answers: Mapping[int, int] | None = None, comment: str | None = None
) -> bytes | None:
    """Put codes at their positions, and the comment unless None; returns the ratings as stored.

    `known` is the vector as it was read. One UPDATE that holds only while the row is still so: another tab's save in
    between is read and kept. None where the draft is finished or gone. Items that are not asked stay so. Saving the
    same twice changes nothing. No audit event, as in all of a respondent's actions.
    """
    for _try in range(_TRIES):
        ratings = _merged(known, answers or {})
        if ratings == known and comment is None:
            return ratings
        if replace_ratings(key, known, ratings, comment):
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
