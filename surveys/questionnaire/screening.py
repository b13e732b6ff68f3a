"""Screening of many responses at once: flags as bits, and which responses are valid (scoring.md, Screening rules)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from materiality.scoring.codes import DONT_KNOW, SCALE_MAX, SKIPPED
from surveys.questionnaire.rules import FLAG_BIT, FLAGS, OFF, REJECT, SECONDS_CAP, Rules

__all__ = [
    "EXCLUDE",
    "FLAGS",
    "INCLUDE",
    "Answers",
    "Fieldwork",
    "Rules",
    "capped_seconds_per_item",
    "flag_names",
    "screen",
    "valid",
]

MICROSECONDS = 1_000_000
# Unknown times sort behind every known one.
_UNKNOWN = np.iinfo(np.int64).max
_CHUNK = 65_536

INCLUDE, EXCLUDE = 1, 2


@dataclass(frozen=True)
class Answers:
    """What screening reads of R responses; times in seconds since 1970, nan where unknown."""

    ratings: np.ndarray  # uint8[R, n items]
    consent: np.ndarray  # bool[R]
    submitted: np.ndarray  # bool[R], False = unfinished
    started_at: np.ndarray  # float64[R]
    submitted_at: np.ndarray  # float64[R]
    tokens: Sequence[str]  # R texts, '' = none
    arrival: np.ndarray | None = None  # order of arrival [R]; None = the order given
    seconds_per_item: np.ndarray | None = None  # float64[R], stored by anonymous surveys in place of times
    attention: np.ndarray | None = None  # int16[R], the answer to the attention question as a code; -1 = not asked


@dataclass(frozen=True)
class Fieldwork:
    """The survey's side: the window in seconds since 1970 (None = open end), the grace, tokens already stored."""

    opens: float | None = None
    closes: float | None = None
    grace_seconds: float | np.ndarray = 0.0
    attention: int | None = None  # the rating that the attention question asks for; None = there is no such question
    # token -> (submitted at, or None; arrival) of the earliest submitted response that is stored already
    known_tokens: Mapping[str, tuple[float | None, float]] = field(default_factory=dict)


def screen(answers: Answers, rules: Rules, fieldwork: Fieldwork, *, always: int = 0) -> np.ndarray:
    """Flags of every response, uint16[R], bit `1 << FLAGS.index(flag)`.

    A rule that is `off` gives no flag, except those whose bits are in `always`.
    """
    answered, asked, line = _counts(answers.ratings, rules)
    submitted_at = np.where(answers.submitted, answers.submitted_at, np.nan)
    earned = {
        "incomplete": (100 * answered < rules.incomplete_percent * asked) | (asked == 0),
        "straight_line": line,
        "speeding": _speeding(answers, submitted_at, answered, rules),
        "duplicate": _duplicates(answers, submitted_at, fieldwork.known_tokens),
        "out_of_window": _out_of_window(answers.started_at, submitted_at, fieldwork),
        "no_consent": ~np.asarray(answers.consent, dtype=bool),
        "attention": _inattentive(answers.attention, fieldwork.attention, len(answers.ratings)),
    }
    flags = np.zeros(len(answers.ratings), dtype=np.uint16)
    for flag, mask in earned.items():
        if rules.effects[flag] != OFF or always & FLAG_BIT[flag]:
            flags[mask] |= np.uint16(FLAG_BIT[flag])
    return flags


def valid(
    flags: np.ndarray, rules: Rules, overruled: np.ndarray, submitted: np.ndarray, *, split: bool = False
) -> np.ndarray:
    """bool[R]: submitted, and not flagged by a rejecting rule unless a person included it; never what one excluded.

    `overruled` is int8[R]: 0 nobody did, 1 included, 2 excluded.
    """
    rejecting = rules.for_survey(split=split).bits(REJECT)
    accepted = ((np.asarray(flags) & rejecting) == 0) | (np.asarray(overruled) == INCLUDE)
    return np.asarray(submitted, dtype=bool) & accepted & (np.asarray(overruled) != EXCLUDE)


def flag_names(flags: int) -> list[str]:
    """The names of the flags in one value, in the order of FLAGS."""
    return [flag for flag in FLAGS if flags & FLAG_BIT[flag]]


def capped_seconds_per_item(seconds: float, answered: int) -> float | None:
    """Seconds per answered item as anonymous responses keep them: rounded down to 0.1, at most 5.0 (scoring.md).

    None where nothing was answered.
    """
    if answered == 0:
        return None
    tenths = int(round(seconds * MICROSECONDS)) * 10 // (MICROSECONDS * answered)
    return min(tenths / 10, SECONDS_CAP)


