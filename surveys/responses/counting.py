"""Responses → cube, counts and digest."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import compress
from uuid import UUID

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DIMENSIONS, Cube, CubeBuilder
from materiality.scoring.parts import Dealing, PartsBuilder, deal_by_cluster, deal_by_id
from materiality.scoring.run import Counted
from surveys.models import Response, ResponseImport, Survey
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.ratings import within_plan
from surveys.questionnaire.screening import FLAG_BIT, FLAGS, REJECT, RULES, Rules, flags_asked, valid
from surveys.responses.anonymity import hold_small_changes
from surveys.responses.holdings import held_now
from surveys.responses.ranking import NamedCounts, added
from surveys.responses.screening import rules_in_force, shown_bits

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
    found = []
    for place, survey in enumerate(surveys):
        found.append(_count_survey(survey, groups, tally))
        progress(10 + 50 * (place + 1) // len(surveys), "")
    codes_of_groups = [code for _pk, code in groups]
    whole = joined_cube([each.cube for each in found], codes_of_groups)
    # What came in while it was counted is in neither: such a run cannot be held against the survey later.
    summary = _summary(tally) | {"holdings": held if held == held_now(surveys) else {}}
    counted = Counted(whole, summary, tally.digest.hexdigest(), [survey.code for survey in surveys])
    counted.responses["instruments"] = {survey.code: survey.instrument.version for survey in surveys}
    counted.responses["rescaled"] = _rescaled(surveys)
    counted.responses["clusters"] = {survey.code: survey.cluster for survey in surveys if survey.cluster}
    clustered = sorted({code for each in found for code in each.clustered})
    single = sorted((survey.code, code) for survey, each in zip(surveys, found, strict=True) for code in each.single)
    counted = hold_small_changes(
        cycle, surveys, replace(counted, clustered=tuple(clustered), one_cluster=tuple(single))
    )
    back = {
        rule: _without_held(
            joined_cube([each.back[rule] for each in found if rule in each.back], codes_of_groups), counted
        )
        for rule in sorted({rule for each in found for rule in each.back})
    }
    return replace(counted, asked=asked_by_plan(surveys, counted.cube), back=back)


def _rescaled(surveys: Sequence[Survey]) -> list[dict]:
    """The files whose ratings were stretched from a scale of another length, which a run is marked with."""
    found = ResponseImport.objects.filter(survey__in=surveys, state=ResponseImport.State.STORED)
    return [
        {"survey": each.survey.code, "file": each.file_name, "from": length, "to": each.survey.k}
        for each in found.select_related("survey").order_by("pk")
        for length in sorted(set(each.match.get("lengths", {}).values()))
    ]


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
    issues = sorted(set(survey.items.values_list("issue__code", flat=True)))
    return CubeBuilder(groups, issues, survey.k, rated_columns(survey))


def rated_columns(survey: Survey) -> list[tuple[int, int]]:
    """(index of the issue in code order, index of the dimension) of each item."""
    items = list(survey.items.values_list("issue__code", "dimension").order_by("position"))
    place = {code: n for n, code in enumerate(sorted({code for code, _dimension in items}))}
    return [(place[code], DIMENSIONS.index(dimension)) for code, dimension in items]


def counted_cube(survey: Survey, groups: list[tuple[int, str]]) -> Cube:
    """The cube of one survey's valid responses; `groups` are (key, code)."""
    return _count_survey(survey, groups, _Tally({code: Counter() for _pk, code in groups}, [], ())).cube


@dataclass(frozen=True)
class _CountedSurvey:
    """The cube of the valid responses, and by rejecting rule the cube of those that it alone keeps out; codes of the
    groups dealt by cluster, and of those dealt by id though a cluster is named.
    """

    cube: Cube
    back: dict[str, Cube]
    clustered: tuple[str, ...] = ()
    single: tuple[str, ...] = ()


