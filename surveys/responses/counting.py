"""Responses → cube, counts and digest."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import compress
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DIMENSIONS, Cube, CubeBuilder
from materiality.scoring.parts import Dealing, PartsBuilder, deal_by_cluster, deal_by_id
from materiality.scoring.run import Counted
from surveys.models import ResponseImport, Survey
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.ratings import within_plan
from surveys.questionnaire.responses import is_rating
from surveys.questionnaire.screening import FLAG_BIT, FLAGS, REJECT, RULES, Rules, flags_asked, valid
from surveys.responses.anonymity import hold_small_changes
from surveys.responses.holdings import held_now
from surveys.responses.screening import rules_in_force, shown_bits
from surveys.responses.stored import Stored, cluster_column, stored_responses


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
Digest = Callable[[Stored], None]  # takes responses in id order
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

    def add(self, lot: Stored, counts: np.ndarray, group: np.ndarray, ratings: np.ndarray) -> None:
        """The valid ones `counts` of the lot: place of the group and ratings."""
        self._rows.append((group, ratings))
        self._ids += [str(UUID(bytes=key.tobytes())) for key in lot.id[counts]]
        self._keys += [self._key(text) for text in compress(lot.cluster, counts)]

    def dealt(self, cube: Cube, columns: Sequence[tuple[int, int]]) -> tuple[Cube, Dealing]:
        """The cube with parts dealt by cluster."""
        if not self._rows:
            return cube, deal_by_id(np.zeros(0, dtype=int), len(cube.groups))
        group, ratings = (np.concatenate(each) for each in zip(*self._rows, strict=True))
        dealing = deal_by_cluster(group, len(cube.groups), self._keys, self._ids)
        builder = PartsBuilder(len(cube.groups), len(cube.issues), cube.k, columns)
        builder.add(group, dealing.part, ratings)
        return replace(cube, parts=builder.parts()), dealing

    def _key(self, text: str) -> str:
        cluster = self._survey.cluster
        if cluster == Survey.CHANNEL:
            return text
        if cluster == Survey.BATCH:
            batch = text.partition("-")[0]
            return batch if batch in self._batches else ""
        answers = json.loads(text)
        return str(answers.get(cluster.removeprefix(Survey.PROFILE), ""))


def count_survey(survey: Survey, groups: Groups, digest: Digest) -> SurveyCount:
    """Count all responses of a survey in one pass."""
    counter = SurveyCounter(survey, groups)
    with stored_responses(survey.responses.all(), *cluster_column(survey)) as lots:
        for lot in lots:
            counter.add(lot)
            digest(lot)
    return counter.counted()


def valid_ratings(survey: Survey, groups: Groups) -> tuple[np.ndarray, np.ndarray]:
    """Of the valid responses of a survey in id order: int[R] places of their groups, uint8[R, items] as all that counts
    sees them.
    """
    keys, rules, found = [pk for pk, _code in groups], rules_in_force(survey), []
    with stored_responses(survey.responses.all()) as lots:
        for lot in lots:
            counts = valid(lot.flags, rules, lot.overruled, ~lot.unfinished)
            found.append((places_of(lot.group[counts], keys), within_plan(lot.ratings[counts])))
    if not found:
        return np.zeros(0, int), np.zeros((0, survey.items.count()), np.uint8)
    return np.concatenate([group for group, _rows in found]), np.concatenate([rows for _group, rows in found])


class NamedCounts:
    """Of those who rated an issue and took the ranking step, how many named it; `groups` are codes by place."""

    def __init__(self, survey: Survey, groups: Sequence[str]) -> None:
        positions: dict[str, list[int]] = {}
        for code, position in survey.items.values_list("issue__code", "position").order_by("position"):
            positions.setdefault(code, []).append(position)
        self._positions = {code: np.array(own) for code, own in positions.items()}
        self._groups = groups
        self._asked: Counter[tuple[str, str]] = Counter()
        self._named: Counter[tuple[str, str]] = Counter()

    def add(self, group: np.ndarray, ratings: np.ndarray, named: Mapping[int, str]) -> None:
        """Count responses: place of the group int[R], ratings uint8[R, items], JSON of the codes named by place of the
        response, of those that count and named any.
        """
        sets = {row: frozenset(json.loads(codes)) for row, codes in named.items()}
        if not sets:
            return
        took = np.array(list(sets))
        for code, positions in self._positions.items():
            cells = ratings[np.ix_(took, positions)]
            rated = took[is_rating(cells).any(axis=1)]
            for place, number in enumerate(np.bincount(group[rated], minlength=len(self._groups)).tolist()):
                self._asked[self._groups[place], code] += number
            self._named.update((self._groups[group[row]], code) for row in rated.tolist() if code in sets[row])

    def counts(self) -> dict[str, dict[str, list[int]]]:
        """{group: {issue: [named, asked]}} without what nobody was asked."""
        found: dict[str, dict[str, list[int]]] = {}
        for (group, code), asked in sorted(self._asked.items()):
            if asked:
                found.setdefault(group, {})[code] = [self._named[group, code], asked]
        return found


def added(counts: Sequence[dict[str, dict[str, list[int]]]]) -> dict[str, dict[str, list[int]]]:
    """The counts of several surveys together."""
    whole: dict[str, dict[str, list[int]]] = {}
    for each in counts:
        for group, issues in each.items():
            own = whole.setdefault(group, {})
            for code, (named, asked) in issues.items():
                before = own.get(code, [0, 0])
                own[code] = [before[0] + named, before[1] + asked]
    return whole


class SurveyCounter:
    """Counts responses of one survey in id order."""

    def __init__(self, survey: Survey, groups: Groups) -> None:
        self._survey, self._codes = survey, [code for _pk, code in groups]
        self._keys = [pk for pk, _code in groups]
        self._rules, self._shown = rules_in_force(survey), np.uint16(shown_bits(survey))
        self._builder = builder_of(survey, self._codes)
        self._empty, self._back = deepcopy(self._builder), {}
        self._named = NamedCounts(survey, self._codes)
        self._clusters = _Clusters(survey) if survey.cluster else None
        self._groups = np.zeros((len(groups), len(SIZES)), np.int64)
        self._flags = np.zeros(len(FLAGS), np.int64)
        self._check = 0

    def add(self, lot: Stored) -> None:
        """Count these responses."""
        ratings, group = within_plan(lot.ratings), places_of(lot.group, self._keys)
        submitted = ~lot.unfinished
        counts = valid(lot.flags, self._rules, lot.overruled, submitted)
        self._builder.add(group[counts], ratings[counts])
        if self._clusters:
            self._clusters.add(lot, counts, group[counts], ratings[counts])
        for rule, back in kept_out_alone(lot.flags, self._rules, lot.overruled, submitted).items():
            if rule not in self._back:
                self._back[rule] = deepcopy(self._empty)
            self._back[rule].add(group[back], ratings[back])
        self._named.add(group, ratings, {place: text for place, text in lot.named.items() if counts[place]})
        for place, mask in enumerate((slice(None), submitted, counts)):
            self._groups[:, place] += np.bincount(group[mask], minlength=len(self._codes))
        shown = lot.flags[submitted] & self._shown
        self._flags += [np.count_nonzero(shown & np.uint16(FLAG_BIT[flag])) for flag in FLAGS]
        self._check = lot.check(self._check)

    def counted_of(self, lots: Iterable[Stored]) -> SurveyCount:
        """The count of these responses besides all that was added."""
        for lot in lots:
            self.add(lot)
        return self.counted()

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


def places_of(keys: Sequence[int], known: Sequence[int]) -> np.ndarray:
    """The place of each of the keys int[R] among those that are known. KeyError for another."""
    found, at = np.unique(keys, return_inverse=True)
    place = {key: n for n, key in enumerate(known)}
    return np.array([place[key] for key in found.tolist()], np.intp)[at]


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


class Digesting:
    """SHA-256 over id, group, flags, overruling and ratings in id order (scoring.md, What a run stores)."""

    def __init__(self, groups: Groups) -> None:
        self._codes, self._digest = dict(groups), hashlib.sha256()

    def add(self, lot: Stored) -> None:
        """Responses in id order."""
        # Few combinations stand between the ids, which differ, and the ratings.
        _kinds, first, at = np.unique(
            (lot.group << 24) + (lot.flags.astype(int) << 8) + lot.overruled, return_index=True, return_inverse=True
        )
        said = [f" {self._codes[lot.group[n]]} {lot.flags[n]} {lot.overruled[n]} ".encode() for n in first]
        width = max(map(len, said), default=0)
        padded = np.frombuffer(b"".join(each.ljust(width, b"\0") for each in said), np.uint8).reshape(-1, width)
        ids = np.frombuffer(lot.id.tobytes().hex().encode(), np.uint8).reshape(len(lot), -1)
        ends = np.full((len(lot), 1), ord("\n"), np.uint8)
        lines = np.hstack([ids, padded[at], lot.ratings, ends])
        kept = np.ones(lines.shape, bool)
        kept[:, ids.shape[1] : ids.shape[1] + width] = padded[at] > 0
        self._digest.update(lines[kept])

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def digest_now(surveys: Sequence[Survey]) -> str:
    """The digest that a run of these surveys would store, without counting."""
    groups = {group for survey in surveys for group in survey.cycle.groups.values_list("id", "code")}
    digest = Digesting(tuple(groups))
    for survey in surveys:
        with stored_responses(survey.responses.all()) as lots:
            for lot in lots:
                digest.add(lot)
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
