"""From a cube and a method to the result of every issue."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from .cube import DIMENSIONS, Cube
from .method import Method
from .panel import Panel, blend
from .scores import Base, Estimates, Moments, base_of, estimates, intervals, moments, ratio
from .tiers import Cuts, Standing, Statement, score_deviations, stand


@dataclass(frozen=True)
class Counted:
    """The cube of all valid responses, the counts beside it, the SHA-256 of the responses and the surveys' codes.

    `responses`: {"total", "unfinished", "submitted", "valid", "flags": {flag: n}, "groups": {code: {...}}}.
    """

    cube: Cube
    responses: dict
    digest: str
    surveys: list[str]


@dataclass(frozen=True)
class GroupScore:
    """One group's ratings of one issue and dimension: number, mean 1..K, score 0–100, whether the group counts."""

    n: int
    mean: float | None
    score: float | None
    counts: bool


@dataclass(frozen=True)
class IssueScore:
    """Result of one issue; fields as in `scores.json` (formats.md), None where there is none.

    society_n, business_n: ratings over the groups that count; 0 for a derived primary.
    base: (groups that were able to score the issue, groups of the method); (0, groups) for a derived primary.
    derived: a primary whose scores are means of its secondaries. derived_society, derived_business: these means, for
    every primary. material: the method's tiers make it so, before any decision.
    panel_society, panel_business: "blended", "no_panel", "panel_alone", or None where the panel plays no part.
    """

    code: str
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
    priority: float | None
    var_priority: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    tier: str
    tier_certainty: float | None
    groups: Mapping[str, Mapping[str, GroupScore]]
    base: tuple[int, int]
    derived: bool
    derived_society: float | None
    derived_business: float | None
    material: bool
    panel_society: str | None
    panel_business: str | None


@dataclass(frozen=True)
class Assessment:
    """Secondary and primary issues, each sorted by code, ranked and cut among themselves."""

    issues: tuple[IssueScore, ...]
    primary_issues: tuple[IssueScore, ...]
    cuts: Cuts
    primary_cuts: Cuts
    statement: Statement
    primary_statement: Statement


def derive(primaries: Sequence[str], secondaries: Estimates, parents: Mapping[str, str]) -> Estimates:
    """Estimates of `primaries`: plain means of their scored secondaries, given if at least half of them are scored.

    `parents` names the primary of every secondary in scope, also of those without ratings. V and C come from the
    deviations of the mean, ν from the number of parts that move it; both are NaN without parts.
    """
    scored = ~np.isnan(secondaries.score)
    share, enough = _shares(primaries, secondaries.codes, scored, parents)
    score = np.where(enough, (share * np.where(scored, secondaries.score, 0.0)).sum(axis=1), np.nan)
    panel_var = np.where(share > 0, share**2 * secondaries.panel_var, 0.0).sum(axis=1)
    nothing = np.full(score.shape, np.nan)
    if secondaries.deviations is None:
        return Estimates(tuple(primaries), score, nothing, nothing, nothing[:, 0], panel_var, None)
    moved = np.einsum("pnd,bnd->bpd", share, np.where(scored, secondaries.deviations, 0.0))
    var = np.where(enough, (moved**2).sum(axis=0) + panel_var, np.nan)
    freedom = np.maximum((moved != 0).sum(axis=0) - 1, 1)
    cov = np.where(enough.all(axis=1), moved.prod(axis=2).sum(axis=0), np.nan)
    return Estimates(tuple(primaries), score, var, freedom, cov, panel_var, moved)


