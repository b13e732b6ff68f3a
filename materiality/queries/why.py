"""Why an issue stands where it stands in a run: ratings by group, what each group adds, what would move it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Decision, Group, IssueScore, Run
from materiality.platform.words import plain_number, plain_percent, word_for
from materiality.queries.cycles import once_for, parents_of
from materiality.queries.ranking import named_of, took_ranking
from materiality.queries.scores import (
    GroupCell,
    Side,
    counts_of,
    group_lines,
    hidden_keys,
    shown_cells,
    undo_hidden_cells,
    without_rules,
)
from materiality.scoring.cube import ABSENT_KINDS, DIMENSIONS, Cube
from materiality.scoring.estimates import t_quantile
from materiality.scoring.method import COMPARABLE, Method
from materiality.scoring.movers import KINDS, Mover, movers
from materiality.scoring.ranking import GroupNamed, IssueNamed
from materiality.scoring.run import Counts, Scored, score_counts

BAR, GAP, TALL = 9, 2, 30  # px of a drawn histogram


@dataclass(frozen=True)
class RatingBar:
    """How many of a group gave one rating: `share` 0–1 of its ratings, and where the bar is drawn."""

    rating: int
    share: float
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class GroupSide:
    """One group's ratings of the issue on one dimension.

    dont_know: how many said so. half: half of the 95 % interval of the group's own score. share 0–1: its part in the
    issue's score. habit: points by which it rates higher than the others in general; pull: points by which it moves the
    issue's score up or down; None where they may not show or do not exist. bars: () where the cell is hidden.
    """

    cell: GroupCell
    dont_know: int
    weight: float
    counts: bool
    bars: tuple[RatingBar, ...]
    half: float | None
    share: float | None
    habit: float | None
    pull: float | None

    @property
    def width(self) -> int:
        return len(self.bars) * (BAR + GAP)

    @property
    def told(self) -> str:
        """The histogram for those who cannot see it."""
        return _(", ").join(f"{bar.rating}: {100 * bar.share:.0f}%" for bar in self.bars)


@dataclass(frozen=True)
class WhyGroup:
    """One group's ratings of the issue: society, business."""

    name: str
    sides: tuple[GroupSide, GroupSide]


@dataclass(frozen=True)
class PairCell:
    """How many gave this pair of ratings; `shade` 0..5 grows with n, `hidden` where n is too small to show."""

    n: int
    shade: int
    hidden: bool


@dataclass(frozen=True)
class PairLine:
    """The pairs with one rating on society (0 = none), business ratings 0..K in order."""

    society: int
    cells: list[PairCell]


@dataclass(frozen=True)
class MoverLine:
    """One kind of change: what is changed and how far it was searched; the smallest change that moves the issue, in
    words ("" where none does), and the tier it then has.
    """

    kind: Promise
    change: str
    tier: str


