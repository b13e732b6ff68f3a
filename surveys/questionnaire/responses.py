"""Responses as columns of arrays: from file, form or release to be screened, counted and stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np

from materiality.scoring.cube import DONT_KNOW, SCALE_MAX, SKIPPED
from surveys.questionnaire.ratings import within_plan

MICROSECONDS = 1_000_000
RATINGS = range(1, SCALE_MAX + 1)
# The ranking step: of the issues that somebody rated, the three that matter most, as a set (scoring.md).
MOST_NAMED = 3
# Under this key the codes of the issues travel beside the answers about oneself, until a response is stored; codes of
# profile questions are slugs, so that none can be the same.
NAMED = "*named"
_CHUNK = 1_024
# What stands in every row of a column that is left out.
_BLANK = {
    **dict.fromkeys(("channel", "language", "token", "comment"), ""),
    **dict.fromkeys(("started_at", "submitted_at", "seconds_per_item", "attention", "notice_version")),
}
_SET = {"unfinished": False, "consent": True, "overruled": np.int8(0)}


def named_apart(profile: dict) -> tuple[dict, list[str]]:
    """Answers about oneself without the ranking step, and the codes named in it, sorted: their order means nothing."""
    others = {code: answer for code, answer in profile.items() if code != NAMED}
    return others, sorted(profile.get(NAMED) or ())


def with_named(profile: dict, named: Iterable[str]) -> dict:
    """Answers about oneself with these issues named; none of them leaves the step out."""
    others, _before = named_apart(profile)
    codes = sorted(named)
    return {**others, NAMED: codes} if codes else others


class ItemCounts(NamedTuple):
    """Per response, int64[R] each: items answered (rating or don't-know), asked, rated, and rated with the value that
    was given most often.
    """

    answered: np.ndarray
    asked: np.ndarray
    rated: np.ndarray
    most: np.ndarray


@dataclass(kw_only=True)
class ResponseColumns:
    """R responses of one survey in the order in which they arrived; columns that are left out are blank.

    `group` holds keys of groups, times are aware or None, `attention` is a byte code or None where it is not asked.
    """

    group: Sequence[int]
    ratings: np.ndarray  # uint8[R, items] in the survey's frozen order
    channel: list[str] = field(default_factory=list)
    language: list[str] = field(default_factory=list)
    token: list[str] = field(default_factory=list)
    started_at: list[datetime | None] = field(default_factory=list)
    submitted_at: list[datetime | None] = field(default_factory=list)
    unfinished: np.ndarray | None = None  # bool[R]
    consent: np.ndarray | None = None  # bool[R]
    comment: list[str] = field(default_factory=list)
    seconds_per_item: list[float | None] = field(default_factory=list)  # earlier versions stored it in place of times
    profile: list[dict] = field(default_factory=list)
    named: list[list[str]] = field(default_factory=list)
    attention: list[int | None] = field(default_factory=list)
    notice_version: list[int | None] = field(default_factory=list)
    overruled: np.ndarray | None = None  # int8[R]: 0 nobody did, 1 included, 2 excluded

    def __post_init__(self) -> None:
        size = len(self)
        for name, value in _BLANK.items():
            if not getattr(self, name):
                setattr(self, name, [value] * size)
        for name, value in _SET.items():
            if getattr(self, name) is None:
                setattr(self, name, np.full(size, value))
        if any(NAMED in answers for answers in self.profile):
            self.profile, self.named = map(list, zip(*map(named_apart, self.profile), strict=True))
        self.profile, self.named = self.profile or [{}] * size, self.named or [[]] * size

    def __len__(self) -> int:
        return len(self.group)

    def pick(self, rows: np.ndarray) -> "ResponseColumns":
        """A copy of the responses at these places, in this order."""
        at = rows.tolist()
        values = {each.name: getattr(self, each.name) for each in fields(ResponseColumns)}
        return ResponseColumns(
            **{name: old[rows] if isinstance(old, np.ndarray) else [old[n] for n in at] for name, old in values.items()}
        )

    @property
    def submitted(self) -> np.ndarray:
        return ~self.unfinished

    @property
    def nowhere(self) -> np.ndarray:
        """bool[R]: none of them."""
        return np.zeros(len(self), dtype=bool)

    @property
    def attention_codes(self) -> np.ndarray:
        """Answers to the attention question; not being asked is like skipping it."""
        return np.array([SKIPPED if code is None else code for code in self.attention])

    @cached_property
    def in_plan(self) -> np.ndarray:
        """The ratings as everything that counts sees them."""
        return within_plan(self.ratings)

    @cached_property
    def counts(self) -> ItemCounts:
        """Counted in chunks, so that memory stays flat."""
        if len(self) <= _CHUNK:
            return _count_chunk(self.ratings)
        parts = [_count_chunk(self.ratings[at : at + _CHUNK]) for at in range(0, len(self), _CHUNK)]
        return ItemCounts(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    @property
    def kept_seconds(self) -> tuple[np.ndarray, np.ndarray]:
        """`seconds_per_item` in whole microseconds, and where they are known."""
        return microseconds(self.seconds_per_item)

    @cached_property
    def started(self) -> tuple[np.ndarray, np.ndarray]:
        """When each was begun, in whole microseconds, and where that is known."""
        return microseconds([np.nan if time is None else time.timestamp() for time in self.started_at])

    @cached_property
    def ended(self) -> tuple[np.ndarray, np.ndarray]:
        """When each was submitted; not known of what never was."""
        at, known = microseconds([np.nan if time is None else time.timestamp() for time in self.submitted_at])
        return at, known & self.submitted


class OneResponse:
    """One submitted response with consent and without a token, as rules of screening see `ResponseColumns`: plain
    values, since arrays of one row take ten times as long.
    """

    nowhere, consent, token, kept_seconds = False, True, (), (0, False)

    def __init__(self, ratings: bytes, started_at: datetime, submitted_at: datetime, attention: int | None) -> None:
        by_value = [ratings.count(value) for value in RATINGS]
        rated = sum(by_value)
        answered = rated + ratings.count(DONT_KNOW)
        self.counts = ItemCounts(answered, answered + ratings.count(SKIPPED), rated, max(by_value))
        self.started, self.ended = ((round(at.timestamp() * MICROSECONDS), True) for at in (started_at, submitted_at))
        self.attention_codes = attention or SKIPPED


def microseconds(seconds: Sequence[float | None]) -> tuple[np.ndarray, np.ndarray]:
    """Whole microseconds int64 (0 where unknown) and the mask of the known: equal times must compare as equal."""
    values = np.array(seconds, dtype=np.float64)
    known = ~np.isnan(values)
    return np.rint(np.where(known, values, 0) * MICROSECONDS).astype(np.int64), known


def is_rating(codes: np.ndarray) -> np.ndarray:
    return (codes >= 1) & (codes <= SCALE_MAX)


def _count_chunk(ratings: np.ndarray) -> ItemCounts:
    """What was kept outside the plan is neither answered nor asked."""
    codes = ratings + 256 * np.arange(len(ratings))[:, np.newaxis]
    by_code = np.bincount(codes.ravel(), minlength=256 * len(ratings)).reshape(len(ratings), 256)
    by_value = by_code[:, 1 : SCALE_MAX + 1]
    rated = by_value.sum(axis=1)
    answered = rated + by_code[:, DONT_KNOW]
    return ItemCounts(answered, answered + by_code[:, SKIPPED], rated, by_value.max(axis=1))
