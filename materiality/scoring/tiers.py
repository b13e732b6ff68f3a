"""Issues by level, and their priority, rank, cuts and tiers among those of one level (scoring.md)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from .cells import ratio
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
            reached = _reached_by_shares(score, method)
            thresholds = [_threshold(score[:, d], reached[:, d]) for d in (0, 1)]
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
    names = EITHER_NAMES[reached[..., 0].astype(int), reached[..., 1].astype(int)]
    return np.where(np.isnan(score).any(axis=-1) & ~reached.any(axis=-1), UNSCORED, names)


def _priority_tiers(priority: np.ndarray, method: Method) -> tuple[np.ndarray, Cuts]:
    tiers, cuts = priority_tiers(priority, method), Cuts(method.cut_low, method.cut_high)
    if method.by_shares:
        high, low, scored = tiers == HIGH, tiers == LOW, ~np.isnan(priority)
        lower, upper = (between(priority[scored & below], priority[scored & ~below]) for below in (low, ~high))
        cuts = Cuts(lower, upper)
    return tiers, Cuts(*(None if each is None else float(each) for each in (cuts.low, cuts.high)))


def priority_tiers(priority: np.ndarray, method: Method) -> np.ndarray:
    """Tiers of `priority` [..., N] by cuts, NaN in the same places of every row."""
    scored = ~np.isnan(priority.reshape(-1, priority.shape[-1])[0])
    found = priority[..., scored]
    if method.by_shares:
        high, low = share_masks(found, *share_counts(found.shape[-1], method))
    else:
        high, low = found >= method.cut_high, found < method.cut_low
    tiers = np.full(priority.shape, UNSCORED, dtype=object)
    tiers[..., scored] = np.where(high, HIGH, np.where(low, LOW, MEDIUM))
    return tiers


def tier_table(score: np.ndarray, method: Method) -> np.ndarray:
    """Tiers [n, N] of `score` [n, N, 2], NaN in the same places of every row, each row among itself."""
    score = np.round(score, DECIMALS)
    if method.rule == "priority":
        return priority_tiers(np.round(mix(score, method.lam), DECIMALS), method)
    if method.by_shares:
        reached = _reached_by_shares(score, method)
    else:
        reached = score >= np.array(method.threshold_values, dtype=float)
    return either_tiers(score, reached)


def _reached_by_shares(score: np.ndarray, method: Method) -> np.ndarray:
    """bool like `score` [..., N, 2], NaN in the same places of every row."""
    reached = np.zeros(score.shape, dtype=bool)
    for d, share in enumerate(method.threshold_shares):
        scored = ~np.isnan(score[..., d].reshape(-1, score.shape[-2])[0])
        found = score[..., scored, d]
        reached[..., scored, d] = top_mask(found, rounded_count(found.shape[-1], share))
    return reached


def _threshold(values: np.ndarray, reached: np.ndarray) -> float | None:
    return between(values[~reached & ~np.isnan(values)], values[reached])


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


@dataclass(frozen=True)
class LevelScores:
    """Scores [..., n, 2] of the issues of one level, in code order, NaN where unscored."""

    codes: tuple[str, ...]
    score: np.ndarray


@dataclass(frozen=True)
class Tree:
    """All issues as rows in code order: `rated` gives the row of each issue of the cube; `above` the parents from the
    lowest level up, each with the rows below it and whether it keeps its own scores; `levels` number and rows.
    """

    codes: tuple[str, ...]
    rated: tuple[int, ...]
    above: tuple[tuple[int, list[int], bool], ...]
    levels: tuple[tuple[int | None, list[int]], ...]

    @classmethod
    def of(cls, rated: Sequence[str], parents: Mapping[str, str], asked: np.ndarray) -> "Tree":
        """`parents` gives the parent of every issue in scope that has one; `asked` bool[N] says which of the issues
        `rated` were in a questionnaire: such a parent keeps its own scores. ValueError where parents run in a circle.
        """
        depth = _depths(set(rated) | set(parents), parents)
        upper = sorted(set(parents.values()), key=lambda code: (-depth[code], code))
        codes = tuple(sorted(depth))
        place = {code: at for at, code in enumerate(codes)}
        below, own = {code: [] for code in upper}, dict(zip(rated, asked.tolist(), strict=True))
        for code, parent in parents.items():
            below[parent].append(place[code])
        rows: dict[int | None, list[int]] = {None: [place[code] for code in codes if code not in below]}
        for code in upper:
            rows.setdefault(depth[code], []).append(place[code])
        above = tuple((place[code], below[code], own.get(code, False)) for code in upper)
        return cls(codes, tuple(place[code] for code in rated), above, tuple(rows.items()))

    def only(self, code: str) -> "Tree":
        """The level of one issue, with the parents that it takes."""
        at = self.codes.index(code)
        kept = tuple(level for level in self.levels if at in level[1])
        return replace(self, levels=kept, above=self.above if any(number for number, _at in kept) else ())

    def scores(self, score: np.ndarray) -> tuple[LevelScores, ...]:
        """`score` [..., N, 2] of the issues of the cube, level by level."""
        rows = np.full((*score.shape[:-2], len(self.codes), 2), np.nan)
        rows[..., self.rated, :] = score
        for at, below, own in self.above:
            if not own:
                rows[..., at, :] = mean_of_scored(rows[..., below, :])
        return tuple(LevelScores(tuple(self.codes[n] for n in at), rows[..., at, :]) for _number, at in self.levels)


def mean_of_scored(score: np.ndarray) -> np.ndarray:
    """Mean [..., 2] of the children's `score` [..., n, 2], NaN unless half of them are scored."""
    scored = ~np.isnan(score)
    number = scored.sum(axis=-2)
    return ratio(np.where(scored, score, 0.0).sum(axis=-2), np.where(2 * number >= score.shape[-2], number, 0), np.nan)


