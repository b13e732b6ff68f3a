"""Responses → cube, counts and digest, in chunks; trial of rules and the tiers that would move."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import method_of, parents_of, problem_sentences
from materiality.scoring.cube import DIMENSIONS, Cube, CubeBuilder
from materiality.scoring.method import MethodError
from materiality.scoring.run import Counted, Counts, IssueResult, run
from surveys.models import Response, Survey
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.ratings import within_plan
from surveys.questionnaire.screening import FLAG_BIT, FLAGS, MARK, REJECT, RULES, Rules, flags_asked, valid
from surveys.responses.anonymity import hold_small_changes
from surveys.responses.holdings import held_now
from surveys.responses.ranking import NamedCounts, added
from surveys.responses.screening import flags_of_survey, rules_in_force, screened_anew, shown_bits

CHUNK = 10_000
COLUMNS = ("id", "group_id", "flags", "overruled", "unfinished", "ratings", "named")


@dataclass
class _Tally:
    """What is counted besides ratings, over all surveys."""

    groups: dict[str, Counter]
    screening: list[dict]
    asked: tuple[str, ...]
    total: int = 0
    unfinished: int = 0
    valid: int = 0
    flags: Counter = field(default_factory=Counter)
    named: list[dict] = field(default_factory=list)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


def count_cycle(
    cycle: Cycle, progress: Callable[[int, str], None] = lambda percent, text: None, codes: Sequence[str] = ()
) -> Counted:
    """Count all responses of the cycle's surveys, or of those with these codes, with few new ones of an open anonymous
    survey left to a later run (see held_groups). NotAllowed where the surveys' scales differ or a code is unknown.
    """
    surveys = _named(list(cycle.surveys.order_by("code")), codes)
    groups = list(cycle.groups.values_list("id", "code"))
    if len({survey.k for survey in surveys}) > 1:
        raise NotAllowed(_("The surveys of this cycle have different scales and cannot be scored together."))
    asked = flags_asked(
        attention=any(survey.attention for survey in surveys), split=all(survey.split for survey in surveys)
    )
    tally = _Tally({code: Counter() for _pk, code in groups}, [_screened_by(each) for each in surveys], asked)
    held = held_now(surveys)
    cubes, without = [], {}
    for place, survey in enumerate(surveys):
        cube, back = _count_survey(survey, groups, tally)
        cubes.append(cube)
        for rule, more in back.items():
            without.setdefault(rule, []).append(more)
        progress(10 + 50 * (place + 1) // len(surveys), "")
    whole = joined_cube(cubes, [code for _pk, code in groups])
    # What came in while it was counted is in neither: such a run cannot be held against the survey later.
    summary = _summary(tally) | {"holdings": held if held == held_now(surveys) else {}}
    counted = Counted(whole, summary, tally.digest.hexdigest(), [survey.code for survey in surveys])
    counted.responses["instruments"] = {survey.code: survey.instrument.version for survey in surveys}
    counted = hold_small_changes(cycle, surveys, counted)
    back = {rule: _without_held(joined_cube(found, counted.cube.groups), counted) for rule, found in without.items()}
    return replace(counted, asked=asked_by_plan(surveys, counted.cube), back=back)


def _without_held(cube: Cube, counted: Counted) -> Cube:
    """What a rule keeps out, in the order of the whole, without groups that stay as they were in the run before."""
    found = cube.aligned(counted.cube.groups, counted.cube.issues).without_parts()
    held = [found.groups.index(code) for code in counted.responses.get("held", ())]
    for array in (found.counts, found.absent, found.valid):
        array[held] = 0
    return found


def _named(surveys: list[Survey], codes: Sequence[str]) -> list[Survey]:
    known = [survey.code for survey in surveys]
    if not codes or set(codes) == set(known):
        return surveys
    if unknown := sorted(set(codes) - set(known)):
        raise NotAllowed(_("The cycle has no survey %(codes)s.") % {"codes": ", ".join(unknown)})
    # Runs of some surveys beside runs of all would tell the few responses that came between them.
    if any(survey.anonymous and survey.state == Survey.State.OPEN for survey in surveys):
        raise NotAllowed(_("While an anonymous survey is open, all surveys of the cycle are scored together."))
    return [survey for survey in surveys if survey.code in codes]


def joined_cube(cubes: Sequence[Cube], groups: Sequence[str]) -> Cube:
    """One cube over the issues of all; empty where there is none. ValueError where scales differ."""
    issues = sorted({issue for cube in cubes for issue in cube.issues})
    whole = Cube.empty(groups, issues, cubes[0].k if cubes else 5)
    for cube in cubes:
        whole = whole + cube.aligned(groups, issues)
    return whole


def asked_by_plan(surveys: Sequence[Survey], cube: Cube) -> np.ndarray:
    """bool[G, I, 2] in the order of the cube: which group the plan of some survey asks which issue and dimension."""
    issue = {code: place for place, code in enumerate(cube.issues)}
    asked = np.zeros((len(cube.groups), len(cube.issues), len(DIMENSIONS)), dtype=bool)
    for survey in surveys:
        plans = {row.group.code: row.plan for row in survey.plans.select_related("group")}
        items = list(survey.items.values_list("issue__code", "dimension"))
        for place, group in enumerate(cube.groups):
            plan = plans.get(group, Plan())
            left_out = set(plan.left_out)
            for code, dimension in items:
                if dimension in plan.dimensions and code not in left_out:
                    asked[place, issue[code], DIMENSIONS.index(dimension)] = True
    return asked


def builder_of(survey: Survey, groups: Sequence[str]) -> CubeBuilder:
    """A builder of the survey's cube, over all groups of its cycle."""
    items = list(survey.items.values_list("issue__code", "dimension").order_by("position"))
    issues = sorted({code for code, _dimension in items})
    place = {code: n for n, code in enumerate(issues)}
    columns = [(place[code], DIMENSIONS.index(dimension)) for code, dimension in items]
    return CubeBuilder(groups, issues, survey.k, columns)


