"""The issues that an engagement record can name."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from materiality.models import Category, Cycle, Issue


@dataclass(frozen=True)
class IssueChoice:
    """An issue to tick; `words` is what a search looks through, in both languages."""

    issue: Issue
    chosen: bool

    @property
    def words(self) -> str:
        return f"{self.issue.code} {self.issue.name_zh} {self.issue.name_en}".lower()


@dataclass
class CategoryChoices:
    """The issues of a category; `chosen` counts the ticked ones."""

    category: Category
    choices: list[IssueChoice]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)


def choosable_issues(cycle: Cycle, chosen: Collection[int] = ()) -> QuerySet[Issue]:
    """Active issues of the cycle's edition, and those of it that are chosen already; by category and code."""
    issues = Issue.objects.filter(edition=cycle.edition_id).select_related("category")
    return issues.filter(Q(status=Issue.Status.ACTIVE) | Q(pk__in=chosen)).order_by("category__order", "code")


def choices_by_category(issues: QuerySet[Issue], chosen: Collection[int]) -> list[CategoryChoices]:
    """The issues as the form shows them (one query)."""
    found: dict[int, CategoryChoices] = {}
    for issue in issues:
        held = found.setdefault(issue.category_id, CategoryChoices(issue.category, []))
        held.choices.append(IssueChoice(issue, issue.pk in chosen))
    return list(found.values())
