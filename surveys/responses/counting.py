"""Responses → cube, counts and digest."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from uuid import UUID
from zlib import crc32

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DIMENSIONS, Cube, CubeBuilder
from materiality.scoring.parts import Dealing, PartsBuilder, deal_by_cluster, deal_by_id
from materiality.scoring.run import Counted
from surveys.models import ResponseImport, Survey
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.ratings import within_plan
from surveys.questionnaire.screening import FLAG_BIT, FLAGS, REJECT, RULES, Rules, flags_asked, valid
from surveys.responses.anonymity import hold_small_changes
from surveys.responses.holdings import held_now
from surveys.responses.ranking import NamedCounts, added
from surveys.responses.screening import rules_in_force, shown_bits

CHUNK = 10_000
# What was named stays text: hardly anybody's has to be read, and PostgreSQL would have all of it read.
COLUMNS = ("id", "group_id", "flags", "overruled", "unfinished", "ratings", Cast("named", TextField()))


@dataclass(frozen=True)
class SurveyCount:
    """Responses of one survey, counted: the cube of the valid ones with its parts, by rejecting rule the cube of those
    that it alone keeps out, who named which issues, codes of the groups dealt by cluster, and of those dealt by id
    though a cluster is named.

    groups int64[G, 3]: total, submitted, valid; flags int64[F]: submitted responses by flag, in the order of FLAGS.
    check: CRC-32 over what was counted, row by row.
    """

    cube: Cube
    back: Mapping[str, Cube]
    groups: np.ndarray
    flags: np.ndarray
    named: Mapping[str, Mapping[str, Sequence[int]]]
    check: int = 0
    clustered: tuple[str, ...] = ()
    single: tuple[str, ...] = ()

    def __add__(self, later: "SurveyCount") -> "SurveyCount":
        """The count of both, `later` being responses whose ids come after those of this one, dealt by id."""
        back = dict(self.back)
        for rule, cube in later.back.items():
            back[rule] = back[rule] + cube if rule in back else cube
        return SurveyCount(
            cube=self.cube + later.cube.after(self.cube.valid),
            back=back,
            groups=self.groups + later.groups,
            flags=self.flags + later.flags,
            named=added([self.named, later.named]),
        )


Groups = Sequence[tuple[int, str]]  # key and code
Digest = Callable[[Sequence[tuple]], None]  # takes rows of COLUMNS in id order
Count = Callable[[Survey, Groups, Digest], SurveyCount]
Progress = Callable[[int, str], None]


def count_cycle(
    cycle: Cycle,
    progress: Progress = lambda percent, text: None,
    codes: Sequence[str] = (),
    count: Count | None = None,
) -> Counted:
    """Count all responses of the cycle's surveys, or of those with these codes, with few new ones of an open anonymous
    survey left to a later run (see held_groups); `count` counts one survey, by default in one pass of its own.
    NotAllowed where the surveys' scales differ or a code is unknown.
    """
    surveys = _named(list(cycle.surveys.order_by("code")), codes)
    groups = list(cycle.groups.values_list("id", "code"))
    if len({survey.k for survey in surveys}) > 1:
        raise NotAllowed(_("The surveys of this cycle have different scales and cannot be scored together."))
    digest, held, found = Digesting(groups), held_now(surveys), []
    for place, survey in enumerate(surveys):
        found.append((count or count_survey)(survey, groups, digest.add))
        progress(10 + 50 * (place + 1) // len(surveys), "")
    # What came in while it was counted is in neither: such a run cannot be held against the survey later.
    summary = _summary(surveys, groups, found) | {"holdings": held if held == held_now(surveys) else {}}
    whole = joined_cube([each.cube for each in found], [code for _pk, code in groups])
    counted = Counted(
        *(whole, summary, digest.hexdigest(), [survey.code for survey in surveys]),
        clustered=tuple(sorted({code for each in found for code in each.clustered})),
        one_cluster=tuple(
            sorted((survey.code, code) for survey, each in zip(surveys, found, strict=True) for code in each.single)
        ),
    )
    counted = hold_small_changes(cycle, surveys, counted)
    return replace(counted, asked=asked_by_plan(surveys, counted.cube), back=_back(found, counted))


def _back(found: Sequence[SurveyCount], counted: Counted) -> dict[str, Cube]:
    """By rejecting rule, what it alone keeps out of all surveys."""
    rules = sorted({rule for each in found for rule in each.back})
    cubes = {rule: [each.back[rule] for each in found if rule in each.back] for rule in rules}
    return {rule: _without_held(joined_cube(own, own[0].groups), counted) for rule, own in cubes.items()}


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


def counted_cube(survey: Survey, groups: Groups) -> Cube:
    """The cube of one survey's valid responses."""
    return count_survey(survey, groups, lambda rows: None).cube


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


