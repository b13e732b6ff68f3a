"""The table of scores of a run: its rows, filtered and sorted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from materiality.models import IssueScore, Run
from materiality.queries.small_cells import GroupCell, shown_cells

LEVELS = ("secondary", "primary")


@dataclass(frozen=True)
class ScoreFilter:
    """What the page was asked to show; empty means all. `sort` is a key of SORTS, with a leading - for the reverse."""

    level: str = "secondary"
    category: str = ""
    tier: str = ""
    search: str = ""
    group: str = ""
    differs: bool = False
    sort: str = "rank"

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ScoreFilter":
        """From the URL; a level or sort that does not exist falls back to the default."""
        level, sort = query.get("level", ""), query.get("sort", "")
        return cls(
            level=level if level in LEVELS else "secondary",
            category=query.get("category", ""),
            tier=query.get("tier", ""),
            search=query.get("q", "").strip(),
            group=query.get("group", ""),
            differs=query.get("differs", "") == "1",
            sort=sort if sort.removeprefix("-") in SORTS else "rank",
        )


class ScoreRow:
    """One issue's result as the table shows it."""

    def __init__(self, score: IssueScore, group: str = "") -> None:
        self.score, self.issue, self._group = score, score.issue, group

    @property
    def tier_differs(self) -> bool:
        """Whether the pooled result puts the issue into another tier."""
        return self.score.tier != self.score.pooled_tier

    @cached_property
    def group_cells(self) -> dict[str, GroupCell]:
        """The chosen group's cells by dimension; empty where it has none."""
        return shown_cells(self.score.groups).get(self._group, {})

    @property
    def group_pair(self) -> list[GroupCell | None]:
        """The same on society and business, None where there is no cell."""
        return [self.group_cells.get(side) for side in ("society", "business")]


# Figures sort from high to low, ranks and texts from low to high; what is missing stands last either way.
SORTS: dict[str, tuple[Callable[[ScoreRow], Any], bool]] = {
    "rank": (lambda row: row.score.rank, False),
    "name": (lambda row: row.issue.name, False),
    "code": (lambda row: row.issue.code, False),
    "society": (lambda row: row.score.society, True),
    "business": (lambda row: row.score.business, True),
    "society_n": (lambda row: row.score.society_n, True),
    "business_n": (lambda row: row.score.business_n, True),
    "priority": (lambda row: row.score.priority, True),
    "pooled": (lambda row: row.score.pooled_priority, True),
}


def all_rows(run: Run, level: str, group: str = "") -> list[ScoreRow]:
    """Every issue of a level in the run, in code order, in one query; the groups' figures only if one is asked for."""
    scores = run.scores.select_related("issue__category").filter(issue__parent__isnull=level == "primary")
    texts = ("issue__definition_zh", "issue__definition_en")
    scores = scores.order_by("issue__code").defer(*texts, *(() if group else ("groups",)))
    return [ScoreRow(score, group) for score in scores]


def wanted_rows(rows: list[ScoreRow], wanted: ScoreFilter) -> list[ScoreRow]:
    """The rows that pass the filter, sorted; equals stay in code order."""
    return _sorted([row for row in rows if _passes(row, wanted)], wanted.sort)


def _passes(row: ScoreRow, wanted: ScoreFilter) -> bool:
    issue = row.issue
    if wanted.category and issue.category.code != wanted.category:
        return False
    if wanted.tier and row.score.tier != wanted.tier:
        return False
    if wanted.differs and not row.tier_differs:
        return False
    text = f"{issue.code} {issue.name_zh} {issue.name_en}".casefold()
    return all(word in text for word in wanted.search.casefold().split())


def _sorted(rows: list[ScoreRow], sort: str) -> list[ScoreRow]:
    value, falling = SORTS[sort.removeprefix("-")]
    present = [row for row in rows if value(row) is not None]
    absent = [row for row in rows if value(row) is None]
    return sorted(present, key=value, reverse=falling != sort.startswith("-")) + absent