def counted_cube(survey: Survey, groups: list[tuple[int, str]]) -> Cube:
    """The cube of one survey's valid responses; `groups` are (key, code)."""
    return _count_survey(survey, groups, _Tally({code: Counter() for _pk, code in groups}, [], ()))[0]


def _count_survey(survey: Survey, groups: list[tuple[int, str]], tally: _Tally) -> tuple[Cube, dict[str, Cube]]:
    """The cube of the valid responses, and by rejecting rule the cube of those that it alone keeps out."""
    codes = [code for _pk, code in groups]
    builder, ranking = builder_of(survey, codes), NamedCounts(survey, codes)
    empty, back = deepcopy(builder), {}
    rules, shown = rules_in_force(survey), np.uint16(shown_bits(survey))
    index = {pk: n for n, (pk, _code) in enumerate(groups)}
    for rows in _chunks(survey):
        ids, group_ids, flags, overruled, unfinished, ratings, named = zip(*rows, strict=True)
        matrix = within_plan(np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1))
        group = np.array([index[pk] for pk in group_ids])
        flags_, submitted = np.array(flags, np.uint16), ~np.array(unfinished, bool)
        counts = valid(flags_, rules, np.array(overruled), submitted)
        builder.add(group[counts], matrix[counts])
        for rule, rows_back in kept_out_alone(flags_, rules, np.array(overruled), submitted).items():
            back.setdefault(rule, deepcopy(empty)).add(group[rows_back], matrix[rows_back])
        ranking.add(group[counts], matrix[counts], list(compress(named, counts)))
        _add_to_tally(tally, codes, group, flags_ & shown, submitted, counts)
        _add_to_digest(tally, ids, [groups[g][1] for g in group.tolist()], flags, overruled, ratings)
    tally.named.append(ranking.counts())
    return builder.cube(), {rule: each.cube() for rule, each in back.items()}