def count_survey(survey: Survey, groups: Groups, digest: Digest) -> SurveyCount:
    """Count all responses of a survey in one pass."""
    counter = SurveyCounter(survey, groups)
    with plain_rows(survey.responses.all(), *cluster_column(survey)) as lots:
        for rows in lots:
            counter.add(rows)
            digest(rows)
    return counter.counted()


class SurveyCounter:
    """Counts responses of one survey, rows of COLUMNS (and of `cluster_column`) in id order."""

    def __init__(self, survey: Survey, groups: Groups) -> None:
        self._survey, self._codes = survey, [code for _pk, code in groups]
        self._index = {pk: n for n, (pk, _code) in enumerate(groups)}
        self._rules, self._shown = rules_in_force(survey), np.uint16(shown_bits(survey))
        self._builder = builder_of(survey, self._codes)
        self._empty, self._back = deepcopy(self._builder), {}
        self._named = NamedCounts(survey, self._codes)
        self._clusters = _Clusters(survey) if survey.cluster else None
        self._groups = np.zeros((len(groups), len(SIZES)), np.int64)
        self._flags = np.zeros(len(FLAGS), np.int64)
        self._check = 0

    def add(self, rows: Sequence[tuple]) -> None:
        """Count these responses."""
        _ids, group_ids, flags, overruled, unfinished, ratings, named, *_key = zip(*rows, strict=True)
        matrix = within_plan(np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1))
        group = np.array([self._index[pk] for pk in group_ids])
        flags, overruled, submitted = np.array(flags, np.uint16), np.array(overruled), ~np.array(unfinished, bool)
        counts = valid(flags, self._rules, overruled, submitted)
        self._builder.add(group[counts], matrix[counts])
        if self._clusters:
            self._clusters.add(compress(rows, counts), group[counts], matrix[counts])
        for rule, rows_back in kept_out_alone(flags, self._rules, overruled, submitted).items():
            builder = self._back.setdefault(rule, deepcopy(self._empty))
            builder.add(group[rows_back], matrix[rows_back])
        self._named.add(group[counts], matrix[counts], list(compress(named, counts)))
        for place, mask in enumerate((None, submitted, counts)):
            own = group if mask is None else group[mask]
            self._groups[:, place] += np.bincount(own, minlength=len(self._codes))
        shown = flags[submitted] & self._shown
        self._flags += [np.count_nonzero(shown & np.uint16(FLAG_BIT[flag])) for flag in FLAGS]
        self._check = check_of(self._check, rows)

    def counted(self) -> SurveyCount:
        """The count of all that was added."""
        found = SurveyCount(
            cube=self._builder.cube(),
            back={rule: each.cube().without_parts() for rule, each in self._back.items()},
            groups=self._groups,
            flags=self._flags,
            named=self._named.counts(),
            check=self._check,
        )
        if not self._clusters:
            return found
        cube, dealing = self._clusters.dealt(found.cube, rated_columns(self._survey))
        clustered = tuple(code for code, own in zip(self._codes, dealing.clustered.tolist(), strict=True) if own)
        single = tuple(self._codes[g] for g in dealing.one_cluster)
        return replace(found, cube=cube, clustered=clustered, single=single)


