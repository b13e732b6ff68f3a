"""Cells of a survey, group × issue × dimension, that have few valid ratings, the fewest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from materiality.models import Group
from surveys.models import Survey
from surveys.queries.plans import plan_of
from surveys.questionnaire.needed_ratings import needed_ratings, variances


@dataclass(frozen=True)
class ItemNamed:
    """One item with what names it."""

    dimension: str
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class ThinCell:
    """Too few of `needed` ratings for the chosen width, or of the method's smallest number."""

    group: Group
    item: ItemNamed
    number: int
    needed: int


@dataclass(frozen=True)
class ThinCells:
    """`cells` are the thin ones, the fewest ratings first; `asked` all cells, `unscored` those below `min_n`."""

    cells: Sequence[ThinCell]
    asked: int
    unscored: int
    min_n: int


def thin_cells(survey: Survey, groups: Sequence[Group], sums: Mapping[str, list], half_width: float) -> ThinCells:
    """Cells asked that have too few ratings for ± `half_width` points; `sums`: see `count_fieldwork`."""
    rows = sorted(survey.items.all(), key=lambda row: row.position)
    items = [ItemNamed(row.dimension, row.issue.code, row.issue.name_zh, row.issue.name_en) for row in rows]
    min_n = survey.cycle.method.get("min_n", 5)
    if not items or not groups:
        return ThinCells([], 0, 0, min_n)
    none = [[0] * len(items)] * 3
    number, total, squares = np.array([sums.get(str(group.pk)) or none for group in groups]).swapaxes(0, 1)
    needed = needed_ratings(variances(number, total, squares, least=min_n, k=survey.k), half_width, survey.k)
    needed, asked = np.maximum(needed, min_n), _asked(survey, groups, items)
    thin = np.argwhere(asked & (number < needed))
    order = np.argsort(number[thin[:, 0], thin[:, 1]], kind="stable")
    cells = [
        ThinCell(groups[group], items[item], int(number[group, item]), int(needed[group, item]))
        for group, item in thin[order].tolist()
    ]
    return ThinCells(cells, int(asked.sum()), int((asked & (number < min_n)).sum()), min_n)


def _asked(survey: Survey, groups: Sequence[Group], items: Sequence[ItemNamed]) -> np.ndarray:
    """bool[G, items]: what the plans ask each group."""
    plans = {row.group_id: plan_of(row) for row in survey.plans.all()}
    rows = []
    for group in groups:
        plan = plans.get(group.pk) or plan_of(None)
        left_out = set(plan.left_out)
        rows.append([item.dimension in plan.dimensions and item.code not in left_out for item in items])
    return np.array(rows, bool)
