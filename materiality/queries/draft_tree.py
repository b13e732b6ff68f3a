"""A draft of the library as a tree to edit."""

from collections import defaultdict
from dataclasses import dataclass, field

from materiality.drafts import last_change
from materiality.issue_texts import FIELDS
from materiality.models import Category, Edition, EditionChange, Issue, Lineage
from materiality.queries.branch_pages import pages_of

_UNUSED = ("groups", "changed")  # reading their JSON takes longer than all the rest


@dataclass(frozen=True)
class Filters:
    """What of the draft is shown: a search text, a category's code, only what was changed."""

    q: str = ""
    category: str = ""
    changed: bool = False


@dataclass
class DraftLine:
    """An issue; `kinds` say what became of it since the edition before, `sources` where it comes from if elsewhere."""

    issue: Issue
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    is_first: bool = False
    is_last: bool = False


@dataclass
class DraftBranch:
    """A primary issue with its secondaries."""

    primary: DraftLine
    secondaries: list[DraftLine] = field(default_factory=list)

    @property
    def lines(self) -> list[DraftLine]:
        return [self.primary, *self.secondaries]


@dataclass
class CategoryChange:
    """Numbers of active issues of a category now and in the edition before."""

    row: Category
    primaries: int = 0
    secondaries: int = 0
    primaries_before: int = 0
    secondaries_before: int = 0

    @property
    def difference(self) -> int:
        return self.primaries + self.secondaries - self.primaries_before - self.secondaries_before

    @property
    def signed(self) -> str:
        """+2, −1 or ±0."""
        return f"{self.difference:+d}".replace("-", "−") if self.difference else "±0"


@dataclass(frozen=True)
class DraftTree:
    """`pages`: the branches that are shown, whole branches, as `pages_of` puts them together."""

    categories: list[CategoryChange]
    pages: list[list[DraftBranch]]
    gone: list[Lineage]
    last_change: EditionChange | None

    def page_with(self, code: str) -> int:
        """Number of the page on which the issue stands, 1 where on none."""
        for number, page in enumerate(self.pages, start=1):
            for branch in page:
                if code in {line.issue.code for line in (branch.primary, *branch.secondaries)}:
                    return number
        return 1


def draft_tree(edition: Edition, filters: Filters) -> DraftTree:
    """Everything of the draft that the filters let through (six queries)."""
    categories = {row.pk: CategoryChange(row) for row in edition.categories.all()}
    issues = list(edition.issues.defer(*_UNUSED).order_by("order", "code"))
    sources = Issue.objects.filter(edition=edition.based_on_id).defer(*_UNUSED) if edition.based_on_id else []
    before = {row.pk: row for row in sources}
    rows = list(edition.lineage.all())
    _count(edition, categories, issues, before)
    lines = _lines(issues, before, rows)
    branches = _branches(issues, lines, list(categories), categories, filters)
    gone = [row for row in rows if row.target_id is None]
    for row in gone:
        row.source = before[row.source_id]
    pages = pages_of(branches, lambda branch: len(branch.lines))
    return DraftTree(list(categories.values()), pages, gone, last_change(edition))


def _count(
    edition: Edition, categories: dict[int, CategoryChange], issues: list[Issue], before: dict[int, Issue]
) -> None:
    """Active issues per category; those of the edition before go by the category's code."""
    for issue in issues:
        if issue.status == Issue.Status.ACTIVE:
            entry = categories[issue.category_id]
            entry.primaries += issue.is_primary
            entry.secondaries += not issue.is_primary
    old = dict(Category.objects.filter(edition=edition.based_on_id).values_list("pk", "code"))
    by_code = {entry.row.code: entry for entry in categories.values()}
    for issue in before.values():
        entry = by_code.get(old[issue.category_id])
        if entry and issue.status == Issue.Status.ACTIVE:
            entry.primaries_before += issue.is_primary
            entry.secondaries_before += not issue.is_primary


def _lines(issues: list[Issue], before: dict[int, Issue], rows: list[Lineage]) -> dict[int, DraftLine]:
    descent: dict[int, list[Lineage]] = defaultdict(list)
    for row in rows:
        if row.target_id is not None:
            descent[row.target_id].append(row)
    return {issue.pk: _line(issue, descent[issue.pk], before) for issue in issues}


def _line(issue: Issue, rows: list[Lineage], before: dict[int, Issue]) -> DraftLine:
    sources = [before[row.source_id] for row in rows if row.source_id is not None]
    if issue.status == Issue.Status.RETIRED:
        return DraftLine(issue, () if sources else ("retired",), ())
    kinds = {row.kind for row in rows} - {Lineage.Kind.KEPT} or ({"added"} if not rows else set())
    if len(sources) == 1:
        kinds |= _text_changes(sources[0], issue)
    elsewhere = tuple(source.code for source in sources if len(sources) > 1 or source.code != issue.code)
    return DraftLine(issue, tuple(sorted(kinds)), elsewhere)


def _text_changes(old: Issue, new: Issue) -> set[str]:
    changed = {name for name in FIELDS if getattr(old, name) != getattr(new, name)}
    starts = {"renamed": "name", "redefined": "definition"}
    return {word for word, start in starts.items() if any(name.startswith(start) for name in changed)}


def _branches(
    issues: list[Issue],
    lines: dict[int, DraftLine],
    places: list[int],
    categories: dict[int, CategoryChange],
    filters: Filters,
) -> list[DraftBranch]:
    siblings: dict[tuple[int, int | None], list[Issue]] = defaultdict(list)
    for issue in issues:
        issue.category = categories[issue.category_id].row
        siblings[issue.category_id, issue.parent_id].append(issue)
    for row in siblings.values():
        lines[row[0].pk].is_first = lines[row[-1].pk].is_last = True
    found = []
    for category in places:
        if filters.category not in ("", categories[category].row.code):
            continue
        for primary in siblings[category, None]:
            children = [lines[row.pk] for row in siblings[category, primary.pk]]
            found += _branch(lines[primary.pk], children, filters)
    return found


def _branch(primary: DraftLine, secondaries: list[DraftLine], filters: Filters) -> list[DraftBranch]:
    shown = [line for line in secondaries if _shows(line, filters)]
    if not shown and not _shows(primary, filters):
        return []
    is_whole = _shows(primary, filters) and not filters.changed
    return [DraftBranch(primary, secondaries if is_whole else shown)]


def _shows(line: DraftLine, filters: Filters) -> bool:
    if filters.changed and not line.kinds:
        return False
    texts = (line.issue.code, *(getattr(line.issue, name) for name in FIELDS))
    return all(any(term in text.casefold() for text in texts) for term in filters.q.casefold().split())
