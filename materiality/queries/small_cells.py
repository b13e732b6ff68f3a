"""Which group figures may be shown: those with n < 5 leave without mean and score (architecture.md, Small cells)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from materiality.scoring.codes import DIMENSIONS

SMALL_CELL = 5


@dataclass(frozen=True)
class GroupCell:
    """One group's figures on one dimension: n ratings, mean 1..K, score 0–100; `hidden` where the two may not show."""

    n: int
    mean: float | None
    score: float | None
    hidden: bool = False


def hidden_keys(numbers: Mapping[Hashable, int]) -> set[Hashable]:
    """Keys of the cells to hide, of `numbers` n per cell.

    Where exactly one cell is small, the next smallest is hidden too, so that subtraction does not undo it.
    """
    filled = sorted((n, place, key) for place, (key, n) in enumerate(numbers.items()) if n > 0)
    small = [key for n, _place, key in filled if n < SMALL_CELL]
    if len(small) == 1 and len(filled) > 1:
        small.append(filled[1][2])
    return set(small)


def shown_cells(groups: Mapping[str, Mapping[str, Mapping]]) -> dict[str, dict[str, GroupCell]]:
    """`IssueScore.groups` as cells {group: {dimension: GroupCell}}, small ones without mean and score."""
    hidden = {
        dimension: hidden_keys({group: cells[dimension]["n"] for group, cells in groups.items()})
        for dimension in DIMENSIONS
    }
    return {
        group: {dimension: _cell(cells[dimension], group in hidden[dimension]) for dimension in DIMENSIONS}
        for group, cells in groups.items()
    }


def _cell(cell: Mapping, hidden: bool) -> GroupCell:
    return GroupCell(cell["n"], None, None, True) if hidden else GroupCell(cell["n"], cell["mean"], cell["score"])
