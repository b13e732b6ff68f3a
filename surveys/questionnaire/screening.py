"""Screening of many responses at once: flags as bits, and which responses are valid (scoring.md, Screening rules)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SCALE_MAX, SKIPPED

FLAGS = ("incomplete", "straight_line", "speeding", "duplicate", "out_of_window", "no_consent", "attention")
FLAG_BIT = {flag: 1 << position for position, flag in enumerate(FLAGS)}
REJECT, MARK, OFF = "reject", "mark", "off"
EFFECTS = (REJECT, MARK, OFF)
# Earned only where a survey asks the attention question, which few do: it is off until somebody wants it.
DEFAULT_EFFECTS = {flag: OFF if flag == "attention" else REJECT for flag in FLAGS}
# What exact times, tokens or answers kept apart decide: anonymous responses keep these flags as they came.
NOT_RECOMPUTABLE = FLAG_BIT["duplicate"] | FLAG_BIT["out_of_window"] | FLAG_BIT["attention"]

# Seconds after the closing that answers begun before it may still come in (scoring.md).
GRACE_SECONDS = 900
# Anonymous responses keep seconds per item up to this cap, in tenths: a limit beyond it could not be checked.
SECONDS_CAP = 5.0

_PARAMETERS = {
    "incomplete_percent": ("incomplete", "percent", 1, 100),
    "straight_line_percent": ("straight_line", "percent", 1, 100),
    "straight_line_min": ("straight_line", "min_ratings", 2, 2000),
    "speeding_seconds": ("speeding", "seconds", 0.1, SECONDS_CAP),
}


@dataclass(frozen=True)
class RulesProblem:
    """One wrong value in a set of rules; `code` is the key of the sentence."""

    flag: str
    parameter: str
    code: str
    params: Mapping[str, object]


class BadRules(ValueError):
    """Rules that cannot be used; `problems` lists all of them."""

    def __init__(self, problems: list[RulesProblem]) -> None:
        super().__init__(", ".join(f"{p.flag}.{p.parameter}: {p.code}" for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class Rules:
    """Effects per flag and parameters: shares in per cent (integers, so that limits are exact), seconds per item."""

    effects: Mapping[str, str] = field(default_factory=DEFAULT_EFFECTS.copy)
    incomplete_percent: int = 50
    straight_line_percent: int = 95
    straight_line_min: int = 20
    speeding_seconds: float = 1.0

    def __post_init__(self) -> None:
        problems = list(_effect_problems(self.effects)) + list(_parameter_problems(self))
        if problems:
            raise BadRules(problems)

    def for_survey(self, *, split: bool) -> "Rules":
        """The rules as they work: in a split questionnaire a straight line is marked, not rejected (scoring.md)."""
        if split and self.effects["straight_line"] == REJECT:
            return replace(self, effects={**self.effects, "straight_line": MARK})
        return self

    def bits(self, *effects: str) -> np.uint16:
        """The bits of the flags that have one of these effects."""
        return np.uint16(sum(FLAG_BIT[flag] for flag in FLAGS if self.effects[flag] in effects))

    def to_json(self) -> dict[str, dict[str, object]]:
        """Plain values for storage: {flag: {"effect": …, parameter: …}}; `attention` only where it is not off."""
        flags = flags_asked(attention=self.effects["attention"] != OFF)
        stored: dict[str, dict[str, object]] = {flag: {"effect": self.effects[flag]} for flag in flags}
        for attribute, (flag, parameter, _, _) in _PARAMETERS.items():
            stored[flag][parameter] = getattr(self, attribute)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Mapping[str, object]]) -> "Rules":
        """Rules from stored values, defaults for what is missing; BadRules with every problem."""
        problems = list(_unknown_names(stored))
        if problems:
            raise BadRules(problems)
        effects = {flag: stored.get(flag, {}).get("effect", DEFAULT_EFFECTS[flag]) for flag in FLAGS}
        given = {
            attribute: stored[flag][parameter]
            for attribute, (flag, parameter, _, _) in _PARAMETERS.items()
            if parameter in stored.get(flag, {})
        }
        return cls(effects=effects, **given)


def flags_asked(*, attention: bool) -> tuple[str, ...]:
    """The flags that responses can earn: `attention` only where the question is asked."""
    return FLAGS if attention else tuple(flag for flag in FLAGS if flag != "attention")


def parameters_of(flag: str) -> dict[str, tuple[str, float, float]]:
    """The parameters of a rule as stored: {name: (attribute of Rules, lowest, highest)}."""
    return {
        name: (attribute, low, high) for attribute, (owner, name, low, high) in _PARAMETERS.items() if owner == flag
    }


def _effect_problems(effects: Mapping[str, str]):
    for flag in (*FLAGS, *(name for name in effects if name not in FLAGS)):
        if flag not in FLAGS:
            yield RulesProblem(flag, "effect", "unknown_flag", {})
        elif effects.get(flag) not in EFFECTS:
            yield RulesProblem(flag, "effect", "unknown_effect", {"value": effects.get(flag)})


def _parameter_problems(rules: Rules):
    for attribute, (flag, parameter, low, high) in _PARAMETERS.items():
        value, whole = getattr(rules, attribute), isinstance(low, int)
        number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        params = {"value": value, "low": low, "high": high}
        if not number:
            yield RulesProblem(flag, parameter, "not_a_whole_number" if whole else "not_a_number", params)
        elif not low <= value <= high:
            yield RulesProblem(flag, parameter, "out_of_range", params)
        elif not whole and round(value, 1) != value:
            # The stored seconds per item are whole tenths.
            yield RulesProblem(flag, parameter, "finer_than_tenths", params)


def _unknown_names(stored: Mapping[str, Mapping[str, object]]):
    for flag, values in stored.items():
        known = {"effect"} | {parameter for owner, parameter, _, _ in _PARAMETERS.values() if owner == flag}
        if flag not in FLAGS:
            yield RulesProblem(flag, "", "unknown_flag", {})
        elif not isinstance(values, Mapping):
            yield RulesProblem(flag, "", "not_an_object", {})
        else:
            yield from (RulesProblem(flag, name, "unknown_parameter", {}) for name in values if name not in known)


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


def flags_of(
    ratings: bytes,
    *,
    started_at: datetime,
    submitted_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    rules: Rules,
    attention: int | None = None,
    attention_value: int | None = None,
    anonymous: bool = False,
) -> int:
    """The flags that a submitted response with consent and without a token earns (scoring.md, Screening rules).

    `attention` is the answer to the attention question (None = not asked), `attention_value` the rating it asks for.
    Of an `anonymous` response what cannot be computed again is flagged also where the rule is off. The same as
    `screening.screen`, which takes ten times as long for a single response as it is made for many.
    """
    by_value = [ratings.count(value) for value in range(1, SCALE_MAX + 1)]
    rated = sum(by_value)
    answered = rated + ratings.count(DONT_KNOW)
    asked = answered + ratings.count(SKIPPED)
    started, ended = _one_moment(started_at), _one_moment(submitted_at)
    least = round(rules.speeding_seconds * 10) * (MICROSECONDS // 10) * answered
    earned = {
        "incomplete": asked == 0 or 100 * answered < rules.incomplete_percent * asked,
        "straight_line": rated >= rules.straight_line_min
        and 100 * max(by_value) >= rules.straight_line_percent * rated,
        "speeding": answered > 0 and ended - started < least,
        "out_of_window": _one_out_of_window(started, ended, opens_at, closes_at),
        "attention": None not in (attention, attention_value)
        and 1 <= attention <= SCALE_MAX
        and attention != attention_value,
    }
    always = NOT_RECOMPUTABLE if anonymous else 0
    return sum(
        FLAG_BIT[flag]
        for flag, is_earned in earned.items()
        if is_earned and (rules.effects[flag] != OFF or always & FLAG_BIT[flag])
    )


def _one_out_of_window(started: int, ended: int, opens_at: datetime | None, closes_at: datetime | None) -> bool:
    if opens_at is not None and ended < _one_moment(opens_at):
        return True
    if closes_at is None:
        return False
    closes = _one_moment(closes_at)
    return ended > closes + (0 if started >= closes else GRACE_SECONDS * MICROSECONDS)


def _one_moment(at: datetime) -> int:
    """Whole microseconds since 1970."""
    return round(at.timestamp() * MICROSECONDS)


def seconds_per_item(ratings: bytes, started_at: datetime, submitted_at: datetime) -> float | None:
    """Seconds per answered item as anonymous responses keep them; None where nothing was answered."""
    answered = len(ratings) - ratings.count(SKIPPED) - ratings.count(NOT_ASKED)
    return capped_seconds_per_item(max(0.0, (submitted_at - started_at).total_seconds()), answered)


COUNTS = ("flagged_before", "flagged_after", "alone_before", "alone_after", "go", "back")


class RuleEffects:
    """Counts over submitted responses of `groups` groups.

    rules: int64[7 flags, groups, 6], last axis as COUNTS: flagged by a rule that is not off; taken out by this rule
    alone; valid before and taken out after by it (`go`), and the reverse (`back`). A response that goes or comes back
    for several rules counts at each.
    groups: int64[groups, 4]: valid before, valid after, went, came back.
    """

    def __init__(self, before: Rules, after: Rules, groups: int) -> None:
        self.before, self.after = before, after
        self.rules = np.zeros((len(FLAGS), groups, len(COUNTS)), np.int64)
        self.groups = np.zeros((groups, 4), np.int64)

    def add(
        self, group: np.ndarray, stored: np.ndarray, fresh: np.ndarray, overruled: np.ndarray, submitted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Count R responses: index of the group int[R], flags uint16[R] carried and earned anew, persons' decisions
        int8[R], submitted bool[R]. Returns which are valid before and after, bool[R] each.
        """
        was, now = (valid(flags, rules, overruled, submitted) for flags, rules in self._pairs(stored, fresh))
        went, came = was & ~now, now & ~was
        for place, mask in enumerate((was, now, went, came)):
            self.groups[:, place] += np.bincount(group[mask], minlength=len(self.groups))
        taking_before, taking_after = (flags & rules.bits(REJECT) for flags, rules in self._pairs(stored, fresh))
        shown_before, shown_after = (flags & rules.bits(REJECT, MARK) for flags, rules in self._pairs(stored, fresh))
        for place, flag in enumerate(FLAGS):
            bit = np.uint16(FLAG_BIT[flag])
            masks = (
                submitted & (shown_before & bit > 0),
                submitted & (shown_after & bit > 0),
                submitted & (taking_before == bit),
                submitted & (taking_after == bit),
                went & (taking_after & bit > 0),
                came & (taking_before & bit > 0),
            )
            for column, mask in enumerate(masks):
                self.rules[place, :, column] += np.bincount(group[mask], minlength=len(self.groups))
        return was, now

    def _pairs(self, stored: np.ndarray, fresh: np.ndarray) -> tuple[tuple[np.ndarray, Rules], ...]:
        return (stored, self.before), (fresh, self.after)
