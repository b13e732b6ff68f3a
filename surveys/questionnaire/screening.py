"""Screening: one table of rules, flags as bits, and which responses are valid (scoring.md, Screening rules)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, make_dataclass, replace
from datetime import datetime
from math import inf

import numpy as np

from materiality.scoring.cube import SCALE_MAX
from materiality.tables.problems import N_
from surveys.questionnaire.responses import MICROSECONDS, OneResponse, ResponseColumns, is_rating

REJECT, MARK, OFF = "reject", "mark", "off"
EFFECTS = (REJECT, MARK, OFF)
NEVER_MORE_THAN_MARK = (MARK, OFF)
INCLUDE, EXCLUDE = 1, 2

# Seconds after the closing that answers begun before it may still come in (scoring.md).
GRACE_SECONDS = 900
# Seconds per item of anonymous responses are counted up to this cap, in tenths.
SECONDS_CAP = 5.0
# Unknown times sort behind every known one.
_UNKNOWN = np.iinfo(np.int64).max
# `straight_short`: items asked; `off_pattern`: others who rated an item, such items, and the least r (scoring.md).
SHORT, FEWEST_OTHERS, FEWEST_SHARED, LEAST_R = (6, 19), 5, 40, 0.1


class GroupRatings:
    """Sums and numbers of the ratings of valid responses, int64[groups, items] each; groups are known by their keys."""

    def __init__(self, groups: Iterable[int], items: int) -> None:
        self._keys = np.array(sorted(groups))
        self.sums, self.numbers = (np.zeros((len(self._keys), items), np.int64) for _each in range(2))

    def places(self, groups: Sequence[int]) -> np.ndarray:
        """int[R]: where the figures of these groups stand."""
        return np.searchsorted(self._keys, groups)

    def add(self, groups: np.ndarray, ratings: np.ndarray) -> None:
        """R valid responses: keys of their groups int[R], ratings uint8[R, items]."""
        rated, at = is_rating(ratings), self.places(groups)
        for place in np.unique(at).tolist():
            own = at == place
            self.sums[place] += np.where(rated[own], ratings[own], 0).sum(axis=0, dtype=np.int64)
            self.numbers[place] += rated[own].sum(axis=0)


@dataclass(frozen=True)
class Fieldwork:
    """The survey's side: the window in seconds since 1970 (None = open end), the grace, tokens already stored."""

    opens: float | None = None
    closes: float | None = None
    grace_seconds: float | np.ndarray = 0.0
    attention: int | None = None  # the rating that the attention question asks for; None = there is no such question
    # token -> when the earliest submitted response was submitted that is stored already, None where that is unknown
    known_tokens: Mapping[str, float | None] = field(default_factory=dict)
    group_ratings: GroupRatings | None = None  # counted by the screening job only

    @property
    def grace(self) -> float | np.ndarray:
        """In whole microseconds."""
        grace = self.grace_seconds * MICROSECONDS
        return np.rint(grace) if isinstance(grace, np.ndarray) else round(grace)


def _incomplete(responses: ResponseColumns, _fieldwork: Fieldwork, percent: int) -> np.ndarray:
    counts = responses.counts
    return (100 * counts.answered < percent * counts.asked) | (counts.asked == 0)


def _straight_line(responses: ResponseColumns, _fieldwork: Fieldwork, percent: int, min_ratings: int) -> np.ndarray:
    counts = responses.counts
    return (counts.rated >= min_ratings) & (100 * counts.most >= percent * counts.rated)


def _straight_short(responses: ResponseColumns, _fieldwork: Fieldwork) -> np.ndarray:
    counts, (least, most) = responses.counts, SHORT
    return (least <= counts.asked) & (counts.asked <= most) & (counts.most == counts.asked)


def _off_pattern(responses: ResponseColumns, fieldwork: Fieldwork) -> np.ndarray:
    """Pearson's r with the mean of the others of the group, who do not include the response itself."""
    known = fieldwork.group_ratings
    if known is None:
        return responses.nowhere
    rated, at = is_rating(responses.ratings), known.places(responses.group)
    own = np.where(rated, responses.ratings, 0).astype(np.float64)
    others = known.numbers[at] - rated
    shared = rated & (others >= FEWEST_OTHERS)
    means = (known.sums[at] - own) / np.maximum(others, 1)
    varied = _varies(own, shared) & _varies(means, shared)
    x, y = _centred(own, shared), _centred(means, shared)
    limit = LEAST_R * np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    return (shared.sum(axis=1) >= FEWEST_SHARED) & varied & ((x * y).sum(axis=1) < limit)


