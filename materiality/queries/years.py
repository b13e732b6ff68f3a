"""Issues over the years: the same issue in earlier cycles, as the lineage of the library joins them."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Edition, Issue, IssueScore, Run, User
from materiality.queries.cycles import method_of, parents_of, scored_cycles
from materiality.queries.drafts import SAME, same_issues, step_rows
from materiality.queries.scores import counts_of
from materiality.scoring.change import CountedSide, changes, frozen_cuts_refused
from materiality.scoring.cube import DIMENSIONS, Cube
from materiality.scoring.method import Method

MOST_YEARS = 10


@dataclass(frozen=True)
class Year:
    """One issue in the newest run of a cycle; `other_wording`: respondents were asked in other words than now."""

    cycle: Cycle
    run: Run
    score: IssueScore
    other_wording: bool = False


def wordings(run: Run) -> set[int]:
    """The versions of the instrument with which the surveys of a run were opened; the first where a run says none."""
    return set((run.responses.get("instruments") or {"": 1}).values())


def asked_otherwise(one: Run, other: Run) -> bool:
    """Whether two runs rest on different versions of the instrument."""
    return wordings(one) != wordings(other)


def line_of(edition: Edition) -> list[Edition]:
    """The edition and those it comes from, the newest first."""
    line = [edition]
    known = Edition.objects.in_bulk() if edition.based_on_id else {}
    while line[-1].based_on_id is not None:
        line.append(known[line[-1].based_on_id])
    return line


def earlier_runs(cycle: Cycle, line: list[Edition], person: User | None = None) -> list[Run]:
    """The newest run of each cycle that ended before this one, or of the same time with figures from elsewhere, and
    stands on an edition of the line, newest first; for a person, of cycles whose scores they see.
    """
    newest = Run.objects.filter(cycle=OuterRef("cycle")).order_by("-number").values("pk")[:1]
    before = Q(cycle__period_end__lt=cycle.period_end) | ~Q(source="") & Q(cycle__period_end=cycle.period_end)
    runs = Run.objects.filter(before, edition__in=line, pk=Subquery(newest))
    if person is not None:
        runs = runs.filter(cycle__in=scored_cycles(person))
    runs = runs.exclude(cycle=cycle).defer("cube", "asked", "figures").select_related("cycle")
    return list(runs.order_by("-cycle__period_end", "-cycle__pk")[:MOST_YEARS])


def codes_before(line: list[Edition], code: str) -> dict[int, str]:
    """{edition: code} of the issue in each edition of the line, as far back as it was kept, renamed or moved."""
    rows, found = step_rows(line[:-1]), {line[0].pk: code}
    for newer, older in zip(line, line[1:], strict=False):
        descents = [row.descent for row in rows[newer.pk] if row.descent.kind in SAME]
        sources = [each.source for each in descents if each.target == found[newer.pk]]
        if len(sources) != 1:
            break
        found[older.pk] = sources[0]
    return found


def years_of(run: Run, code: str, person: User) -> list[Year]:
    """The issue in earlier cycles whose scores the person sees, newest first; none where it has no descent or nothing
    was scored before.
    """
    line = line_of(run.edition)
    runs = earlier_runs(run.cycle, line, person)
    if not runs:
        return []
    codes = codes_before(line, code)
    wanted = Q()
    for each in runs:
        if each.edition_id in codes:
            wanted |= Q(run=each, issue__code=codes[each.edition_id])
    scores = {}
    if wanted:
        scores = {
            score.run_id: score for score in IssueScore.objects.filter(wanted).select_related("issue").defer("groups")
        }
    return [Year(each.cycle, each, scores[each.pk], asked_otherwise(each, run)) for each in runs if each.pk in scores]


def compared_json(a: Run, b: Run) -> dict:
    """Changes from run A to run B, like with like (formats.md, compare_cycles): both fitted anew by B's method over
    the groups that count in both, issue by issue as lineage joins them. NoDescent where B's edition is not of A's line.
    """
    pairs = same_issues(a.edition, b.edition)
    found = changes(_counted(a), _counted(b), Method.from_stored(b.method), pairs)
    tiers = [dict(run.scores.values_list("issue__code", "tier")) for run in (a, b)]
    then, now = {each.code_a for each in found.issues}, {each.code_b for each in found.issues}
    return {
        "issues": [
            {"code_a": each.code_a, "code_b": each.code_b}
            | {d: {"change": each.change[d], "low": each.low[d], "high": each.high[d]} for d in DIMENSIONS}
            | {"tier_a": tiers[0].get(each.code_a), "tier_b": tiers[1].get(each.code_b)}
            for each in found.issues
        ],
        "entries": sorted(code for code in tiers[1] if code not in now),
        "exits": sorted(code for code in tiers[0] if code not in then),
        "groups": {dimension: list(groups) for dimension, groups in found.groups.items()},
        "asked_otherwise": asked_otherwise(a, b),
    }


def _counted(run: Run) -> CountedSide:
    counts = counts_of(run)
    return CountedSide(counts, parents_of(run.edition_id, counts.ratings.issues))


@dataclass(frozen=True)
class DimensionChange:
    """S now − S then with its 95% interval, None where it is not known."""

    change: float | None
    low: float | None
    high: float | None

    @property
    def is_beyond_chance(self) -> bool:
        return None not in (self.low, self.high) and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class ChangedIssue:
    """An issue then and now; `trend` are its priorities over all cycles, the oldest first, None where there is none;
    `line` the same as points of a drawing WIDE by TALL px.
    """

    code: str
    name: str
    tier_then: str
    tier_now: str
    sides: tuple[DimensionChange, DimensionChange]
    trend: list[float | None]
    line: str

    @property
    def moved(self) -> bool:
        return self.tier_then != self.tier_now

    @property
    def size(self) -> float:
        return max((abs(side.change) for side in self.sides if side.change is not None), default=0.0)


class YearOnYear:
    """The newest run of a cycle beside that of an earlier one whose scores the person sees."""

    def __init__(self, run: Run, person: User, since: str = "") -> None:
        self.run, self.line = run, line_of(run.edition)
        self.earlier = earlier_runs(run.cycle, self.line, person)
        chosen = [each for each in self.earlier if each.cycle.code == since] or self.earlier
        self.other = Run.objects.select_related("cycle", "edition").get(pk=chosen[0].pk) if chosen else None

    @cached_property
    def compared(self) -> dict:
        return compared_json(self.other, self.run)

    @cached_property
    def names(self) -> dict[str, str]:
        return {issue.code: issue.name for issue in Issue.objects.filter(edition=self.run.edition_id)}

    @cached_property
    def names_then(self) -> dict[str, str]:
        return {issue.code: issue.name for issue in Issue.objects.filter(edition=self.other.edition_id)}

    @property
    def rows(self) -> list[ChangedIssue]:
        """Issues in both, those that changed their tier first, then the largest changes."""
        rows = [self._row(each) for each in self.compared["issues"] if None not in (each["tier_a"], each["tier_b"])]
        return sorted(rows, key=lambda row: (not row.moved, -row.size, row.code))

    @property
    def entries(self) -> list[str]:
        return [self.names.get(code, code) for code in self.compared["entries"]]

    @property
    def exits(self) -> list[str]:
        return [self.names_then.get(code, code) for code in self.compared["exits"]]

    @property
    def common(self) -> dict[str, list[str]]:
        return self.compared["groups"]

    @cached_property
    def trends(self) -> dict[str, list[float | None]]:
        """{code: priorities over all cycles, the oldest first}."""
        runs, columns = [*reversed(self.earlier), self.run], []
        for each in runs:
            found = dict(each.scores.values_list("issue__code", "priority"))
            before = {now: then for then, now in same_issues(each.edition, self.run.edition)}
            columns.append({code: found.get(before.get(code)) for code in self.names})
        return {code: [column[code] for column in columns] for code in self.names}

    def _row(self, each: dict) -> ChangedIssue:
        code, trend = each["code_b"], self.trends.get(each["code_b"], [])
        sides = tuple(DimensionChange(**each[dimension]) for dimension in DIMENSIONS)
        name = self.names.get(code, code)
        return ChangedIssue(code, name, each["tier_a"], each["tier_b"], sides, trend, _points(trend))


WIDE, TALL = 90, 24


def _points(trend: list[float | None]) -> str:
    """Each cycle as far from the next, 0 at the bottom and 100 at the top."""
    step = WIDE / max(1, len(trend) - 1)
    places = [(n * step, TALL * (1 - value / 100)) for n, value in enumerate(trend) if value is not None]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


FROZEN: dict[str, Promise] = {
    "other_groups": gettext_lazy("Other groups have a weight: %(groups)s."),
    "other_weights": gettext_lazy("The weights of these groups differ: %(groups)s."),
    "other_weighting": gettext_lazy("The groups are combined in another way."),
    "other_estimator": gettext_lazy("The scores are computed in another way."),
    "other_scale": gettext_lazy("The rating scales differ: %(a)s points then, %(b)s now."),
}


def frozen_cuts(run: Run) -> dict[str, object] | None:
    """The cuts of a run as numbers of a method, None where one of them separates nothing."""
    cuts, either = run.cuts, run.method["rule"] == "either"
    names = {"society": "threshold_society", "business": "threshold_business"}
    names = names if either else {"low": "cut_low", "high": "cut_high"}
    values = {column: cuts.get(name) for name, column in names.items()}
    if None in values.values():
        return None
    return {"rule": run.method["rule"], "thresholds" if either else "cuts": "absolute", **values}


def frozen_cuts_problems(cycle: Cycle, run: Run) -> list[str]:
    """Why numbers of an earlier run do not fit this cycle, in words; empty where they do."""
    cube, newest = Cube.from_bytes(bytes(run.cube)), cycle.runs.order_by("-number").first()
    k = cube.k if newest is None else Cube.from_bytes(bytes(newest.cube)).k
    groups = list(cycle.groups.values_list("code", flat=True))
    found = frozen_cuts_refused(Method.from_stored(run.method), cube.groups, cube.k, method_of(cycle), groups, k)
    return [str(FROZEN[each.code]) % _shown(each.params, cycle) for each in found]


def _shown(params: dict, cycle: Cycle) -> dict:
    names = {group.code: group.name for group in cycle.groups.all()}
    codes = [*params.get("groups", ()), *params.get("only_a", ()), *params.get("only_b", ())]
    return {**params, "groups": _(", ").join(names.get(code, code) for code in codes)}
