"""What a sheet asks, issue by issue, numbered as it is printed."""

from collections.abc import Iterable
from dataclasses import dataclass

from materiality.models import Issue
from materiality.scoring.codes import NOT_ASKED
from surveys.models import Item, Survey


@dataclass(frozen=True)
class SheetIssue:
    """An issue of the survey with its items (dimension, position)."""

    issue: Issue
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class NumberedIssue:
    """An issue on a sheet: its number there from 1, and those of its items that the sheet asks."""

    number: int
    issue: Issue
    items: tuple[tuple[str, int], ...]


def sheet_issues(survey: Survey) -> list[SheetIssue]:
    """All issues of the survey in frozen order, with category; one query."""
    rows = Item.objects.filter(survey=survey).select_related("issue__category").order_by("position")
    own: dict[int, list[Item]] = {}
    for item in rows:
        own.setdefault(item.issue_id, []).append(item)
    return [
        SheetIssue(items[0].issue, tuple((item.dimension, item.position) for item in items)) for items in own.values()
    ]


def numbered(issues: Iterable[SheetIssue], asked: bytes) -> list[NumberedIssue]:
    """The issues that a sheet with this vector asks, numbered."""
    found: list[NumberedIssue] = []
    for each in issues:
        items = tuple(item for item in each.items if asked[item[1]] != NOT_ASKED)
        if items:
            found.append(NumberedIssue(len(found) + 1, each.issue, items))
    return found
