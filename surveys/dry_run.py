"""Trying out screening rules: what they would take out and which tiers would change; stores nothing."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
from django.utils.translation import gettext as _

from materiality.method_words import problem_sentences
from materiality.scoring.cube import Cube
from materiality.scoring.method import MethodError
from surveys.cube import builder_of, counted_cube, joined_cube
from surveys.models import Survey
from surveys.questionnaire.rule_effects import COUNTS, RuleEffects
from surveys.questionnaire.rules import FLAGS, Rules
from surveys.rescreening import screened_anew
from surveys.rules_in_force import flags_of_survey, rules_in_force
from surveys.tier_changes import tier_changes

Progress = Callable[[int, str], None]


def dry_run(survey: Survey, rules: Rules, progress: Progress = lambda percent, text: None) -> dict:
    """What `rules` would do to the survey's stored responses, as plain values.

    {"rules": {flag: {group: {COUNTS}}}, "groups": {group: {"before", "after", "go", "back"}}, "submitted", "moved",
    "tiers": as `tier_changes`, or None with "no_tiers", a sentence that says why}. Groups are codes. "before" is what
    a run made now would count, flags as they are stored; "moved" the responses whose flags would change.
    """
    rules = rules.for_survey(split=survey.split)
    groups = list(survey.cycle.groups.values_list("id", "code"))
    codes = [code for _pk, code in groups]
    index = {pk: place for place, (pk, _code) in enumerate(groups)}
    effects = RuleEffects(rules_in_force(survey), rules, len(groups))
    empty = builder_of(survey, codes)
    builders = empty, deepcopy(empty)
    submitted = moved = done = 0
    total = survey.responses.count()
    for chunk in screened_anew(survey, rules):
        group = np.array([index[pk] for pk in chunk.group.tolist()])
        was_and_is = effects.add(group, chunk.stored, chunk.fresh, chunk.overruled, chunk.submitted)
        for builder, counting in zip(builders, was_and_is, strict=True):
            builder.add(group[counting], chunk.ratings[counting])
        submitted += int(chunk.submitted.sum())
        moved += int((chunk.stored != chunk.fresh).sum())
        done += len(group)
        progress(80 * done // max(total, done), _("Screening responses"))
    found = _counts(survey, effects, codes)
    return {**found, "submitted": submitted, "moved": moved, **_tiers(survey, groups, [b.cube() for b in builders])}


def _counts(survey: Survey, effects: RuleEffects, codes: list[str]) -> dict:
    return {
        "rules": {
            flag: {
                code: dict(zip(COUNTS, effects.rules[FLAGS.index(flag), place].tolist(), strict=True))
                for place, code in enumerate(codes)
            }
            for flag in flags_of_survey(survey)
        },
        "groups": {
            code: dict(zip(("before", "after", "go", "back"), effects.groups[place].tolist(), strict=True))
            for place, code in enumerate(codes)
        },
    }


def _tiers(survey: Survey, groups: list[tuple[int, str]], pair: list[Cube]) -> dict:
    """Tier changes, with the other surveys of the cycle counted as they are."""
    others = list(survey.cycle.surveys.exclude(pk=survey.pk))
    if any(other.k != survey.k for other in others):
        return _no_tiers(_("The surveys of this cycle have different scales and cannot be scored together."))
    beside = [counted_cube(other, groups) for other in others]
    before, after = (joined_cube([cube, *beside], [code for _pk, code in groups]) for cube in pair)
    if not before.valid.any():
        return _no_tiers(_("No response counts now, so there are no tiers to compare with."))
    if not after.valid.any():
        return _no_tiers(_("No valid response would be left, and there would be no scores at all."))
    try:
        return {"tiers": tier_changes(survey.cycle, before, after), "no_tiers": ""}
    except MethodError as problem:
        return _no_tiers(problem_sentences(problem.problems))


def _no_tiers(reason: str) -> dict:
    return {"tiers": None, "no_tiers": reason}
