"""The groups of a run compared issue by issue: habits once, then differences without them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from materiality.models import Group, IssueScore, Run
from materiality.queries.cycles import once_for
from materiality.queries.scores import DISAGREE, GroupLine, counts_of, group_lines, shown_cells, undo_hidden_cells
from materiality.scoring.contrasts import Contrasts, contrasts
from materiality.scoring.cube import DIMENSIONS
from materiality.scoring.method import Method
from materiality.scoring.run import score_counts

BEYOND_CHANCE = 0.05
STRONG = 20.0  # points from which a cell has its full tint


@dataclass(frozen=True)
class ComparedCell:
    """One group's rating of an issue: `score` without its habit, `difference` from the mean of the others, both in
    points; None where it did not rate or may not show. shade −5..5.
    """

    score: float | None
    difference: float | None
    beyond_chance: bool
    hidden: bool

    @property
    def shade(self) -> int:
        if self.difference is None:
            return 0
        return max(-5, min(5, round(5 * self.difference / STRONG)))


@dataclass(frozen=True)
class ComparedIssue:
    """An issue on one dimension; `disagreement` in points beyond chance, `sides` inside against outside the company."""

    score: IssueScore
    cells: list[ComparedCell]
    disagreement: float | None
    sides: float | None
    sides_beyond_chance: bool

    @property
    def disagrees(self) -> bool:
        return self.disagreement is not None and self.disagreement > DISAGREE


class GroupComparison:
    """One dimension of a run. `may_show` is false where it would help to undo hidden cells, or there are no parts."""

    def __init__(self, run: Run, groups: Sequence[Group], dimension: str) -> None:
        self.run, self.dimension = run, dimension
        self.d = DIMENSIONS.index(dimension)
        self.sides = {group.code: group.side for group in groups}
        self.lines: list[GroupLine] = group_lines(run, groups)
        self.may_show = run.scoring > 1 and not undo_hidden_cells(run)

    @cached_property
    def found(self) -> tuple[Contrasts, Mapping[str, int], Mapping[str, int]]:
        """Contrasts with the places of groups and issues in them."""
        return once_for(self.run, "contrasts", self._compute, self.sides)

    def _compute(self) -> tuple[Contrasts, Mapping[str, int], Mapping[str, int]]:
        counts = counts_of(self.run)
        scored = score_counts(counts, Method.from_stored(self.run.method))
        names = counts.ratings.groups
        internal = np.array([self.sides.get(group) == Group.Side.INTERNAL for group in names], dtype=bool)
        found = contrasts(scored.cells, scored.fits, scored.moved, internal)
        issues = {code: at for at, code in enumerate(counts.ratings.issues)}
        return found, {group: at for at, group in enumerate(names)}, issues

    def rows(self, *, only_beyond: bool = False) -> list[ComparedIssue]:
        """Issues with ratings of their own, those that groups disagree most on first; what is missing stands last."""
        scores = self.run.scores.filter(derived=False).select_related("issue").order_by("issue__code")
        shown = scores.only("run", "groups", "disagreement", "issue__code", "issue__name")
        rows = [self._row(score) for score in shown]
        if only_beyond:
            rows = [row for row in rows if row.sides_beyond_chance or any(cell.beyond_chance for cell in row.cells)]
        return sorted(rows, key=lambda row: (row.disagreement is None, -(row.disagreement or 0)))

    def _row(self, score: IssueScore) -> ComparedIssue:
        found, _groups, issues = self.found
        at, shown = issues.get(score.issue.code), shown_cells(score.groups, (self.dimension,))
        cells = [self._cell(line, at, shown.get(line.code)) for line in self.lines]
        hides = any(cell.hidden for cell in cells)
        sides = None if at is None or hides else _number(found.of_sides[at, self.d])
        sure = sides is not None and bool(found.p_of_sides[at, self.d] < BEYOND_CHANCE)
        return ComparedIssue(score, cells, score.disagreement.get(self.dimension), sides, sure)

    def _cell(self, line: GroupLine, at: int | None, shown: Mapping | None) -> ComparedCell:
        cell = shown and shown[self.dimension]
        if cell is None or at is None or cell.hidden or cell.score is None:
            return ComparedCell(None, None, False, bool(cell and cell.hidden))
        found, groups, _issues = self.found
        place = groups[line.code], at, self.d
        difference = _number(found.of_groups[place])
        level = cell.score - line.habits.get(self.dimension, 0.0)
        return ComparedCell(level, difference, bool(found.p_of_groups[place] < BEYOND_CHANCE), False)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