def _shares(
    primaries: Sequence[str], codes: Sequence[str], scored: np.ndarray, parents: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Share float64[P, N, 2] of each scored secondary in its primary's mean, and bool[P, 2] whether they are enough."""
    in_scope = Counter(parents.values())
    place = {primary: row for row, primary in enumerate(primaries)}
    member = np.zeros((len(primaries), len(codes)), dtype=bool)
    for column, code in enumerate(codes):
        if code in parents:
            member[place[parents[code]], column] = True
    number = member.astype(int) @ scored.astype(int)
    needed = np.array([in_scope[primary] for primary in primaries], dtype=int)[:, None]
    share = ratio((member[:, :, None] & scored).astype(float), number[:, None, :], 0.0)
    return share, (number > 0) & (2 * number >= needed)


def put_own(derived: Estimates, own: Estimates) -> Estimates:
    """`derived` with the rows of `own` in place of the primaries that respondents rated themselves."""
    at = [derived.codes.index(code) for code in own.codes]
    arrays = {}
    for name in (each.name for each in fields(Estimates) if each.name != "codes"):
        whole, part = getattr(derived, name), getattr(own, name)
        if whole is not None:
            whole = whole.astype(float)
            whole[(slice(None), at) if name == "deviations" else at] = part
        arrays[name] = whole
    return Estimates(derived.codes, **arrays)


@dataclass(frozen=True)
class _Rated:
    """What the ratings of a cube say about each of its issues, before issues are compared."""

    cube: Cube
    moments: Moments
    base: Base
    estimates: Estimates
    marks: np.ndarray


def assess(cube: Cube, method: Method, parents: Mapping[str, str], panel: Panel | None = None) -> Assessment:
    """Scores, tiers and ranks of all issues (scoring.md).

    `parents` gives the primary of every secondary in scope; its values are the primaries, every other issue of the
    cube is a secondary. The cube must hold all groups of the method, also those without responses.
    MethodError where the method is unsound for the groups of the cube.
    """
    method.validate(cube.groups)
    rated = _rate(cube, method, panel or {})
    primaries = sorted(set(parents.values()))
    place = {code: at for at, code in enumerate(cube.issues)}
    secondaries = sorted(set(cube.issues) - set(primaries))
    lower = rated.estimates.pick([place[code] for code in secondaries])
    own = [code for code in primaries if code in place and cube.counts[:, place[code]].any()]
    derived = derive(primaries, lower, parents)
    upper = put_own(derived, rated.estimates.pick([place[code] for code in own]))
    standing, primary_standing = stand(lower, method), stand(upper, method)
    means = dict(zip(primaries, _plain(derived.score), strict=True))
    source = {code: place[code] for code in secondaries + own}
    return Assessment(
        issues=_issue_scores(lower, standing, method, rated, source, {}),
        primary_issues=_issue_scores(upper, primary_standing, method, rated, source, means),
        cuts=standing.cuts,
        primary_cuts=primary_standing.cuts,
        statement=standing.statement,
        primary_statement=primary_standing.statement,
    )


def _rate(cube: Cube, method: Method, panel: Panel) -> _Rated:
    found = moments(cube)
    base = base_of(cube, found.n, method)
    rated = replace(estimates(cube, found, base, method), deviations=score_deviations(cube, found, base))
    blended, marks = blend(rated, panel, method)
    return _Rated(cube, found, base, blended, marks)


def _issue_scores(
    found: Estimates,
    standing: Standing,
    method: Method,
    rated: _Rated,
    source: Mapping[str, int],
    means: Mapping[str, list[float | None]],
) -> tuple[IssueScore, ...]:
    """One IssueScore per row; `source` is the issue's place in the cube, missing where it is derived."""
    columns = _columns(found, standing, method)
    results = []
    for at, code in enumerate(found.codes):
        values = {name: column[at] for name, column in columns.items()}
        origin = _from_ratings(rated, source[code]) if code in source else _from_secondaries(rated)
        society, business = means.get(code, (None, None))
        results.append(IssueScore(code=code, derived_society=society, derived_business=business, **values, **origin))
    return tuple(results)


def _columns(found: Estimates, standing: Standing, method: Method) -> dict[str, list]:
    """Plain values per issue of all fields that come from the estimates and the standing."""
    low, high = intervals(found.score, found.var, found.freedom)
    arrays = {"cov": found.cov, "tier_certainty": standing.certainty}
    for d, dimension in enumerate(DIMENSIONS):
        arrays[dimension], arrays[f"var_{dimension}"] = found.score[:, d], found.var[:, d]
        arrays[f"{dimension}_low"], arrays[f"{dimension}_high"] = low[:, d], high[:, d]
    for name in ("priority", "var_priority"):
        arrays[name] = getattr(standing, name)
    columns = {name: _plain(array) for name, array in arrays.items()}
    for name in ("rank", "rank_low", "rank_high"):
        columns[name] = [int(value) if value > 0 else None for value in getattr(standing, name)]
    columns["tier"] = list(standing.tiers)
    columns["material"] = [tier in method.material for tier in standing.tiers]
    return columns


def _from_ratings(rated: _Rated, place: int) -> dict[str, object]:
    """Fields that only an issue with ratings of its own has."""
    found, base = rated.moments, rated.base
    n = (found.n[:, place] * base.counting[:, place]).sum(axis=0).tolist()
    marks = rated.marks[place]
    return {
        "derived": False,
        "society_n": n[0],
        "business_n": n[1],
        "groups": _groups(rated, place),
        "base": (int(base.scored[place]), base.groups),
        "panel_society": marks[0],
        "panel_business": marks[1],
    }


def _from_secondaries(rated: _Rated) -> dict[str, object]:
    return {
        "derived": True,
        "society_n": 0,
        "business_n": 0,
        "groups": {},
        "base": (0, rated.base.groups),
        "panel_society": None,
        "panel_business": None,
    }


def _groups(rated: _Rated, place: int) -> dict[str, dict[str, GroupScore]]:
    n, mean = rated.moments.n[:, place].tolist(), rated.moments.mean[:, place].tolist()
    counting, factor = rated.base.counting[:, place].tolist(), 100 / (rated.cube.k - 1)
    return {
        group: {
            dimension: GroupScore(n[g][d], mean[g][d], factor * (mean[g][d] - 1), counting[g][d])
            if n[g][d]
            else GroupScore(0, None, None, False)
            for d, dimension in enumerate(DIMENSIONS)
        }
        for g, group in enumerate(rated.cube.groups)
    }


def _plain(array: np.ndarray) -> list:
    """Nested lists of plain floats, None for NaN."""
    return np.where(np.isnan(array), None, array.astype(object)).tolist()


SMALLEST_CELL = 5

FIELDS = (
    "code",
    *(dimension + suffix for dimension in DIMENSIONS for suffix in ("", "_low", "_high")),
    *(f"var_{dimension}" for dimension in DIMENSIONS),
    "cov",
    "priority",
    "var_priority",
    "rank",
    "tier",
    "tier_certainty",
    "rank_low",
    "rank_high",
)


def as_json(assessment: Assessment, *, all_cells: bool = False) -> dict[str, object]:
    """`cuts`, `issues` and `primary_issues`; group cells with n < 5 lose mean and score unless `all_cells`."""
    return {
        "cuts": asdict(assessment.cuts),
        "issues": [_issue(each, all_cells) for each in assessment.issues],
        "primary_issues": [_issue(each, all_cells) for each in assessment.primary_issues],
    }


def _issue(score: IssueScore, all_cells: bool) -> dict[str, object]:
    groups = {
        group: {dimension: _cell(cell, all_cells) for dimension, cell in cells.items()}
        for group, cells in score.groups.items()
    }
    return {**{name: getattr(score, name) for name in FIELDS}, "groups": groups}


def _cell(cell: GroupScore, all_cells: bool) -> dict[str, int | float | None]:
    shown = all_cells or cell.n >= SMALLEST_CELL
    return {"n": cell.n, "mean": cell.mean if shown else None, "score": cell.score if shown else None}