def check_of(check: int, rows: Sequence[tuple]) -> int:
    """The check of these rows after those that gave `check`."""
    _ids, group_ids, flags, overruled, unfinished, ratings, *_more = zip(*rows, strict=True)
    for part in (b"".join(ratings), *(np.array(each, "<i8") for each in (group_ids, flags, overruled, unfinished))):
        check = crc32(part, check)
    return check


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


@contextmanager
def plain_rows(found: QuerySet, *more: str) -> Iterator[Iterable[list[tuple]]]:
    """COLUMNS of the responses that are found, in id order and of one moment, some thousand rows at a time.

    A plain cursor: 150,000 rows would otherwise be turned into objects one by one. PostgreSQL would hand over all of
    them at once but in a transaction, and sends ratings as they are, not as text of twice the length.
    """
    sql, parameters = found.order_by("id").values_list(*COLUMNS, *more).query.sql_with_params()
    if connection.vendor == "postgresql":
        from psycopg import ServerCursor

        with transaction.atomic(), ServerCursor(connection.connection, "plain_rows") as cursor:
            cursor.execute(sql, parameters, binary=True)
            yield iter(partial(cursor.fetchmany, CHUNK), [])
    else:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            yield iter(partial(cursor.fetchmany, CHUNK), [])


class Digesting:
    """SHA-256 over id, group, flags, overruling and ratings in id order (scoring.md, What a run stores)."""

    def __init__(self, groups: Groups) -> None:
        self._codes, self._digest = dict(groups), hashlib.sha256()

    def add(self, rows: Sequence[tuple]) -> None:
        """Rows that begin with the columns of COLUMNS."""
        ids, groups, flags, overruled, _unfinished, ratings, *_more = zip(*rows, strict=True)
        keys = [pk.hex for pk in ids] if isinstance(ids[0], UUID) else [pk.replace("-", "") for pk in ids]
        codes = [self._codes[pk] for pk in groups]
        lines = map(
            "{} {} {} {} ".format,
            keys,
            codes,
            flags,
            overruled,
        )
        self._digest.update(b"\n".join([*map(bytes.__add__, map(str.encode, lines), ratings), b""]))

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def digest_now(surveys: Sequence[Survey]) -> str:
    """The digest that a run of these surveys would store, without counting."""
    groups = {group for survey in surveys for group in survey.cycle.groups.values_list("id", "code")}
    digest = Digesting(tuple(groups))
    for survey in surveys:
        with plain_rows(survey.responses.all()) as lots:
            for rows in lots:
                digest.add(rows)
    return digest.hexdigest()


SIZES = ("total", "submitted", "valid")


def _summary(surveys: Sequence[Survey], groups: Groups, found: Sequence[SurveyCount]) -> dict:
    """What a run stores of its responses beside their cube; with the rules that it counted by, so that its numbers can
    be explained later.
    """
    asked = flags_asked(
        attention=any(survey.attention for survey in surveys), split=all(survey.split for survey in surveys)
    )
    sizes = sum((each.groups for each in found), np.zeros((len(groups), len(SIZES)), np.int64))
    flags = sum((each.flags for each in found), np.zeros(len(FLAGS), np.int64)).tolist()
    sums = dict(zip(SIZES, sizes.sum(axis=0).tolist(), strict=True))
    return {
        **sums,
        "unfinished": sums["total"] - sums["submitted"],
        "flags": {flag: flags[FLAGS.index(flag)] for flag in asked},
        "groups": {
            code: dict(zip(SIZES, own, strict=True)) for (_pk, code), own in zip(groups, sizes.tolist(), strict=True)
        },
        "screening": [
            {"survey": each.code, "version": each.rules_version, "rules": rules_in_force(each).to_json()}
            for each in surveys
        ],
        "named": added([each.named for each in found]),
        "instruments": {survey.code: survey.instrument.version for survey in surveys},
        "imported": sum(
            each.responses.filter(source__isnull=False).count() for each in surveys if each.imports.exists()
        ),
        "rescaled": _rescaled(surveys),
        "clusters": {survey.code: survey.cluster for survey in surveys if survey.cluster},
    }
