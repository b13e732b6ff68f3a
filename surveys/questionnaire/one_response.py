"""Screening of the one response that is being submitted."""

from datetime import datetime

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SCALE_MAX, SKIPPED
from surveys.questionnaire.rules import FLAG_BIT, GRACE_SECONDS, NOT_RECOMPUTABLE, OFF, Rules
from surveys.questionnaire.screening import MICROSECONDS, capped_seconds_per_item


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
    started, ended = _microseconds(started_at), _microseconds(submitted_at)
    least = round(rules.speeding_seconds * 10) * (MICROSECONDS // 10) * answered
    earned = {
        "incomplete": asked == 0 or 100 * answered < rules.incomplete_percent * asked,
        "straight_line": rated >= rules.straight_line_min
        and 100 * max(by_value) >= rules.straight_line_percent * rated,
        "speeding": answered > 0 and ended - started < least,
        "out_of_window": _out_of_window(started, ended, opens_at, closes_at),
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


def _out_of_window(started: int, ended: int, opens_at: datetime | None, closes_at: datetime | None) -> bool:
    if opens_at is not None and ended < _microseconds(opens_at):
        return True
    if closes_at is None:
        return False
    closes = _microseconds(closes_at)
    return ended > closes + (0 if started >= closes else GRACE_SECONDS * MICROSECONDS)


def _microseconds(at: datetime) -> int:
    """Whole microseconds since 1970."""
    return round(at.timestamp() * MICROSECONDS)


def seconds_per_item(ratings: bytes, started_at: datetime, submitted_at: datetime) -> float | None:
    """Seconds per answered item as anonymous responses keep them; None where nothing was answered."""
    answered = len(ratings) - ratings.count(SKIPPED) - ratings.count(NOT_ASKED)
    return capped_seconds_per_item(max(0.0, (submitted_at - started_at).total_seconds()), answered)
