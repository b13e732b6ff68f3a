"""How many responses there are: per group, per screening rule, valid; counted in the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count

from surveys.models import Draft, ReadyDraft, Response, Survey
from surveys.queries.kept_figures import kept_kinds
from surveys.questionnaire.rules import FLAG_BIT, REJECT
from surveys.questionnaire.screening import EXCLUDE, INCLUDE, valid
from surveys.rules_in_force import flags_of_survey, rules_in_force, shown_bits


@dataclass(frozen=True)
class Kind:
    """Responses that are alike in all that decides whether they count."""

    survey: int
    group: int
    flags: int
    overruled: int
    unfinished: bool
    number: int


@dataclass
class Counts:
    """Numbers of responses: all, submitted, valid."""

    total: int = 0
    submitted: int = 0
    valid: int = 0


@dataclass(frozen=True)
class RuleLine:
    """What one rule does: submitted responses it flags, those that no other rejecting rule takes out as well
    (`alone`), and how many are left after it and the rules before it.
    """

    flag: str
    effect: str
    parameters: Mapping[str, object]
    flagged: int
    alone: int
    left: int


@dataclass
class Fieldwork:
    """The counts of one survey. `drafts`: answers in progress; `ready`: finished ones of an anonymous survey that
    wait to be mixed; `included` and `excluded`: submitted responses that a person decided about.
    """

    counts: Counts = field(default_factory=Counts)
    groups: dict[int, Counts] = field(default_factory=dict)
    rules: list[RuleLine] = field(default_factory=list)
    included: int = 0
    excluded: int = 0
    drafts: int = 0
    ready: int = 0

    @property
    def unfinished(self) -> int:
        """Responses of files that were never submitted."""
        return self.counts.total - self.counts.submitted


def kinds_of(surveys: Iterable[Survey]) -> list[Kind]:
    """All responses of these surveys by what decides whether they count, a few hundred rows.

    Small surveys are counted now, large ones as they were counted last.
    """
    kept = kept_kinds(survey.pk for survey in surveys)
    names = ("survey_id", "group_id", "flags", "overruled", "unfinished")
    counted = [survey.pk for survey in surveys if survey.pk not in kept]
    rows = Response.objects.filter(survey__in=counted).order_by().values_list(*names)
    now = [Kind(*row) for row in rows.annotate(number=Count("*"))] if counted else []
    return now + [Kind(pk, *row) for pk, rows in kept.items() for row in rows]


def valid_number(surveys: Iterable[Survey], kinds: Iterable[Kind]) -> int:
    """Valid responses of all these surveys together."""
    by_survey = {survey.pk: [kind for kind in kinds if kind.survey == survey.pk] for survey in surveys}
    return sum(
        int((_numbers(by_survey[survey.pk]) * _counting(survey, by_survey[survey.pk])).sum()) for survey in surveys
    )


def fieldwork_of(survey: Survey, kinds: Iterable[Kind]) -> Fieldwork:
    """Everything that is counted of one survey; `kinds` may hold those of other surveys too. Two queries."""
    kinds = [kind for kind in kinds if kind.survey == survey.pk]
    drafts, ready = (model.objects.filter(survey=survey).count() for model in (Draft, ReadyDraft))
    found = Fieldwork(rules=rule_lines(survey, kinds), drafts=drafts, ready=ready)
    for kind, counts in zip(kinds, _counting(survey, kinds).tolist(), strict=True):
        for tally in (found.counts, found.groups.setdefault(kind.group, Counts())):
            tally.total += kind.number
            tally.submitted += 0 if kind.unfinished else kind.number
            tally.valid += kind.number if counts else 0
        if not kind.unfinished:
            found.included += kind.number if kind.overruled == INCLUDE else 0
            found.excluded += kind.number if kind.overruled == EXCLUDE else 0
    return found


def rule_lines(survey: Survey, kinds: Iterable[Kind]) -> list[RuleLine]:
    """Each rule that the survey's responses can meet, in the order of FLAGS, over submitted responses."""
    rules, stored = rules_in_force(survey), rules_in_force(survey).to_json()
    submitted = [kind for kind in kinds if not kind.unfinished]
    rejecting = int(rules.bits(REJECT))
    lines, taken = [], 0
    for flag in flags_of_survey(survey):
        # Anonymous responses keep some bits of rules that are off: nobody asks for them now.
        bit = FLAG_BIT[flag] & shown_bits(survey)
        taken |= bit & rejecting
        lines.append(
            RuleLine(
                flag=flag,
                effect=rules.effects[flag],
                parameters={name: value for name, value in stored.get(flag, {}).items() if name != "effect"},
                flagged=sum(kind.number for kind in submitted if kind.flags & bit),
                alone=sum(kind.number for kind in submitted if kind.flags & rejecting == bit & rejecting != 0),
                left=sum(kind.number for kind in submitted if not kind.flags & taken),
            )
        )
    return lines


def _counting(survey: Survey, kinds: list[Kind]) -> np.ndarray:
    """bool[kinds]: whether responses of the kind are valid."""
    flags = np.array([kind.flags for kind in kinds], np.uint16)
    overruled = np.array([kind.overruled for kind in kinds], np.int8)
    submitted = ~np.array([kind.unfinished for kind in kinds], bool)
    return valid(flags, rules_in_force(survey), overruled, submitted)


def _numbers(kinds: list[Kind]) -> np.ndarray:
    return np.array([kind.number for kind in kinds], np.int64)
