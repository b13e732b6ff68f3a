"""Trial of screening rules: which responses they would take out, and the tiers that would move."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.queries.cycles import method_of, parents_of, problem_sentences
from materiality.scoring.cube import Cube
from materiality.scoring.method import MethodError
from materiality.scoring.run import Counts, IssueResult, run
from surveys.models import Survey
from surveys.questionnaire.responses import ResponseColumns
from surveys.questionnaire.screening import FLAGS, MARK, REJECT, RULES, Rules, valid
from surveys.responses.counting import asked_by_plan, builder_of, counted_cube, joined_cube, places_of
from surveys.responses.screening import flags_of_survey, rules_in_force, screened_anew

FIGURES = ("tier", "priority", "society", "business", "rank")


def tier_changes(cycle: Cycle, before: Cube, after: Cube) -> dict:
    """{"changes": [...], "compared": n, "furthest": x}: issues whose tier changes by the cycle's method, in order of
    code, secondaries first; how many were compared; the largest change of a priority (0–100).

    A change is {"code", "level"} and [before, after] of FIGURES. MethodError where the method is unsound.
    """
    method, parents = method_of(cycle), parents_of(cycle.edition_id, before.issues)
    # The plan decides on a tier only where every group asked has to count.
    asked = asked_by_plan(cycle.surveys.all(), before) if method.all_groups else None
    old, new = (run(Counts.of(cube, asked), method, parents) for cube in (before, after))
    pairs = [("secondary", *pair) for pair in zip(old.issues, new.issues, strict=True)]
    pairs += [("primary", *pair) for pair in zip(old.primary_issues, new.primary_issues, strict=True)]
    distances = [
        abs(one.priority - other.priority)
        for _level, one, other in pairs
        if one.priority is not None and other.priority is not None
    ]
    return {
        "changes": [_change(level, one, other) for level, one, other in pairs if one.tier != other.tier],
        "compared": len(pairs),
        "furthest": max(distances, default=0.0),
    }


def _change(level: str, before: IssueResult, after: IssueResult) -> dict:
    figures = {name: [getattr(before, name), getattr(after, name)] for name in FIGURES}
    return {"code": before.code, "level": level, **figures}


COUNTS = ("flagged_before", "flagged_after", "alone_before", "alone_after", "go", "back")


class RuleEffects:
    """Counts over submitted responses of `groups` groups.

    rules: int64[flags, groups, 6], last axis as COUNTS: flagged by a rule that is not off; taken out by this rule
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
        for place, rule in enumerate(RULES):
            bit = np.uint16(rule.bit)
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


Progress = Callable[[int, str], None]


def dry_run(survey: Survey, rules: Rules, progress: Progress = lambda percent, text: None) -> dict:
    """What `rules` would do to the survey's stored responses, as plain values.

    {"rules": {flag: {group: {COUNTS}}}, "groups": {group: {"before", "after", "go", "back"}}, "submitted", "moved",
    "tiers": as `tier_changes`, or None with "no_tiers", a sentence that says why}. Groups are codes. "before" is what
    a run made now would count, flags as they are stored; "moved" the responses whose flags would change.
    """
    rules = rules.for_survey(split=survey.split)
    groups = list(survey.cycle.groups.values_list("id", "code"))
    keys, codes = [pk for pk, _code in groups], [code for _pk, code in groups]
    effects = RuleEffects(rules_in_force(survey), rules, len(groups))
    empty = builder_of(survey, codes)
    builders = empty, deepcopy(empty)
    submitted = moved = done = 0
    total = survey.responses.count()
    for chunk in screened_anew(survey, rules):
        responses, group = chunk.responses, places_of(chunk.responses.group, keys)
        was_and_is = effects.add(group, chunk.stored, chunk.fresh, responses.overruled, responses.submitted)
        for builder, counting in zip(builders, was_and_is, strict=True):
            builder.add(group[counting], responses.in_plan[counting])
        submitted += int(responses.submitted.sum())
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


def tiers_if_stored(survey: Survey, columns: ResponseColumns, flags: np.ndarray) -> dict | None:
    """{"moved": [{"code", "from", "to"}], "compared"}: tiers that change if responses, with these flags, are stored.

    None where nothing counts before or after; of an anonymous survey, whose file would show in it.
    """
    if survey.anonymous or not len(columns):
        return None
    groups = list(survey.cycle.groups.values_list("id", "code"))
    keys, codes = [pk for pk, _code in groups], [code for _pk, code in groups]
    builder = builder_of(survey, codes)
    counts = valid(flags, rules_in_force(survey), columns.overruled, columns.submitted)
    builder.add(places_of(columns.group, keys)[counts], columns.in_plan[counts])
    before = counted_cube(survey, groups)
    found = _tiers(survey, groups, [cube.without_parts() for cube in (before, before + builder.cube())])["tiers"]
    if found is None:
        return None
    moved = [{"code": each["code"], "from": each["tier"][0], "to": each["tier"][1]} for each in found["changes"]]
    return {"moved": moved, "compared": found["compared"]}


def _no_tiers(reason: str) -> dict:
    return {"tiers": None, "no_tiers": reason}