class _Clusters:
    """The valid responses of a survey that names a cluster, kept until all clusters are known."""

    def __init__(self, survey: Survey) -> None:
        self._survey, self._rows, self._keys, self._ids = survey, [], [], []
        self._batches = {str(pk) for pk in survey.batches.values_list("pk", flat=True)}

    def add(self, rows: Iterable[tuple], group: np.ndarray, ratings: np.ndarray) -> None:
        """Valid responses: rows of COLUMNS and the column that `cluster_column` names."""
        self._rows.append((group, ratings))
        for row in rows:
            self._ids.append(str(UUID(str(row[0]))))
            self._keys.append(self._key(row[-1]))

    def dealt(self, cube: Cube, columns: Sequence[tuple[int, int]]) -> tuple[Cube, Dealing]:
        """The cube with parts dealt by cluster."""
        if not self._rows:
            return cube, deal_by_id(np.zeros(0, dtype=int), len(cube.groups))
        group, ratings = (np.concatenate(each) for each in zip(*self._rows, strict=True))
        dealing = deal_by_cluster(group, len(cube.groups), self._keys, self._ids)
        builder = PartsBuilder(len(cube.groups), len(cube.issues), cube.k, columns)
        builder.add(group, dealing.part, ratings)
        return replace(cube, parts=builder.parts()), dealing

    def _key(self, value: object) -> str:
        cluster = self._survey.cluster
        if cluster == Survey.CHANNEL:
            return value
        if cluster == Survey.BATCH:
            batch = value.partition("-")[0]
            return batch if batch in self._batches else ""
        answers = json.loads(value) if isinstance(value, str) else value
        return str(answers.get(cluster.removeprefix(Survey.PROFILE), ""))


def cluster_column(survey: Survey) -> tuple[str, ...]:
    """The column of a response that says to which cluster it belongs; none where the survey names no cluster."""
    if not survey.cluster:
        return ()
    return ({Survey.CHANNEL: "channel", Survey.BATCH: "token"}.get(survey.cluster, "profile"),)


def _count_survey(survey: Survey, groups: list[tuple[int, str]], tally: _Tally) -> _CountedSurvey:
    codes = [code for _pk, code in groups]
    builder, ranking = builder_of(survey, codes), NamedCounts(survey, codes)
    empty, back = deepcopy(builder), {}
    rules, shown = rules_in_force(survey), np.uint16(shown_bits(survey))
    index = {pk: n for n, (pk, _code) in enumerate(groups)}
    column = cluster_column(survey)
    clusters = _Clusters(survey) if column else None
    for rows in _chunks(survey, *column):
        ids, group_ids, flags, overruled, unfinished, ratings, named, *_key = zip(*rows, strict=True)
        matrix = within_plan(np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1))
        group = np.array([index[pk] for pk in group_ids])
        flags_, submitted = np.array(flags, np.uint16), ~np.array(unfinished, bool)
        counts = valid(flags_, rules, np.array(overruled), submitted)
        builder.add(group[counts], matrix[counts])
        if clusters:
            clusters.add(compress(rows, counts), group[counts], matrix[counts])
        for rule, rows_back in kept_out_alone(flags_, rules, np.array(overruled), submitted).items():
            back.setdefault(rule, deepcopy(empty)).add(group[rows_back], matrix[rows_back])
        ranking.add(group[counts], matrix[counts], list(compress(named, counts)))
        _add_to_tally(tally, codes, group, flags_ & shown, submitted, counts)
        _add_to_digest(tally, ids, [groups[g][1] for g in group.tolist()], flags, overruled, ratings)
    tally.named.append(ranking.counts())
    cube, kept_out = builder.cube(), {rule: each.cube() for rule, each in back.items()}
    if not clusters:
        return _CountedSurvey(cube, kept_out)
    cube, dealing = clusters.dealt(cube, rated_columns(survey))
    clustered = tuple(code for code, by_cluster in zip(codes, dealing.clustered.tolist(), strict=True) if by_cluster)
    return _CountedSurvey(cube, kept_out, clustered, tuple(codes[g] for g in dealing.one_cluster))


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


def _chunks(survey: Survey, *more: str) -> Iterator[list[tuple]]:
    """Rows in id order, by a plain cursor: 150,000 rows would otherwise be turned into objects one by one."""
    queryset = Response.objects.filter(survey=survey).order_by("id").values_list(*COLUMNS, *more)
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