def _varies(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """bool[R]: compared as they are, since sums of squares of equal values need not be zero."""
    return values.max(axis=1, where=among, initial=0) > values.min(axis=1, where=among, initial=SCALE_MAX)


def _centred(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    number = np.maximum(among.sum(axis=1, keepdims=True), 1)
    return np.where(among, values - values.sum(axis=1, where=among, keepdims=True) / number, 0)


def _speeding(responses: ResponseColumns, _fieldwork: Fieldwork, seconds: float) -> np.ndarray:
    """Less than the limit per answered item; the seconds per item kept by anonymous surveys come first."""
    least, answered = round(seconds * 10) * (MICROSECONDS // 10), responses.counts.answered
    started, started_known = responses.started
    ended, ended_known = responses.ended
    fast = started_known & ended_known & (answered > 0) & (ended - started < least * answered)
    kept, known = responses.kept_seconds
    return (known & (kept < least)) | (fast & (known ^ True))


def _out_of_window(responses: ResponseColumns, fieldwork: Fieldwork) -> np.ndarray:
    """Submitted before the opening, or after the closing plus the grace, which only answers begun before it get."""
    opens, closes = fieldwork.opens, fieldwork.closes
    opens = -inf if opens is None else round(opens * MICROSECONDS)
    closes = inf if closes is None else round(closes * MICROSECONDS)
    ended, known = responses.ended
    started, started_known = responses.started
    late = closes + fieldwork.grace * ((started_known & (started >= closes)) ^ True)
    return known & ((ended < opens) | (ended > late))


def _duplicate(responses: ResponseColumns, fieldwork: Fieldwork) -> np.ndarray:
    """Submitted responses whose token an earlier submitted one has.

    Earlier is by time of submission, then by arrival; what is stored arrived before. Unknown times come after the known
    ones, by arrival.
    """
    flagged = responses.nowhere
    if not any(responses.token):
        return flagged
    ended, known = responses.ended
    ended = np.where(known, ended, _UNKNOWN)
    first: set[str] = set()
    for row in np.argsort(ended, kind="stable").tolist():
        token = responses.token[row]
        if token and not responses.unfinished[row]:
            flagged[row] = token in first or _stored_before(token, ended[row], fieldwork.known_tokens)
            first.add(token)
    return flagged


def _stored_before(token: str, ended: int, stored: Mapping[str, float | None]) -> bool:
    if token not in stored:
        return False
    at = stored[token]
    return (_UNKNOWN if at is None else round(at * MICROSECONDS)) <= ended


def _no_consent(responses: ResponseColumns, _fieldwork: Fieldwork) -> np.ndarray:
    return responses.consent ^ True


def _attention(responses: ResponseColumns, fieldwork: Fieldwork) -> np.ndarray:
    """Answered with a rating, but not the one asked for: skipping it and *don't know* are never punished."""
    if fieldwork.attention is None:
        return responses.nowhere
    given = responses.attention_codes
    return is_rating(given) & (given != fieldwork.attention)


@dataclass(frozen=True)
class Parameter:
    """A limit of a rule: its name in stored rules, the attribute of `Rules` and field of forms; whole numbers, or
    seconds in whole tenths.
    """

    name: str
    attribute: str
    label: str
    default: float
    low: float
    high: float

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)


@dataclass(frozen=True)
class Rule:
    """One rule of screening. `earned(responses, fieldwork, **parameters)` gives bool[R] of columns, and with the same
    operators bool of `OneResponse` (`^ True` is not); `word` is what it is called, `sense` what it looks at, `words`
    when it flags, with the parameters; all three are messages.
    """

    code: str
    bit: int  # never given to another rule: flags are stored
    earned: Callable[..., np.ndarray]
    word: str
    sense: str
    words: str
    effect: str = REJECT
    effects: tuple[str, ...] = EFFECTS
    in_split: tuple[str, ...] = EFFECTS  # the effects in a split questionnaire, the nearest to REJECT first
    split_words: str = ""
    parameters: tuple[Parameter, ...] = ()
    # False: exact times, tokens or answers kept apart decide; anonymous responses keep the flag as it came.
    recomputable: bool = True
    of_attention: bool = False  # earned only where a survey asks the attention question
    of_valid: bool = False  # among valid responses, once the screening job knows them: after all rules that reject


RULES = (
    Rule(
        "incomplete",
        1 << 0,
        _incomplete,
        N_("Incomplete"),
        N_("Too few of the questions asked are answered; “don't know” is an answer."),
        N_("fewer than %(percent)s%% of the questions answered"),
        parameters=(Parameter("percent", "incomplete_percent", N_("Share answered at least (%)"), 50, 1, 100),),
    ),
    Rule(
        "straight_line",
        1 << 1,
        _straight_line,
        N_("Straight line"),
        N_("Nearly all ratings of both dimensions are one and the same value."),
        N_("one value makes up %(percent)s%% or more of at least %(min_ratings)s ratings"),
        in_split=NEVER_MORE_THAN_MARK,
        split_words=N_(
            "A split questionnaire asks too little for a straight line to prove anything: it is marked at most."
        ),
        parameters=(
            Parameter("percent", "straight_line_percent", N_("Share of one value from (%)"), 95, 1, 100),
            Parameter("min_ratings", "straight_line_min", N_("Number of ratings from"), 20, 2, 2000),
        ),
    ),
    Rule(
        "speeding",
        1 << 2,
        _speeding,
        N_("Too fast"),
        N_("Answered faster than anybody can read."),
        N_("less than %(seconds)s s per answer"),
        parameters=(
            Parameter("seconds", "speeding_seconds", N_("Seconds per answer at least"), 1.0, 0.1, SECONDS_CAP),
        ),
        recomputable=False,
    ),
    Rule(
        "duplicate",
        1 << 3,
        _duplicate,
        N_("Duplicate"),
        N_("An earlier response has the same token."),
        N_("an earlier response has the same token"),
        recomputable=False,
    ),
    Rule(
        "out_of_window",
        1 << 4,
        _out_of_window,
        N_("Outside the dates"),
        N_("Submitted before the opening, or after the closing and its 15 minutes of grace."),
        N_("submitted before the opening or after the closing"),
        recomputable=False,
    ),
    Rule(
        "no_consent",
        1 << 5,
        _no_consent,
        N_("No consent"),
        N_("Consent was not given; its ratings and comment are not stored."),
        N_("consent was not given"),
    ),
    Rule(
        "attention",
        1 << 6,
        _attention,
        N_("Attention"),
        N_("The attention question has another rating than the one asked for; skipping it is no fault."),
        N_("the attention question answered with another rating than the one asked for"),
        # Few surveys ask the question: it is off until somebody wants it.
        effect=OFF,
        recomputable=False,
        of_attention=True,
    ),
    Rule(
        "straight_short",
        1 << 7,
        _straight_short,
        N_("Straight line of few items"),
        N_("All of the 6 to 19 items asked are rated with one and the same value."),
        N_("all of the 6 to 19 items asked are rated with one value"),
        effect=MARK,
        effects=NEVER_MORE_THAN_MARK,
    ),
    Rule(
        "off_pattern",
        1 << 8,
        _off_pattern,
        N_("Unlike its group"),
        N_(
            "Its ratings do not follow those of its group; looked for among valid responses to full questionnaires "
            "whenever all responses are screened again."
        ),
        N_("correlation with the mean of the group's other responses below 0.1 over at least 40 items"),
        effect=MARK,
        effects=NEVER_MORE_THAN_MARK,
        in_split=(OFF,),
        of_valid=True,
    ),
)
RULE = {rule.code: rule for rule in RULES}
FLAGS = tuple(RULE)
FLAG_BIT = {rule.code: rule.bit for rule in RULES}
DEFAULT_EFFECTS = {rule.code: rule.effect for rule in RULES}
NOT_RECOMPUTABLE = sum(rule.bit for rule in RULES if not rule.recomputable)


def flags_asked(*, attention: bool, split: bool = False) -> tuple[str, ...]:
    """The flags that responses can earn, by whether the attention question is asked and the questionnaire split."""
    return tuple(
        rule.code for rule in RULES if (attention or not rule.of_attention) and not (split and rule.in_split == (OFF,))
    )


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


_Values = make_dataclass(
    "_Values",
    [
        ("effects", Mapping[str, str], field(default_factory=DEFAULT_EFFECTS.copy)),
        *((each.attribute, type(each.default), each.default) for rule in RULES for each in rule.parameters),
    ],
    frozen=True,
)


@dataclass(frozen=True)
class Rules(_Values):
    """Effects per flag, and each parameter of RULES by its attribute: shares in per cent (integers, so that limits are
    exact), seconds per item.
    """

    def __post_init__(self) -> None:
        problems = list(_effect_problems(self.effects)) + list(_parameter_problems(self))
        if problems:
            raise BadRules(problems)

    def for_survey(self, *, split: bool) -> "Rules":
        """The rules as they work: in a split questionnaire some do less (scoring.md)."""
        if not split:
            return self
        effects = {rule.code: self.effects[rule.code] for rule in RULES}
        lessened = {rule.code: rule.in_split[0] for rule in RULES if effects[rule.code] not in rule.in_split}
        return replace(self, effects=effects | lessened)

    def bits(self, *effects: str) -> np.uint16:
        """The bits of the flags that have one of these effects."""
        return np.uint16(sum(rule.bit for rule in RULES if self.effects[rule.code] in effects))

    def parameters(self, flag: str) -> dict[str, float]:
        """The parameters of a rule by the names under which they are stored."""
        return {each.name: getattr(self, each.attribute) for each in RULE[flag].parameters}

    def to_json(self) -> dict[str, dict[str, object]]:
        """Plain values for storage: {flag: {"effect": …, parameter: …}}; `attention` only where it is not off."""
        flags = flags_asked(attention=self.effects["attention"] != OFF)
        return {flag: {"effect": self.effects[flag], **self.parameters(flag)} for flag in flags}

    @classmethod
    def from_json(cls, stored: Mapping[str, Mapping[str, object]]) -> "Rules":
        """Rules from stored values, defaults for what is missing; BadRules with every problem."""
        problems = list(_unknown_names(stored))
        if problems:
            raise BadRules(problems)
        given = {
            each.attribute: stored[rule.code][each.name]
            for rule in RULES
            for each in rule.parameters
            if each.name in stored.get(rule.code, {})
        }
        return cls({rule.code: stored.get(rule.code, {}).get("effect", rule.effect) for rule in RULES}, **given)


def _effect_problems(effects: Mapping[str, str]):
    for flag in (*FLAGS, *(name for name in effects if name not in FLAGS)):
        if flag not in FLAGS:
            yield RulesProblem(flag, "effect", "unknown_flag", {})
        elif effects.get(flag) not in RULE[flag].effects:
            yield RulesProblem(flag, "effect", "unknown_effect", {"value": effects.get(flag)})


def _parameter_problems(rules: Rules):
    for flag, each in ((rule.code, each) for rule in RULES for each in rule.parameters):
        value = getattr(rules, each.attribute)
        number = isinstance(value, int if each.is_whole else (int, float)) and not isinstance(value, bool)
        params = {"value": value, "low": each.low, "high": each.high}
        if not number:
            yield RulesProblem(flag, each.name, "not_a_whole_number" if each.is_whole else "not_a_number", params)
        elif not each.low <= value <= each.high:
            yield RulesProblem(flag, each.name, "out_of_range", params)
        elif not each.is_whole and round(value, 1) != value:
            # The stored seconds per item are whole tenths.
            yield RulesProblem(flag, each.name, "finer_than_tenths", params)


def _unknown_names(stored: Mapping[str, Mapping[str, object]]):
    for flag, values in stored.items():
        if flag not in FLAGS:
            yield RulesProblem(flag, "", "unknown_flag", {})
        elif not isinstance(values, Mapping):
            yield RulesProblem(flag, "", "not_an_object", {})
        else:
            known = {"effect", *(each.name for each in RULE[flag].parameters)}
            yield from (RulesProblem(flag, name, "unknown_parameter", {}) for name in values if name not in known)


def screen(
    responses: ResponseColumns,
    rules: Rules,
    fieldwork: Fieldwork,
    *,
    always: int = 0,
    known: int = 0,
    flags: np.ndarray | None = None,
) -> np.ndarray:
    """Flags of every response, uint16[R], the bits of RULES.

    A rule that is `off` gives no flag, except those whose bits are in `always`. The bits in `known` are not computed
    but taken from `flags` uint16[R].
    """
    found = np.zeros(len(responses), np.uint16) if flags is None else flags & np.uint16(known)
    for rule in _computed(rules, always, known):
        earned = rule.earned(responses, fieldwork, **rules.parameters(rule.code))
        if rule.of_valid and earned.any():
            earned = earned & valid(found, rules, responses.overruled, responses.submitted)
        np.bitwise_or(found, np.uint16(rule.bit), out=found, where=earned)
    return found


def _computed(rules: Rules, always: int = 0, known: int = 0) -> Iterator[Rule]:
    for rule in RULES:
        if not known & rule.bit and (rules.effects[rule.code] != OFF or always & rule.bit):
            yield rule


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
) -> int:
    """The flags that a submitted response with consent and without a token earns (scoring.md, Screening rules).

    `attention` is the answer to the attention question (None = not asked), `attention_value` the rating it asks for.
    """
    response = OneResponse(ratings, started_at, submitted_at, attention)
    window = {"opens": opens_at and opens_at.timestamp(), "closes": closes_at and closes_at.timestamp()}
    fieldwork = Fieldwork(**window, grace_seconds=GRACE_SECONDS, attention=attention_value)
    earned = (rule.bit for rule in _computed(rules) if rule.earned(response, fieldwork, **rules.parameters(rule.code)))
    return sum(earned)


def capped_seconds_per_item(seconds: float, asked: int) -> float | None:
    """Seconds per item asked as anonymous surveys count them: rounded down to 0.1, at most 5.0.

    None where nothing was asked.
    """
    if asked == 0:
        return None
    tenths = int(round(seconds * MICROSECONDS)) * 10 // (MICROSECONDS * asked)
    return min(tenths / 10, SECONDS_CAP)
