"""Why an issue stands where it stands: its answers by group, its weights, its joint histogram."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from materiality.models import Group, IssueScore, Run
from materiality.queries.run_method import group_lines
from materiality.queries.small_cells import GroupCell, hidden_keys, shown_cells
from materiality.scoring.cube import Cube

SHADES = 5


@dataclass(frozen=True)
class GroupAnswers:
    """One group's figures on both dimensions, with its weights and whether it counts there."""

    name: str
    society: GroupCell
    business: GroupCell
    weight_society: float
    weight_business: float
    counts_society: bool
    counts_business: bool

    @property
    def sides(self) -> tuple[tuple[GroupCell, float, bool], ...]:
        """Society, business: the cell, the weight, and whether the group counts there."""
        return (
            (self.society, self.weight_society, self.counts_society),
            (self.business, self.weight_business, self.counts_business),
        )


@dataclass(frozen=True)
class HistogramCell:
    """How many gave this pair of ratings; `shade` 0..5 grows with n, `hidden` where n is too small to show."""

    n: int
    shade: int
    hidden: bool


@dataclass(frozen=True)
class HistogramLine:
    """The pairs with one rating on society (0 = none), business ratings 0..K in order."""

    society: int
    cells: list[HistogramCell]


def group_answers(score: IssueScore, run: Run, groups: Iterable[Group]) -> list[GroupAnswers]:
    """The answers of each group to the issue; empty for a primary derived from its secondaries."""
    cells, least = shown_cells(score.groups), run.method.get("min_n", 5)
    return [
        GroupAnswers(
            name=line.name,
            society=cells[line.code]["society"],
            business=cells[line.code]["business"],
            weight_society=line.weight_society,
            weight_business=line.weight_business,
            counts_society=line.weight_society > 0 and cells[line.code]["society"].n >= least,
            counts_business=line.weight_business > 0 and cells[line.code]["business"].n >= least,
        )
        for line in group_lines(run, groups)
        if line.code in cells
    ]


def joint_histogram(run: Run, code: str) -> list[HistogramLine]:
    """All groups' pairs of ratings of an issue, from the highest society rating down; empty where nobody was asked."""
    cube = Cube.from_bytes(bytes(run.cube))
    if code not in cube.issues:
        return []
    counts = cube.counts[:, cube.issues.index(code)].sum(axis=0)
    hidden = hidden_keys({at: int(n) for at, n in np.ndenumerate(counts)})
    most = max(1, int(counts.max()))
    return [
        HistogramLine(society, [_cell(int(n), most, (society, b) in hidden) for b, n in enumerate(counts[society])])
        for society in range(cube.k, -1, -1)
    ]


def _cell(n: int, most: int, hidden: bool) -> HistogramCell:
    return HistogramCell(n, 0 if hidden or not n else -(-SHADES * n // most), hidden)