def kept_out_alone(
    flags: np.ndarray, rules: Rules, overruled: np.ndarray, submitted: np.ndarray
) -> dict[str, np.ndarray]:
    """By rejecting rule, bool[R]: responses that would be valid if this rule only marked; rules that keep nobody out
    alone are left out.
    """
    rejecting = rules.bits(REJECT)
    open_ = submitted & (overruled == 0)
    found = {rule.code: open_ & (flags & rejecting == rule.bit) for rule in RULES if rules.effects[rule.code] == REJECT}
    return {code: rows for code, rows in found.items() if rows.any()}


def _chunks(survey: Survey) -> Iterator[list[tuple]]:
    """Rows in id order, by a plain cursor: 150,000 rows would otherwise be turned into objects one by one."""
    queryset = Response.objects.filter(survey=survey).order_by("id").values_list(*COLUMNS)
    sql, parameters = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def digest_now(surveys: Sequence[Survey]) -> str:
    """The digest that a run of these surveys would store, without counting."""
    tally = _Tally({}, [], ())
    for survey in surveys:
        codes = dict(survey.cycle.groups.values_list("id", "code"))
        for rows in _chunks(survey):
            ids, groups, flags, overruled, _unfinished, ratings, _named = zip(*rows, strict=True)
            _add_to_digest(tally, ids, [codes[pk] for pk in groups], flags, overruled, ratings)
    return tally.digest.hexdigest()


def _add_to_tally(
    tally: _Tally,
    codes: list[str],
    group: np.ndarray,
    flags: np.ndarray,
    submitted: np.ndarray,
    counts: np.ndarray,
) -> None:
    tally.total += len(group)
    tally.unfinished += int((~submitted).sum())
    tally.valid += int(counts.sum())
    for flag in FLAGS:
        tally.flags[flag] += int(((flags & FLAG_BIT[flag]) > 0)[submitted].sum())
    for name, mask in (("total", None), ("submitted", submitted), ("valid", counts)):
        found = np.bincount(group if mask is None else group[mask], minlength=len(codes))
        for code, number in zip(codes, found.tolist(), strict=True):
            tally.groups[code][name] += number


def _add_to_digest(tally: _Tally, ids, codes: list[str], flags, overruled, ratings) -> None:
    """SHA-256 over id, group, flags, overruling and ratings in id order (scoring.md, What a run stores)."""
    tally.digest.update(
        b"".join(
            b"%s %s %d %d %s\n" % (str(pk).replace("-", "").encode(), code.encode(), flag, overrule, bytes(vector))
            for pk, code, flag, overrule, vector in zip(ids, codes, flags, overruled, ratings, strict=True)
        )
    )


def _screened_by(survey: Survey) -> dict:
    """The rules that a run counts by, so that its numbers can be explained later."""
    return {"survey": survey.code, "version": survey.rules_version, "rules": rules_in_force(survey).to_json()}


def _summary(tally: _Tally) -> dict:
    return {
        "total": tally.total,
        "unfinished": tally.unfinished,
        "submitted": tally.total - tally.unfinished,
        "valid": tally.valid,
        "flags": {flag: tally.flags[flag] for flag in tally.asked},
        "groups": {
            code: {name: counts[name] for name in ("total", "submitted", "valid")}
            for code, counts in tally.groups.items()
        },
        "screening": tally.screening,
        "named": added(tally.named),
    }


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
    codes = [code for _pk, code in groups]
    index = {pk: place for place, (pk, _code) in enumerate(groups)}
    effects = RuleEffects(rules_in_force(survey), rules, len(groups))
    empty = builder_of(survey, codes)
    builders = empty, deepcopy(empty)
    submitted = moved = done = 0
    total = survey.responses.count()
    for chunk in screened_anew(survey, rules):
        answers, group = chunk.answers, np.array([index[pk] for pk in chunk.group.tolist()])
        was_and_is = effects.add(group, chunk.stored, chunk.fresh, answers.overruled, answers.submitted)
        for builder, counting in zip(builders, was_and_is, strict=True):
            builder.add(group[counting], answers.ratings[counting])
        submitted += int(answers.submitted.sum())
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
