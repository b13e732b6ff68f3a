"""A survey's issues as boxes to tick, by category and primary issue."""

from collections.abc import Collection
from dataclasses import dataclass, field

from materiality.models import Category, Issue
from materiality.queries.engagement_issues import IssueChoice


@dataclass
class PrimaryTicks:
    """The issues under one primary; None where the survey asks about primaries themselves."""

    primary: Issue | None
    ticks: list[IssueChoice] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The primary is found with any of its issues."""
        return " ".join(tick.words for tick in self.ticks)


@dataclass
class CategoryTicks:
    """A category with its issues by primary."""

    category: Category
    primaries: list[PrimaryTicks] = field(default_factory=list)

    @property
    def ticks(self) -> list[IssueChoice]:
        return [tick for primary in self.primaries for tick in primary.ticks]

    @property
    def chosen(self) -> int:
        """How many are ticked."""
        return sum(tick.chosen for tick in self.ticks)


def issue_ticks(issues: list[Issue], chosen: Collection[str]) -> list[CategoryTicks]:
    """The issues (with category and parent) in order of categories; `chosen` are codes."""
    categories: dict[int, CategoryTicks] = {}
    for issue in sorted(issues, key=lambda issue: (issue.category.order, issue.category.code)):
        held = categories.setdefault(issue.category_id, CategoryTicks(issue.category))
        if not held.primaries or held.primaries[-1].primary != issue.parent:
            held.primaries.append(PrimaryTicks(issue.parent))
        held.primaries[-1].ticks.append(IssueChoice(issue, issue.code in chosen))
    return list(categories.values())
