"""Issues by level, and their priority, rank, cuts and tiers among those of one level (scoring.md)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from .cube import DIMENSIONS
from .estimates import Estimates
from .method import DOUBLE, FINANCIAL, HIGH, IMPACT, LOW, MEDIUM, NEITHER, UNSCORED, Method

DECIMALS = 9
NO_VARIANCE = 1e-12  # of its two terms: below it, the covariance cancels the variances
EITHER_NAMES = np.array([[NEITHER, FINANCIAL], [IMPACT, DOUBLE]], dtype=object)


@dataclass(frozen=True)
class Cuts:
    """Cut points on P, or thresholds on S by rule `either`; None where one separates nothing or the rule has none."""

    low: float | None = None
    high: float | None = None
    society: float | None = None
    business: float | None = None


@dataclass(frozen=True)
class Placing:
    """N issues in code order: priority float[N] (NaN where there is none), rank int[N] (0 where unscored), tiers.

    reached bool[N, 2]: thresholds reached, for rule `either`.
    """

    priority: np.ndarray
    rank: np.ndarray
    tiers: np.ndarray
    cuts: Cuts
    reached: np.ndarray


def place(score: np.ndarray, method: Method) -> Placing:
    """Priority, rank and tier of issues with `score` float[N, 2], among themselves."""
    score = np.round(score, DECIMALS)
    priority = np.round(mix(score, method.lam), DECIMALS)
    scored = ~np.isnan(priority)
    rank = np.zeros(len(priority), dtype=int)
    rank[scored] = ranks(priority[scored])
    reached = np.zeros(score.shape, dtype=bool)
    if method.rule == "either":
        thresholds = method.threshold_values
        if method.by_shares:
            reached, thresholds = _reached_by_shares(score, method)
        else:
            reached = score >= np.array(thresholds, dtype=float)
        tiers, cuts = either_tiers(score, reached), Cuts(society=thresholds[0], business=thresholds[1])
    else:
        tiers, cuts = _priority_tiers(priority, method)
    return Placing(priority, rank, tiers, cuts, reached)


def mix(values: np.ndarray, lam: float) -> np.ndarray:
    """λ · society + (1 − λ) · business of `values` [..., 2]; a dimension of no weight is not looked at."""
    if lam == 1:
        return values[..., 0]
    if lam == 0:
        return values[..., 1]
    return lam * values[..., 0] + (1 - lam) * values[..., 1]


def priority_variance(deviations: np.ndarray, lam: float) -> np.ndarray:
    """Var P float[N] of `deviations` [K, N, 2]; exactly 0 where the covariance cancels the variances."""
    mixed = mix(deviations, lam)
    total = np.einsum("kn,kn->n", mixed, mixed)
    alone = np.einsum("knd,knd,d->n", deviations, deviations, [lam**2, (1 - lam) ** 2])
    return np.where(total > NO_VARIANCE * alone, total, 0.0)


def ranks(priorities: np.ndarray) -> np.ndarray:
    """Ranks int[n] from 1 by P descending, ties in the order given (that of codes). No NaN."""
    result = np.empty(len(priorities), dtype=int)
    result[np.argsort(-priorities, kind="stable")] = np.arange(1, len(priorities) + 1)
    return result


def rounded_count(number: int, share: float) -> int:
    """`share` of `number`, rounded half up in exact decimals."""
    return min(number, int((Decimal(str(float(share))) * number).quantize(Decimal(1), ROUND_HALF_UP)))


def share_counts(scored: int, method: Method) -> tuple[int, int]:
    """How many issues the top and the bottom share of P take; where both round up and overlap, the top wins."""
    top = rounded_count(scored, method.q_high)
    return top, min(rounded_count(scored, method.q_low), scored - top)


def top_mask(values: np.ndarray, top: int) -> np.ndarray:
    """Which of `values` [..., n] are among the highest `top`; a tie across the boundary moves up."""
    if not top:
        return np.zeros(values.shape, dtype=bool)
    at = values.shape[-1] - top
    return values >= np.partition(values, at, axis=-1)[..., at, None]


def share_masks(priorities: np.ndarray, top: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
    """Which are high and which are low, bool like `priorities` [..., n], by the counts of the two shares."""
    return masks_at(priorities, -np.sort(-priorities, axis=-1), top, bottom)


def masks_at(values: np.ndarray, ranked: np.ndarray, top: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
    """The same with the values `ranked` from the top, both [..., n].

    A tie across a boundary moves up, a tie across both is neither.
    """
    n = values.shape[-1]
    high = low = np.zeros(values.shape, dtype=bool)
    if top:
        high = values >= ranked[..., top - 1, None]
    if bottom:
        first_low = ranked[..., n - bottom, None]
        low = values <= first_low
        if bottom < n:
            low &= values < ranked[..., n - bottom - 1, None]
    if top and bottom:
        last_high, last_middle = ranked[..., top - 1, None], ranked[..., n - bottom - 1, None]
        across = (last_high == ranked[..., top, None]) & (last_high == first_low) & (last_high == last_middle)
        high &= ~(across & (values == last_high))
    return high, low


def either_tiers(score: np.ndarray, reached: np.ndarray) -> np.ndarray:
    """Tier by rule `either`; one scored dimension is enough if it reaches its threshold."""
    names = EITHER_NAMES[reached[:, 0].astype(int), reached[:, 1].astype(int)]
    return np.where(np.isnan(score).any(axis=1) & ~reached.any(axis=1), UNSCORED, names)


def _priority_tiers(priority: np.ndarray, method: Method) -> tuple[np.ndarray, Cuts]:
    scored = ~np.isnan(priority)
    found = priority[scored]
    if method.by_shares:
        high, low = share_masks(found, *share_counts(len(found), method))
        cuts = Cuts(between(found[low], found[~low]), between(found[~high], found[high]))
    else:
        cuts = Cuts(float(method.cut_low), float(method.cut_high))
        high, low = found >= cuts.high, found < cuts.low
    tiers = np.full(len(priority), UNSCORED, dtype=object)
    tiers[scored] = np.where(high, HIGH, np.where(low, LOW, MEDIUM))
    return tiers, cuts


def _reached_by_shares(score: np.ndarray, method: Method) -> tuple[np.ndarray, tuple[float | None, float | None]]:
    reached, thresholds = np.zeros(score.shape, dtype=bool), []
    for d, share in enumerate(method.threshold_shares):
        scored = ~np.isnan(score[:, d])
        found = score[scored, d]
        top = top_mask(found, rounded_count(len(found), share))
        reached[scored, d] = top
        thresholds.append(between(found[~top], found[top]))
    return reached, tuple(thresholds)


def between(below: np.ndarray, above: np.ndarray) -> float | None:
    """Mean of the two neighbours at a boundary; None where it separates nothing."""
    if not len(below) or not len(above):
        return None
    return float((below.max() + above.min()) / 2)


@dataclass(frozen=True)
class Neighbour:
    """The issue nearest to a cut on one side (first by code among equals), its value and its distance, 0–100."""

    code: str
    value: float
    distance: float


@dataclass(frozen=True)
class CutLine:
    """One cut point or threshold: `name` low, high, society or business; value None where it separates nothing."""

    name: str
    value: float | None
    above: Neighbour | None
    below: Neighbour | None


@dataclass(frozen=True)
class Statement:
    """Figures from which a run states its cuts in words: `issues` in all, `scored` of them have a tier, number per
    tier, the cuts; top and bottom, how many issues the two shares came to (None for other rules).
    """

    issues: int
    scored: int
    tiers: dict[str, int]
    lines: tuple[CutLine, ...]
    top: int | None
    bottom: int | None


def state(codes: Sequence[str], score: np.ndarray, placing: Placing, method: Method) -> Statement:
    """The statement on issues in code order with `score` float[N, 2]."""
    if method.rule == "either":
        values = dict(zip(DIMENSIONS, np.round(score, DECIMALS).T, strict=True))
    else:
        values = dict.fromkeys(("low", "high"), placing.priority)
    lines = [_line(name, getattr(placing.cuts, name), codes, column) for name, column in values.items()]
    counts = (None, None)
    if method.rule == "priority" and method.by_shares:
        counts = share_counts(int((~np.isnan(placing.priority)).sum()), method)
    number = Counter(placing.tiers.tolist())
    return Statement(len(codes), len(codes) - number[UNSCORED], dict(number), tuple(lines), *counts)


def _line(name: str, cut: float | None, codes: Sequence[str], values: np.ndarray) -> CutLine:
    if cut is None:
        return CutLine(name, None, None, None)
    above = _nearest(codes, values, np.where(values >= cut, values - cut, np.nan))
    return CutLine(name, float(cut), above, _nearest(codes, values, np.where(values < cut, cut - values, np.nan)))


def _nearest(codes: Sequence[str], values: np.ndarray, distances: np.ndarray) -> Neighbour | None:
    if np.isnan(distances).all():
        return None
    at = int(np.nanargmin(distances))
    return Neighbour(codes[at], float(values[at]), float(distances[at]))


@dataclass(frozen=True)
class Level:
    """Issues that are compared with one another, in code order.

    number: 1 = top, None for the issues without children. derived bool[N]: the scores are means of the children's;
    mean float[N, 2]: these means, NaN where there is none.
    """

    number: int | None
    estimates: Estimates
    derived: np.ndarray
    mean: np.ndarray


def levels(found: Estimates, parents: Mapping[str, str], asked: np.ndarray) -> tuple[Level, ...]:
    """The issues without children, then the levels of parents from the lowest up.

    `parents` gives the parent of every issue in scope that has one. `asked` bool[N] says which issues of `found` were
    in a questionnaire: such a parent keeps its own scores. ValueError where parents run in a circle.
    """
    depth = _depths(set(found.codes) | set(parents), parents)
    above = sorted(set(parents.values()), key=lambda code: (-depth[code], code))
    table = _Table.of(found, parents, dict(zip(found.codes, asked.tolist(), strict=True)), above)
    leaves = [code for code in sorted(depth) if code not in set(above)]
    result = [table.level(None, leaves)]
    for number in sorted({depth[code] for code in above}, reverse=True):
        result.append(table.level(number, [code for code in above if depth[code] == number]))
    return tuple(result)


@dataclass(frozen=True)
class _Table:
    """All issues as rows: those of the cube, and parents filled in from the lowest level up."""

    rows: Estimates
    derived: np.ndarray
    mean: np.ndarray

    @classmethod
    def of(cls, found: Estimates, parents: Mapping[str, str], asked: Mapping[str, bool], above: list[str]) -> "_Table":
        codes = tuple(sorted(set(found.codes) | set(parents) | set(above)))
        place = {code: at for at, code in enumerate(codes)}
        score, deviations, nu, known = _spread(found, [place[code] for code in found.codes], len(codes))
        rows = Estimates(codes, score, deviations, nu, known, found.sources)
        table = cls(rows, np.zeros(len(codes), dtype=bool), np.full((len(codes), 2), np.nan))
        for parent in above:
            below = [place[code] for code in parents if parents[code] == parent]
            table.fill(place[parent], below, own=asked.get(parent, False))
        return table

    def fill(self, at: int, below: list[int], *, own: bool) -> None:
        """Put the mean of the rows `below`, given if half of them are scored, into row `at`; beside its own scores."""
        rows = self.rows
        scored = ~np.isnan(rows.score[below])
        number = np.maximum(scored.sum(axis=0), 1)
        enough = scored.any(axis=0) & (2 * scored.sum(axis=0) >= len(below))
        self.mean[at] = np.where(enough, np.where(scored, rows.score[below], 0.0).sum(axis=0) / number, np.nan)
        if own:
            return
        self.derived[at], rows.score[at] = True, self.mean[at]
        rows.nu[:, at] = np.maximum(rows.sources.held - 1, 1)[:, None]
        rows.known[at] = (rows.known[below] | ~scored).all(axis=0)
        if rows.deviations is not None:
            moved = (rows.deviations[:, below] * scored).sum(axis=1) / number
            rows.deviations[:, at] = np.where(enough, moved, 0.0)

    def level(self, number: int | None, codes: list[str]) -> Level:
        place = {code: at for at, code in enumerate(self.rows.codes)}
        at = [place[code] for code in codes]
        return Level(number, self.rows.pick(at), self.derived[at], self.mean[at])


def _spread(found: Estimates, at: list[int], rows: int) -> tuple[np.ndarray, np.ndarray | None, np.ndarray, np.ndarray]:
    """Score, deviations, ν_g and known of `found` as rows `at` of a longer table."""
    score, known = np.full((rows, 2), np.nan), np.ones((rows, 2), dtype=bool)
    nu = np.ones((len(found.nu), rows, 2))
    score[at], known[at], nu[:, at] = found.score, found.known, found.nu
    if found.deviations is None:
        return score, None, nu, known
    deviations = np.zeros((len(found.deviations), rows, 2))
    deviations[:, at] = found.deviations
    return score, deviations, nu, known


def _depths(codes: set[str], parents: Mapping[str, str]) -> dict[str, int]:
    """Level of each issue, 1 = top."""
    result = {}
    for code in codes | set(parents.values()):
        chain = [code]
        while chain[-1] in parents:
            if parents[chain[-1]] in chain:
                raise ValueError(f"{code} stands above itself")
            chain.append(parents[chain[-1]])
        result[code] = len(chain)
    return result
