"""Scores of primary issues that are derived from their secondaries (scoring.md, Primary issues)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from .scores import Estimates, ratio


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