def levels(found: Estimates, parents: Mapping[str, str], asked: np.ndarray) -> tuple[Level, ...]:
    """The issues without children, then the levels of parents from the lowest up; arguments as in Tree."""
    tree = Tree.of(found.codes, parents, asked)
    table = _Table.of(found, tree)
    return tuple(table.level(number, at) for number, at in tree.levels)


@dataclass(frozen=True)
class _Table:
    """All issues as rows: those of the cube, and parents filled in from the lowest level up."""

    rows: Estimates
    derived: np.ndarray
    mean: np.ndarray

    @classmethod
    def of(cls, found: Estimates, tree: Tree) -> "_Table":
        score, deviations, nu, known = _spread(found, list(tree.rated), len(tree.codes))
        rows = Estimates(tree.codes, score, deviations, nu, known, found.sources)
        table = cls(rows, np.zeros(len(tree.codes), dtype=bool), np.full((len(tree.codes), 2), np.nan))
        waiting: dict[int, np.ndarray] = {}
        for at, below, own in tree.above:
            if not waiting.keys().isdisjoint(below):
                table.move(waiting)
                waiting = {}
            shares = table.fill(at, below, own=own)
            if not own:
                waiting[at] = shares
        table.move(waiting)
        return table

    def fill(self, at: int, below: list[int], *, own: bool) -> np.ndarray:
        """Put the mean of the rows `below`, given if half of them are scored, into row `at`; beside its own scores.

        Returns the shares of all rows in it, float[N, 2].
        """
        rows, shares = self.rows, np.zeros(self.mean.shape)
        scored = ~np.isnan(rows.score[below])
        self.mean[at] = mean_of_scored(rows.score[below])
        if not own:
            self.derived[at], rows.score[at] = True, self.mean[at]
            rows.nu[:, at] = np.maximum(rows.sources.held - 1, 1)[:, None]
            rows.known[at] = (rows.known[below] | ~scored).all(axis=0)
            shares[below] = np.where(np.isnan(self.mean[at]), 0.0, scored / np.maximum(scored.sum(axis=0), 1))
        return shares

    def move(self, shares: Mapping[int, np.ndarray]) -> None:
        """Deviations of rows that are means, none of them of another: row -> shares float[N, 2] of all rows in it."""
        if self.rows.deviations is None or not shares:
            return
        for d in (0, 1):
            whole = np.stack([each[:, d] for each in shares.values()], axis=1)
            self.rows.deviations[:, list(shares), d] = self.rows.deviations[..., d] @ whole

    def level(self, number: int | None, at: list[int]) -> Level:
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
