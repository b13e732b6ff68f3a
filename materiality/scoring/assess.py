"""From a cube and a method to the result of every issue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .assessment import Assessment, GroupScore, IssueScore
from .codes import DIMENSIONS
from .cube import Cube
from .intervals import intervals
from .method import Method
from .panel import Panel, blend
from .primaries import derive, put_own
from .ranks import score_deviations
from .scores import Base, Estimates, Moments, base_of, estimates, moments
from .standing import Standing, stand


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