def _counts(ratings: np.ndarray, rules: Rules) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answered and asked items int64[R], and the straight lines bool[R]; in chunks, so that memory stays flat."""
    parts = [_count_chunk(ratings[at : at + _CHUNK], rules) for at in range(0, len(ratings), _CHUNK)]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool)
    answered, asked, line = (np.concatenate(column) for column in zip(*parts, strict=True))
    return answered, asked, line


def _count_chunk(ratings: np.ndarray, rules: Rules) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # One row per item makes each count a sum over contiguous rows, several times faster than per response.
    by_item = np.ascontiguousarray(ratings.T)

    def count(code: int) -> np.ndarray:
        return (by_item == code).sum(axis=0, dtype=np.uint16).astype(np.int64)

    by_value = np.stack([count(value) for value in range(1, SCALE_MAX + 1)])
    rated = by_value.sum(axis=0)
    answered = rated + count(DONT_KNOW)
    asked = answered + count(SKIPPED)
    line = (rated >= rules.straight_line_min) & (100 * by_value.max(axis=0) >= rules.straight_line_percent * rated)
    return answered, asked, line


def _microseconds(seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole microseconds int64 (0 where unknown) and the mask of the known: equal times must compare as equal."""
    known = ~np.isnan(seconds)
    return np.rint(np.where(known, seconds, 0) * MICROSECONDS).astype(np.int64), known


def _speeding(answers: Answers, submitted_at: np.ndarray, answered: np.ndarray, rules: Rules) -> np.ndarray:
    """Less than the limit per answered item; the seconds per item kept by anonymous surveys come first."""
    tenths = round(rules.speeding_seconds * 10)
    started, started_known = _microseconds(answers.started_at)
    ended, ended_known = _microseconds(submitted_at)
    fast = started_known & ended_known & (answered > 0) & (ended - started < tenths * (MICROSECONDS // 10) * answered)
    if answers.seconds_per_item is None:
        return fast
    kept, known = _microseconds(answers.seconds_per_item)
    return np.where(known, kept < tenths * (MICROSECONDS // 10), fast)


def _out_of_window(started_at: np.ndarray, submitted_at: np.ndarray, fieldwork: Fieldwork) -> np.ndarray:
    """Submitted before the opening, or after the closing plus the grace, which only answers begun before it get."""
    ended, known = _microseconds(submitted_at)
    outside = np.zeros(len(ended), dtype=bool)
    if fieldwork.opens is not None:
        outside |= ended < round(fieldwork.opens * MICROSECONDS)
    if fieldwork.closes is not None:
        closes = round(fieldwork.closes * MICROSECONDS)
        started, started_known = _microseconds(started_at)
        grace = np.rint(np.asarray(fieldwork.grace_seconds, dtype=np.float64) * MICROSECONDS).astype(np.int64)
        outside |= ended > closes + np.where(started_known & (started >= closes), 0, grace)
    return known & outside


def _duplicates(
    answers: Answers, submitted_at: np.ndarray, known_tokens: Mapping[str, tuple[float | None, float]]
) -> np.ndarray:
    """Submitted responses whose token an earlier submitted one has.

    Earlier is by time of submission, then by arrival. Unknown times come after the known ones, by arrival.
    """
    arrival = np.arange(len(answers.tokens)) if answers.arrival is None else np.asarray(answers.arrival)
    ended, known = _microseconds(submitted_at)
    ended = np.where(known, ended, _UNKNOWN)
    flagged = np.zeros(len(ended), dtype=bool)
    first: set[str] = set()
    for row in np.lexsort((arrival, ended)).tolist():
        token = answers.tokens[row]
        if not token or not answers.submitted[row]:
            continue
        flagged[row] = token in first or _stored_before(known_tokens.get(token), ended[row], arrival[row])
        first.add(token)
    return flagged


def _inattentive(given: np.ndarray | None, wanted: int | None, number: int) -> np.ndarray:
    """Answered with a rating, but not the one asked for: skipping it and *don't know* are never punished."""
    if given is None or wanted is None:
        return np.zeros(number, dtype=bool)
    given = np.asarray(given)
    return (given >= 1) & (given <= SCALE_MAX) & (given != wanted)


def _stored_before(stored: tuple[float | None, float] | None, ended: int, arrival: float) -> bool:
    """Whether the stored response with the same token is the earlier one."""
    if stored is None:
        return False
    at, order = stored
    return (_UNKNOWN if at is None else round(at * MICROSECONDS), order) < (ended, arrival)
