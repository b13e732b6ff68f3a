"""From a cube, its parts, a plan and a method to the immutable result of a run (scoring.md, version 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from . import figures
from .cells import Cells, Fit, Ratings, cells_of, fit, in_code_order, ratings_of
from .certainty import Certainty, certainty_of, normal_draws
from .cube import DIMENSIONS, Cube
from .estimates import Deviations, Estimates, Scores, deviations_of, estimates_of, scores_of
from .figures import Halo
from .method import Method
from .panel import Panel, blended
from .tiers import Cuts, Level, Placing, Statement, levels, place, state


@dataclass(frozen=True)
class CellScore:
    """One group's ratings of one issue and dimension: number, mean 1..K, score 0–100, V_c (None without parts),
    whether the cell counts.
    """

    n: int
    mean: float | None
    score: float | None
    var: float | None
    counts: bool


@dataclass(frozen=True)
class CellTable:
    """All cells of a run, in code order: arrays [G, I, 2] as in CellScore."""

    groups: tuple[str, ...]
    issues: tuple[str, ...]
    n: np.ndarray
    mean: np.ndarray
    score: np.ndarray
    var: np.ndarray
    counts: np.ndarray

    def of_issue(self, code: str) -> dict[str, dict[str, CellScore]]:
        """{group: {dimension: CellScore}}; empty where the issue is not in the cube."""
        if code not in self.issues:
            return {}
        at = self.issues.index(code)
        shown = np.where(self.counts[:, at], self.var[:, at], np.nan)
        columns = [
            np.where(np.isnan(each), None, each).tolist() for each in (self.mean[:, at], self.score[:, at], shown)
        ]
        n, counts = self.n[:, at].tolist(), self.counts[:, at].tolist()
        return {
            group: {
                name: CellScore(n[g][d], *(each[g][d] for each in columns), counts[g][d])
                for d, name in enumerate(DIMENSIONS)
            }
            for g, group in enumerate(self.groups)
        }


@dataclass(frozen=True)
class IssueResult:
    """Result of one issue; fields as in `scores.json` (formats.md), None where there is none.

    society_n, business_n: ratings over the cells that count; 0 for a derived parent.
    base: {dimension: (groups asked, groups counted)}, empty for a derived parent.
    derived: a parent whose scores are means of its children's. derived_society, derived_business: these means, for
    every parent. level: 1 = top, None for an issue without children. material: the method's tiers make it so.
    panel_society, panel_business: "blended", "no_panel", "panel_alone", or None where the panel plays no part.
    """

    code: str
    level: int | None
    society: float | None
    society_low: float | None
    society_high: float | None
    society_n: int
    business: float | None
    business_low: float | None
    business_high: float | None
    business_n: int
    var_society: float | None
    var_business: float | None
    cov: float | None
    plain_society: float | None
    plain_business: float | None
    priority: float | None
    var_priority: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    tier: str
    tier_certainty: float | None
    material: bool
    base: Mapping[str, tuple[int, int]]
    disagreement: Mapping[str, float | None]
    not_comparable: tuple[str, ...]
    derived: bool
    derived_society: float | None
    derived_business: float | None
    panel_society: str | None
    panel_business: str | None


@dataclass(frozen=True)
class LevelResult:
    """Issues compared with one another, in code order; number 1 = top, None for the issues without children."""

    number: int | None
    issues: tuple[IssueResult, ...]
    cuts: Cuts
    statement: Statement
    variance_share: Mapping[str, float | None]
    halo: Halo


@dataclass(frozen=True)
class RunResult:
    """Everything that a run says. `levels[0]` are the issues without children, then parents from the lowest up.

    warnings: dicts as in `scores.json`; short: codes of issues where counted < asked on a dimension.
    one_sided bool: the two dimensions rest on different groups.
    """

    method: Method
    cells: CellTable
    levels: tuple[LevelResult, ...]
    habits: Mapping[str, Mapping[str, float]]
    warnings: tuple[Mapping[str, object], ...]
    short: tuple[str, ...]
    one_sided: bool

    @property
    def groups(self) -> tuple[str, ...]:
        return self.cells.groups

    def groups_of(self, issue: IssueResult) -> dict[str, dict[str, CellScore]]:
        """Group figures of an issue; none for a derived parent, whose base is that of its children."""
        return {} if issue.derived else self.cells.of_issue(issue.code)

    @property
    def issues(self) -> tuple[IssueResult, ...]:
        return self.levels[0].issues

    @property
    def primary_issues(self) -> tuple[IssueResult, ...]:
        """Issues with children, all levels, by code."""
        return tuple(sorted((each for level in self.levels[1:] for each in level.issues), key=lambda each: each.code))

    @property
    def cuts(self) -> Cuts:
        return self.levels[0].cuts

    @property
    def variance_share(self) -> Mapping[str, float | None]:
        return self.levels[0].variance_share

    @property
    def halo(self) -> Halo:
        return self.levels[0].halo


NO_ROW = -1


@dataclass(frozen=True)
class Counts:
    """What was counted, in code order: ratings of all cells, and the parts with how each group was dealt into them.

    parts int64[40, G, I, 2, 2] (count, sum), None where they were left out; clustered bool[G].
    """

    ratings: Ratings
    parts: np.ndarray | None
    clustered: np.ndarray

    @classmethod
    def of(cls, cube: Cube, asked: np.ndarray | None = None, clustered: Sequence[str] = ()) -> "Counts":
        """`asked` bool[G, I, 2] in the order of the cube is the plan; `clustered` names groups dealt by cluster."""
        ordered, plan = in_code_order(cube, asked)
        by_cluster = np.array([group in set(clustered) for group in ordered.groups], dtype=bool)
        return cls(ratings_of(ordered, plan), ordered.parts, by_cluster)

    def deviations(self, cells: Cells) -> Deviations | None:
        """Those of the cells, None without parts."""
        return None if self.parts is None else deviations_of(cells, self.parts, self.clustered)


@dataclass(frozen=True)
class Counted:
    """The responses of the surveys of a run, counted: the cube of the valid ones with its parts, the counts beside it,
    the SHA-256 of the responses and the surveys' codes.

    responses: {"total", "unfinished", "submitted", "valid", "flags": {flag: n}, "groups": {code: {...}}}.
    asked: bool[G, I, 2], the plan in the order of the cube, None where nothing is known of it. clustered: the groups
    dealt by cluster. one_cluster: the (survey, group) dealt by id for want of clusters. back: by rejecting
    screening rule the cube, without parts, of the responses that it alone keeps out.
    """

    cube: Cube
    responses: dict
    digest: str
    surveys: list[str]
    asked: np.ndarray | None = None
    clustered: tuple[str, ...] = ()
    one_cluster: tuple[tuple[str, str], ...] = ()
    back: Mapping[str, Cube] = field(default_factory=dict)

    @property
    def counts(self) -> Counts:
        return Counts.of(self.cube, self.asked, self.clustered)


@dataclass(frozen=True)
class Scored:
    """The scores of the issues of a cube before they are compared with one another."""

    cells: Cells
    fits: tuple[Fit, Fit]
    scores: Scores
    moved: Deviations | None
    estimates: Estimates

    @property
    def cell_var(self) -> np.ndarray:
        """V_c float[G, I, 2] of the cells that count, NaN without parts."""
        return np.full(self.cells.counts.shape, np.nan) if self.moved is None else self.moved.var


def score_counts(counts: Counts, method: Method) -> Scored:
    """Scores and their sampling error. MethodError where the method is unsound for the groups."""
    method.validate(counts.ratings.groups)
    cells = cells_of(counts.ratings, method)
    return score_cells(cells, counts.deviations(cells), method)


def score_cells(cells: Cells, moved: Deviations | None, method: Method) -> Scored:
    fits = fit(cells)
    scores = scores_of(cells, fits, method)
    return Scored(cells, fits, scores, moved, estimates_of(cells, fits, scores, moved, method))


def run(
    counts: Counts,
    method: Method,
    parents: Mapping[str, str],
    panel: Panel | None = None,
    one_cluster: Sequence[tuple[str, str]] = (),
) -> RunResult:
    """The result of a run.

    `counts` hold all groups of the method, also those without responses, and all issues in scope that have ratings
    or a panel score. `parents` gives the parent of every issue in scope that has one. `one_cluster` names the
    (survey, group) that were dealt by id for want of clusters. MethodError where the method is unsound.
    """
    return run_scored(score_counts(counts, method), method, parents, panel, one_cluster)


def run_scored(
    scored: Scored,
    method: Method,
    parents: Mapping[str, str],
    panel: Panel | None = None,
    one_cluster: Sequence[tuple[str, str]] = (),
) -> RunResult:
    """The result of a run whose cells are scored (also: figures reported elsewhere)."""
    cells, found = scored.cells, scored.cells.ratings
    estimates, plain, marks = blended(scored.estimates, scored.scores.plain, panel or {}, method)
    z = None if estimates.deviations is None else normal_draws(method.seed, len(estimates.deviations))
    columns = _Columns.of(scored, plain, marks)
    results = tuple(
        _level(each, method, columns, z) for each in levels(estimates, parents, found.asked.any(axis=(0, 2)))
    )
    asked, counted = cells.base
    first = results[0]
    noticed = figures.warnings(cells, scored.fits, first.variance_share, first.halo, one_cluster)
    return RunResult(
        method=method,
        cells=CellTable(found.groups, found.issues, found.n, found.mean, found.score, scored.cell_var, cells.counts),
        levels=results,
        habits=figures.habits(cells, scored.fits),
        warnings=tuple(noticed),
        short=tuple(found.issues[i] for i in np.flatnonzero((counted < asked).any(axis=1)).tolist()),
        one_sided=bool((cells.counts[..., 0].any(axis=1) != cells.counts[..., 1].any(axis=1)).any()),
    )


def _level(level: Level, method: Method, columns: "_Columns", z: np.ndarray | None) -> LevelResult:
    found = level.estimates
    placing = place(found.score, method)
    return LevelResult(
        number=level.number,
        issues=_issue_scores(level, placing, certainty_of(found, placing, method, z), method, columns),
        cuts=placing.cuts,
        statement=state(found.codes, found.score, placing, method),
        variance_share=figures.variance_share(found, columns.groups, method.lam),
        halo=figures.halo(found),
    )


def _issue_scores(
    level: Level, placing: Placing, certainty: Certainty, method: Method, columns: "_Columns"
) -> tuple[IssueResult, ...]:
    own = _own_columns(level, placing, certainty, method)
    results = []
    for at, code in enumerate(level.estimates.codes):
        derived = bool(level.derived[at])
        origin = columns.rated(columns.place.get(code, NO_ROW)) if not derived else columns.nothing(derived=True)
        values = {name: column[at] for name, column in own.items()}
        results.append(IssueResult(code=code, level=level.number, derived=derived, **values, **origin))
    return tuple(results)


def _own_columns(level: Level, placing: Placing, certainty: Certainty, method: Method) -> dict[str, list]:
    """Plain values per issue of all fields that come from the estimates and where they stand."""
    found = level.estimates
    low, high = found.interval
    arrays = {"cov": found.cov, "tier_certainty": certainty.tier, "priority": placing.priority}
    arrays["var_priority"] = certainty.var_priority
    for d, name in enumerate(DIMENSIONS):
        arrays[name], arrays[f"var_{name}"] = found.score[:, d], found.var[:, d]
        arrays[f"{name}_low"], arrays[f"{name}_high"] = low[:, d], high[:, d]
        arrays[f"derived_{name}"] = level.mean[:, d]
    columns = {name: plain_values(array) for name, array in arrays.items()}
    ends = {"rank_low": certainty.rank_low, "rank_high": certainty.rank_high}
    for name, array in ends.items():
        columns[name] = [None if value is None else int(value) for value in plain_values(array)]
    columns["rank"] = [value or None for value in placing.rank.tolist()]
    columns["tier"] = placing.tiers.tolist()
    columns["material"] = [tier in method.material for tier in columns["tier"]]
    return columns


@dataclass(frozen=True)
class _Columns:
    """Plain values of what only an issue with ratings of its own has, by place in the cube."""

    groups: tuple[str, ...]
    place: Mapping[str, int]
    n: list
    plain: list
    disagreement: list
    asked: list
    counted: list
    apart: list
    marks: list

    @classmethod
    def of(cls, scored: Scored, plain: np.ndarray, marks: np.ndarray) -> "_Columns":
        cells, found = scored.cells, scored.cells.ratings
        asked, counted = cells.base
        return cls(
            groups=found.groups,
            place={code: at for at, code in enumerate(found.issues)},
            n=np.where(cells.counts, found.n, 0).sum(axis=0).tolist(),
            plain=plain_values(plain),
            disagreement=plain_values(figures.disagreement(cells, scored.fits, scored.cell_var)),
            asked=asked.tolist(),
            counted=counted.tolist(),
            apart=scored.scores.not_comparable.tolist(),
            marks=marks.tolist(),
        )

    def rated(self, at: int) -> dict[str, object]:
        if at == NO_ROW:
            return self.nothing(derived=False)
        values = {}
        for d, name in enumerate(DIMENSIONS):
            values[f"{name}_n"], values[f"plain_{name}"] = self.n[at][d], self.plain[at][d]
            values[f"panel_{name}"] = self.marks[at][d]
        return {
            **values,
            "base": {name: (self.asked[at][d], self.counted[at][d]) for d, name in enumerate(DIMENSIONS)},
            "disagreement": {name: self.disagreement[at][d] for d, name in enumerate(DIMENSIONS)},
            "not_comparable": tuple(name for d, name in enumerate(DIMENSIONS) if self.apart[at][d]),
        }

    def nothing(self, *, derived: bool) -> dict[str, object]:
        """Of a derived parent, or of an issue that no survey holds."""
        empty = {each.name: None for each in fields(IssueResult) if each.name.startswith(("plain_", "panel_"))}
        base = {} if derived else dict.fromkeys(DIMENSIONS, (0, 0))
        missing = {} if derived else dict.fromkeys(DIMENSIONS)
        numbers = dict.fromkeys((f"{name}_n" for name in DIMENSIONS), 0)
        return {**empty, **numbers, "base": base, "disagreement": missing, "not_comparable": ()}


def plain_values(array: np.ndarray) -> list:
    """Nested lists of plain floats, None for NaN."""
    return np.where(np.isnan(array), None, array.astype(object)).tolist()
