"""From a cube, its parts, a plan and a method to the immutable result of a run (scoring.md, version 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from . import figures
from .blending import Panel, blended
from .cells import Cells, Ratings, cells_of, in_code_order, ratings_of
from .certainties import Certainty, certainty_of, normal_draws
from .cube import DIMENSIONS, Cube
from .deviations import Deviations, deviations_of
from .estimates import Estimates, Scores, estimates_of, scores_of
from .fit import Fit, fit
from .levels import Level, levels
from .parameters import Method
from .placing import Placing, place, state
from .results import CellTable, IssueScore, LevelResult, Run

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
    moved = None if counts.parts is None else deviations_of(cells, counts.parts, counts.clustered)
    return score_cells(cells, moved, method)


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
) -> Run:
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
) -> Run:
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
    return Run(
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
) -> tuple[IssueScore, ...]:
    own = _own_columns(level, placing, certainty, method)
    results = []
    for at, code in enumerate(level.estimates.codes):
        derived = bool(level.derived[at])
        origin = columns.rated(columns.place.get(code, NO_ROW)) if not derived else columns.nothing(derived=True)
        values = {name: column[at] for name, column in own.items()}
        results.append(IssueScore(code=code, level=level.number, derived=derived, **values, **origin))
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
        empty = {each.name: None for each in fields(IssueScore) if each.name.startswith(("plain_", "panel_"))}
        base = {} if derived else dict.fromkeys(DIMENSIONS, (0, 0))
        missing = {} if derived else dict.fromkeys(DIMENSIONS)
        numbers = dict.fromkeys((f"{name}_n" for name in DIMENSIONS), 0)
        return {**empty, **numbers, "base": base, "disagreement": missing, "not_comparable": ()}


def plain_values(array: np.ndarray) -> list:
    """Nested lists of plain floats, None for NaN."""
    return np.where(np.isnan(array), None, array.astype(object)).tolist()