class Why:
    """One issue of a run; figures of groups are those of an issue with ratings of its own."""

    def __init__(self, run: Run, score: IssueScore, groups: Iterable[Group]) -> None:
        self.run, self.score, self.code = run, score, score.issue.code
        self.lines = group_lines(run, groups)
        self.names = {line.code: line.name for line in self.lines}
        self.method = Method.from_stored(run.method)
        self.sides = [Side(score, dimension) for dimension in DIMENSIONS]
        self.hides_habits = undo_hidden_cells(run)

    @cached_property
    def cube(self) -> Cube:
        return Cube.from_bytes(bytes(self.run.cube))

    @cached_property
    def counts(self) -> Counts:
        return counts_of(self.run, self.cube)

    @cached_property
    def scored(self) -> Scored:
        return score_counts(self.counts, self.method)

    @property
    def is_rated(self) -> bool:
        return not self.score.derived and self.code in self.cube.issues

    @cached_property
    def groups(self) -> list[WhyGroup]:
        """The groups of the run in the cycle's order; empty for a parent derived from its children."""
        if not self.is_rated:
            return []
        shown = shown_cells(self.score.groups)
        return [self._ratings(line.code, shown[line.code]) for line in self.lines if line.code in shown]

    @cached_property
    def hidden_groups(self) -> set[str]:
        return {code for code, cells in shown_cells(self.score.groups).items() if any(c.hidden for c in cells.values())}

    @cached_property
    def pairs(self) -> list[PairLine]:
        """Pairs of ratings of the groups whose figures show, from the highest society rating down."""
        if not self.is_rated or self.run.source:
            return []
        shown = [g for g, group in enumerate(self.cube.groups) if group not in self.hidden_groups]
        counts = self.cube.counts[shown, self.cube.issues.index(self.code)].sum(axis=0)
        hidden = hidden_keys({at: int(n) for at, n in np.ndenumerate(counts)})
        most = max(1, int(counts.max()))
        return [
            PairLine(society, [_pair_cell(int(n), most, (society, b) in hidden) for b, n in enumerate(counts[society])])
            for society in range(self.cube.k, -1, -1)
        ]

    @cached_property
    def named(self) -> list[tuple[str, GroupNamed]]:
        """Groups asked for the three most important issues, by name: how many put this one among them."""
        return (
            [(self.names.get(each.group, each.group), each) for each in self._ranking.groups] if self._ranking else []
        )

    @property
    def named_share(self) -> float | None:
        """The share over all groups, by the method's weights."""
        return self._ranking.share if self._ranking else None

    @cached_property
    def _ranking(self) -> IssueNamed | None:
        return named_of(self.run, [self.code]).get(self.code) if took_ranking(self.run) else None

    @cached_property
    def decision(self) -> Decision | None:
        """What a committee made of the issue in this run."""
        return self.run.decisions.filter(issue=self.score.issue_id).select_related("by").first()

    @cached_property
    def movers(self) -> list[MoverLine]:
        """One line per kind of change; empty for a run of version 1 and for an issue without a tier."""
        if self.run.scoring == 1 or self.run.source or self.score.tier == "unscored":
            return []
        parents = parents_of(self.run.edition_id, self.cube.issues)
        rules = without_rules(self.run, self.cube)

        def compute() -> dict[str, Mover | None]:
            return movers(self.counts, self.method, parents, without_rule=rules, only=self.code)[self.code]

        found = once_for(self.run, "movers", compute, self.code, parents)
        skipped = (set() if rules else {"rule"}) | ({"lam"} if self.method.rule == "either" else set())
        return [self._line(kind, found[kind]) for kind in KINDS if kind not in skipped]

    def _ratings(self, group: str, cells: Mapping[str, GroupCell]) -> WhyGroup:
        g = self.cube.groups.index(group)
        ratings = self.counts.ratings
        at = ratings.groups.index(group), ratings.issues.index(self.code)
        sides = tuple(self._side(g, at, d, cells[name]) for d, name in enumerate(DIMENSIONS))
        return WhyGroup(self.names[group], sides)

    def _side(self, g: int, at: tuple[int, int], d: int, cell: GroupCell) -> GroupSide:
        i = self.cube.issues.index(self.code)
        found, cells = self.scored, self.scored.cells
        counts, half = bool(cells.counts[(*at, d)]), None
        if counts and found.moved is not None and not cell.hidden:
            half = float(t_quantile(found.moved.freedom[(*at, d)]) * np.sqrt(found.moved.var[(*at, d)]))
        share = float(found.fits[d].share[at]) if counts else None
        habit = pull = None
        if counts and not self.hides_habits:
            habit = float(found.fits[d].habit[at[0]])
            score = getattr(self.score, DIMENSIONS[d])
            if score is not None and cell.score is not None:
                pull = share * (cell.score - (habit if self.method.estimator == COMPARABLE else 0.0) - score)
        histogram = self.cube.counts[g, i].sum(axis=1 - d)[1:]
        return GroupSide(
            cell=cell,
            dont_know=int(self.cube.absent[g, i, d, ABSENT_KINDS.index("dont_know")]),
            weight=float(self.method.weight_matrix([self.cube.groups[g]])[0, d]),
            counts=counts,
            bars=() if cell.hidden or not cell.n or self.run.source else _bars(histogram),
            half=half,
            share=share,
            habit=habit,
            pull=pull,
        )

    def _line(self, kind: str, found: Mover | None) -> MoverLine:
        searched = str(MOVED[kind][0]) % {"what": word_for("parameter", kind)}
        if found is None:
            return MoverLine(searched, "", "")
        values = {"what": self._named(kind, found.what), "to": None if found.to is None else plain_number(found.to)}
        if kind == "cut":
            cuts = self.run.primary_cuts if self.score.level is not None else self.run.cuts
            values |= {"to": f"{found.to:.1f}", "was": f"{cuts[found.what]:.1f}"}
        if kind == "lam":
            values = {"to": plain_percent(found.to), "was": plain_percent(self.method.lam)}
        return MoverLine(searched, str(MOVED[kind][1]) % values, found.tier)

    def _named(self, kind: str, what: str) -> str:
        if kind in ("weight", "without"):
            return self.names.get(what, what)
        return word_for({"cut": "cut", "estimator": "choice", "rule": "flag"}.get(kind, kind), what)


# Kind of change → what is changed and how far it was searched; the change that moves the issue.
MOVED = {
    "weight": (
        gettext_lazy("Weight of one group, from 0 to 4 times"),
        gettext_lazy("%(what)s weighs %(to)s times as much"),
    ),
    "cut": (gettext_lazy("A cut, in steps of 0.1"), gettext_lazy("%(what)s: %(to)s instead of %(was)s")),
    "lam": (
        gettext_lazy("%(what)s, in whole per cent"),
        gettext_lazy("%(to)s%% instead of %(was)s%%"),
    ),
    "without": (gettext_lazy("Leaving out one group"), gettext_lazy("without %(what)s")),
    "estimator": (gettext_lazy("The other way to score"), gettext_lazy("scores: %(what)s")),
    "rule": (gettext_lazy("A screening rule that only marks"), gettext_lazy("without the rule “%(what)s”")),
}

SHADES = 5


def _pair_cell(n: int, most: int, hidden: bool) -> PairCell:
    return PairCell(n, 0 if hidden or not n else -(-SHADES * n // most), hidden)


def _bars(histogram: Sequence[int]) -> tuple[RatingBar, ...]:
    total, most = int(sum(histogram)), max(int(max(histogram)), 1)
    bars = []
    for place, number in enumerate(int(n) for n in histogram):
        height = round(TALL * number / most, 1)
        bars.append(RatingBar(place + 1, number / total, place * (BAR + GAP), round(TALL - height, 1), height))
    return tuple(bars)
