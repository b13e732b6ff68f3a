"""How invitations became valid responses: numbers that add up, for the sentence of the report."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from surveys.questionnaire.rules import FLAG_BIT
from surveys.questionnaire.screening import EXCLUDE


@dataclass(frozen=True)
class Account:
    """submitted = waiting + valid + all rejected + excluded.

    `invited` None = not known. `first` and `last` are days between which responses came, None = not known. `ways` are
    submitted responses per channel and `groups` valid ones per group key. `rejected` counts each response under the
    first rule that rejects it; `excluded` are those that a person took out; `unfinished` were begun, not submitted.
    """

    invited: int | None = None
    first: date | None = None
    last: date | None = None
    is_open: bool = False
    submitted: int = 0
    waiting: int = 0
    valid: int = 0
    unfinished: int = 0
    excluded: int = 0
    ways: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[int, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)


def taken_out(
    kinds: Iterable[Sequence], rejecting: Sequence[str], counts: Callable[[int, int, bool], bool]
) -> tuple[Counter, Counter, int]:
    """(valid per group, rejected per flag, excluded by a person) of kinds (see `count_fieldwork`).

    `rejecting` are the flags whose rules reject, in order; `counts(flags, overruled, unfinished)` tells valid ones.
    """
    groups, rejected, excluded = Counter(), Counter(), 0
    for group, _channel, flags, overruled, unfinished, number in kinds:
        if unfinished:
            continue
        if counts(flags, overruled, bool(unfinished)):
            groups[group] += number
        elif overruled == EXCLUDE:
            excluded += number
        else:
            rejected[next(flag for flag in rejecting if flags & FLAG_BIT[flag])] += number
    return groups, rejected, excluded
