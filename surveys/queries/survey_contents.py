"""What a survey asks: its issues by category, how many pages and minutes."""

from dataclasses import dataclass
from itertools import groupby

from materiality.models import Category, Issue
from surveys.models import Item, Survey
from surveys.queries.questionnaire import SECONDS_PER_ITEM
from surveys.questionnaire.paging import page_count, page_sizes


@dataclass(frozen=True)
class Section:
    """One category of the survey with its issues and the dimensions that each is rated on."""

    category: Category
    issues: list[tuple[Issue, list[Item]]]

    @property
    def pages(self) -> int:
        return len(page_sizes(len(self.issues)))


@dataclass(frozen=True)
class Contents:
    """All that a survey asks; `minutes` is what an unhurried respondent needs."""

    sections: list[Section]
    items: int
    issues: int
    pages: int
    minutes: int

    @property
    def codes(self) -> list[str]:
        """Codes of the issues, by category and code."""
        return [issue.code for section in self.sections for issue, _items in section.issues]


def contents_of(survey: Survey) -> Contents:
    """Read the survey's items once, in the order of categories and codes."""
    items = list(
        Item.objects.filter(survey=survey)
        .select_related("issue__category")
        .order_by("issue__category__order", "issue__category__code", "position")
    )
    sections = [
        Section(own[0].issue.category, [(each[0].issue, each) for each in _together(own, lambda item: item.issue_id)])
        for own in _together(items, lambda item: item.issue.category_id)
    ]
    shape = [(section.category.code, len(section.issues)) for section in sections]
    minutes = max(1, round(len(items) * SECONDS_PER_ITEM / 60))
    return Contents(sections, len(items), sum(number for _code, number in shape), page_count(shape), minutes)


def _together(items: list[Item], key) -> list[list[Item]]:
    return [list(group) for _key, group in groupby(items, key)]
