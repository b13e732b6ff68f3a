"""The library as a tree to read and search."""

from collections import defaultdict
from dataclasses import dataclass, field

from materiality.bilingual import is_chinese, text_of
from materiality.models import Category, Edition, Issue
from materiality.queries.library_codes import Column, IssueCodes, issue_codes
from materiality.queries.library_search import Search


@dataclass
class ListedIssue:
    """An issue as a line of the library; `cells` holds its codes per shown column, in the columns' order."""

    row: Issue
    name: str
    other_name: str
    definition: str
    cells: list[tuple[Column, tuple[str, ...]]]


@dataclass
class Branch:
    """A primary issue with those of its secondaries that were found; `total` counts all of them."""

    issue: ListedIssue
    secondaries: list[ListedIssue] = field(default_factory=list)
    total: int = 0


@dataclass
class CategoryCount:
    """A category and its numbers of active issues, whatever is searched for."""

    row: Category
    primaries: int = 0
    secondaries: int = 0


@dataclass(frozen=True)
class LibraryTree:
    """`branches` in the order of categories and of the library; `primaries` and `secondaries` are what was found."""

    categories: list[CategoryCount]
    columns: list[Column]
    shown_columns: list[Column]
    branches: list[Branch]

    @property
    def found(self) -> int:
        return sum(len(branch.secondaries) for branch in self.branches)

    @property
    def primaries(self) -> int:
        return sum(entry.primaries for entry in self.categories)

    @property
    def secondaries(self) -> int:
        return sum(entry.secondaries for entry in self.categories)


def editions() -> list[Edition]:
    """Editions that can be read: in force, superseded and drafts, newest first."""
    return list(Edition.objects.all())


def chosen_edition(listed: list[Edition], code: str) -> Edition | None:
    """The edition with this code, else the one in force, else the newest."""
    by_code = {edition.code: edition for edition in listed}
    in_force = next((edition for edition in listed if edition.state == Edition.State.PUBLISHED), None)
    return by_code.get(code) or in_force or next(iter(listed), None)


def library_tree(edition: Edition, search: Search) -> LibraryTree:
    """Everything of the edition that the search lets through, in the order of the library (three queries).

    A primary issue that is found by itself comes with all its secondaries, else with those that are found.
    """
    categories = {row.pk: CategoryCount(row) for row in edition.categories.all()}
    codes = issue_codes(edition)
    issues = list(edition.issues.defer("groups", "changed").order_by("order", "code"))
    children: dict[int | None, list[Issue]] = defaultdict(list)
    for issue in issues:
        children[issue.parent_id].append(issue)
        _count(categories[issue.category_id], issue)
    shown = [column for column in codes.columns if search.framework in ("", column.key)]
    branches = []
    places = {pk: place for place, pk in enumerate(categories)}
    for primary in sorted(children[None], key=lambda row: (places[row.category_id], row.order, row.code)):
        primary.category = categories[primary.category_id].row
        if search.category in ("", primary.category.code):
            branches += _branch(primary, children[primary.pk], codes, shown, search)
    return LibraryTree(list(categories.values()), codes.columns, shown, branches)


def listed(issue: Issue, codes: IssueCodes, columns: list[Column]) -> ListedIssue:
    """The issue's line in the active language."""
    other = "en" if is_chinese() else "zh-hans"
    other_name = text_of(issue, "name", other)
    cells = [(column, codes.of(issue.pk, column)) for column in columns]
    return ListedIssue(issue, issue.name, other_name, issue.definition, cells)


def _branch(
    primary: Issue, secondaries: list[Issue], codes: IssueCodes, shown: list[Column], search: Search
) -> list[Branch]:
    if search.finds_by_text(primary, codes):
        found = [row for row in secondaries if search.in_framework(row, codes)]
    else:
        found = [row for row in secondaries if search.finds(row, codes)]
    if not found and not search.finds(primary, codes):
        return []
    lines = [listed(row, codes, shown) for row in found]
    return [Branch(listed(primary, codes, shown), lines, len(secondaries))]


def _count(entry: CategoryCount, issue: Issue) -> None:
    if issue.status == Issue.Status.ACTIVE:
        entry.primaries += issue.parent_id is None
        entry.secondaries += issue.parent_id is not None
