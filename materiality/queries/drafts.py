"""A draft as a tree, its comparison with other editions, its descent, what stands against publishing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from django.db.models import Q
from django.utils.translation import ngettext

from materiality.drafts.codes import TEXTS
from materiality.drafts.lineage import descent_kind
from materiality.drafts.rows import last_change
from materiality.lineage.lineage import (
    Ancestors,
    Comparison,
    Descent,
    Weights,
    compare_libraries,
    compose,
    same,
    step_weights,
)
from materiality.models import Category, Edition, EditionChange, Issue, IssueScore, Lineage, Proposal, Run
from materiality.queries.cycles import descendants
from materiality.queries.library import library_contents, pages_of


class NoDescent(LookupError):
    """One edition does not descend from the other."""


@dataclass(frozen=True)
class Ancestor:
    """An issue of the earlier edition; `weight` 0–1, over all ancestors of an issue they sum to 1."""

    issue: Issue
    weight: float


def ancestors(issue: Issue, edition: Edition) -> list[Ancestor]:
    """Ancestors of the issue in an earlier edition, the weightiest first; none for an issue that was added since.

    NoDescent where the issue's edition does not descend from `edition`.
    """
    weights = edition_weights(issue.edition, edition).of(issue.code)
    rows = edition.issues.filter(code__in=weights)
    return sorted((Ancestor(row, weights[row.code]) for row in rows), key=lambda row: (-row.weight, row.issue.code))


def edition_weights(newer: Edition, older: Edition) -> Weights:
    """Weights of all issues of an edition over those of an earlier one: the product of the steps between them.

    NoDescent where `newer` does not descend from `older`.
    """
    steps = path(newer, older)
    if not steps:
        return same(newer.issues.values_list("code", flat=True))
    return product(steps, step_rows(steps))


def path(newer: Edition, older: Edition, editions: Mapping[int, Edition] | None = None) -> list[Edition]:
    """The editions from `newer` back to the one after `older`; NoDescent where `older` is not on the way.

    `editions`: all editions by key, where they are known already.
    """
    known = Edition.objects.in_bulk() if editions is None else editions
    steps, at = [], known[newer.pk]
    while at.pk != older.pk:
        steps.append(at)
        if at.based_on_id is None:
            raise NoDescent(f"{newer} does not descend from {older}")
        at = known[at.based_on_id]
    return steps


@dataclass(frozen=True)
class StepRow:
    """A line of descent by codes, and its reason."""

    descent: Descent
    reason: str


def step_rows(steps: Sequence[Edition]) -> dict[int, list[StepRow]]:
    """Rows of each step, by the key of its edition (one query); of one that was stored without lineage, by codes."""
    found: dict[int, list[StepRow]] = {edition.pk: [] for edition in steps}
    rows = Lineage.objects.filter(edition__in=found).order_by("pk")
    for edition, *ends, reason in rows.values_list("edition", "kind", "source__code", "target__code", "reason"):
        found[edition].append(StepRow(Descent(*ends), reason))
    return {edition.pk: found[edition.pk] or _by_codes(edition) for edition in steps}


SAME = (Lineage.Kind.KEPT, Lineage.Kind.RENAMED, Lineage.Kind.MOVED)


def same_issues(older: Edition, newer: Edition) -> list[tuple[str, str]]:
    """(code then, code now) of the issues that were kept, renamed or moved all the way; merged and split ones are not
    the same. NoDescent where `newer` does not come from `older`.
    """
    pairs = {code: code for code in Issue.objects.filter(edition=older).values_list("code", flat=True)}
    steps = path(newer, older)
    rows = step_rows(steps)
    for step in reversed(steps):
        found = [row.descent for row in rows[step.pk] if row.descent.kind in SAME]
        onward = {each.source: each.target for each in found}
        pairs = {first: onward[code] for first, code in pairs.items() if code in onward}
    return sorted(pairs.items())


def product(steps: Sequence[Edition], rows: Mapping[int, list[StepRow]]) -> Weights:
    """The steps, from the newest back, as one."""
    ratings = numbers_of_ratings([edition.based_on_id for edition in steps])
    each = [step_weights([row.descent for row in rows[step.pk]], ratings[step.based_on_id]) for step in steps]
    return reduce(compose, each)


def numbers_of_ratings(editions: Sequence[int]) -> dict[int, dict[str, int]]:
    """Edition → issue → number of ratings: both dimensions, in the last run of each of its cycles (two queries).

    Issues that none of them asked about are left out: their number is unknown.
    """
    last = {}
    runs = Run.objects.filter(edition__in=editions).order_by("number").values_list("cycle", "edition", "pk")
    for cycle, edition, pk in runs:
        last[cycle, edition] = pk
    numbers: dict[int, Counter[str]] = {edition: Counter() for edition in editions}
    scores = IssueScore.objects.filter(run__in=last.values()) if last else IssueScore.objects.none()
    for edition, code, *counts in scores.values_list("run__edition", "issue__code", "society_n", "business_n"):
        numbers[edition][code] += sum(counts)
    return {edition: dict(found) for edition, found in numbers.items()}


def _by_codes(edition: Edition) -> list[StepRow]:
    if edition.based_on_id is None:
        return []
    old, new = (
        {row.code: row for row in Issue.objects.filter(edition=pk).select_related("category", "parent")}
        for pk in (edition.based_on_id, edition.pk)
    )
    rows = [
        Descent(descent_kind(old[code], row), code, code) if code in old else Descent(Lineage.Kind.ADDED, None, code)
        for code, row in new.items()
    ]
    gone = [Descent(Lineage.Kind.RETIRED, code, None) for code in old if code not in new]
    return [StepRow(row, "") for row in rows + gone]


@dataclass(frozen=True)
class EditionComparison:
    """What differs from `old` to `new`; `reasons`: issue → why it changed, as its lineage keeps it.

    `by_lineage` is false where neither descends from the other: then issues are matched by their codes.
    """

    old: Edition
    new: Edition
    differences: Comparison
    by_lineage: bool
    reasons: dict[str, str]


def compare_editions(one: Edition, other: Edition) -> EditionComparison:
    """The two editions compared from the older to the newer, whichever is named first."""
    editions = Edition.objects.in_bulk()
    for old, new in ((one, other), (other, one)):
        try:
            steps = path(new, old, editions)
        except NoDescent:
            continue
        rows = step_rows(steps)
        links = product(steps, rows).links() if steps else None
        reasons = _reasons([rows[step.pk] for step in steps])
        return EditionComparison(old, new, _differences(old, new, links), True, reasons)
    old, new = sorted((one, other), key=lambda edition: (edition.created_at, edition.pk))
    return EditionComparison(old, new, _differences(old, new, None), False, {})


def _differences(old: Edition, new: Edition, links: Ancestors | None) -> Comparison:
    """By these ancestors, by equal codes where they are None."""
    before, after = library_contents(old), library_contents(new)
    if links is None:
        held = {issue.code for issue in before.issues}
        links = {issue.code: {issue.code: 1.0} for issue in after.issues if issue.code in held}
    return compare_libraries(before, after, links)


def _reasons(steps: list[list[StepRow]]) -> dict[str, str]:
    """Reasons of all steps by the code that the issue has after the step, or had before it was retired."""
    found: dict[str, list[str]] = {}
    for rows in reversed(steps):
        for row in rows:
            lines = found.setdefault(row.descent.target or row.descent.source, [])
            lines += [line for line in row.reason.split("\n") if line and line not in lines]
    return {code: "\n".join(lines) for code, lines in found.items()}


_UNUSED = ("groups", "changed")  # reading their JSON takes longer than all the rest


@dataclass(frozen=True)
class Filters:
    """What of the draft is shown: a search text, a category's code, only what was changed; `sort`: a key of ORDERS."""

    q: str = ""
    category: str = ""
    changed: bool = False
    sort: str = ""


@dataclass
class DraftLine:
    """An issue; `kinds` say what became of it since the edition before, `sources` where it comes from if elsewhere."""

    issue: Issue
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    is_first: bool = False
    is_last: bool = False

    @property
    def key(self) -> str:
        """The issue's in addresses; a page has a thousand, and a number would be put into the words of a language."""
        return str(self.issue.pk)


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
    if order := ORDERS.get(filters.sort):
        branches = _sorted(branches, order)
    pages = pages_of(branches, lambda branch: len(branch.lines))
    return DraftTree(list(categories.values()), pages, gone, last_change(edition))


# In other orders than the arranged one, within a category and a primary issue.
ORDERS: dict[str, Callable[[DraftLine], Any]] = {
    "code": lambda line: line.issue.code,
    "name": lambda line: str(line.issue.name),
    "changed": lambda line: not line.kinds,
}


def _sorted(branches: list[DraftBranch], order: Callable[[DraftLine], Any]) -> list[DraftBranch]:
    places = {
        code: place for place, code in enumerate(dict.fromkeys(each.primary.issue.category_id for each in branches))
    }
    for branch in branches:
        branch.secondaries.sort(key=order)
    return sorted(branches, key=lambda branch: (places[branch.primary.issue.category_id], order(branch.primary)))


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
    texts = {"renamed": "name", "redefined": "definition"}
    return {word for word, text in texts.items() if getattr(old, text).texts != getattr(new, text).texts}


def _branches(
    issues: list[Issue],
    lines: dict[int, DraftLine],
    places: list[int],
    categories: dict[int, CategoryChange],
    filters: Filters,
) -> list[DraftBranch]:
    siblings: dict[tuple[int, int | None], list[Issue]] = defaultdict(list)
    below: dict[int | None, list[Issue]] = defaultdict(list)
    for issue in issues:
        issue.category = categories[issue.category_id].row
        siblings[issue.category_id, issue.parent_id].append(issue)
        below[issue.parent_id].append(issue)
    for row in siblings.values():
        lines[row[0].pk].is_first = lines[row[-1].pk].is_last = True
    found = []
    for category in places:
        if filters.category not in ("", categories[category].row.code):
            continue
        for primary in siblings[category, None]:
            children = [lines[row.pk] for row in descendants(below, primary.pk)]
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
    texts = (line.issue.code, *(text for name in TEXTS for text in getattr(line.issue, name).texts.values()))
    return all(any(term in text.casefold() for text in texts) for term in filters.q.casefold().split())


@dataclass(frozen=True)
class Unfinished:
    """One kind of what is unfinished: how many, in a sentence, and the codes or names to look at."""

    kind: str
    number: int
    sentence: str
    examples: tuple[str, ...]


def publishing_warnings(edition: Edition) -> list[Unfinished]:
    """What must be acknowledged: undecided proposals, and texts that lack one language."""
    found = [_proposals(edition), _translations(edition)]
    return [warning for warning in found if warning.number]


def lacking_translation(edition: Edition) -> list[Issue]:
    """Active issues of which a name or a definition is there, but not in all languages of the edition."""
    wanted = set(edition.languages)
    active = edition.issues.filter(status=Issue.Status.ACTIVE).order_by("code")
    return [row for row in active if any(held and wanted - held.keys() for held in _texts(row))]


def _texts(issue: Issue) -> list[dict[str, str]]:
    return [getattr(issue, name).texts for name in TEXTS]


def open_proposals(edition: Edition) -> list[Proposal]:
    """Proposals that nobody has decided on, for this draft or for whichever comes next."""
    meant = Q(edition=edition) | Q(edition__isnull=True)
    return list(Proposal.objects.filter(meant, state=Proposal.State.OPEN).select_related("issue").order_by("pk"))


def _proposals(edition: Edition) -> Unfinished:
    found = open_proposals(edition)
    names = tuple(row.name or (row.issue.name if row.issue else row.get_kind_display()) for row in found)
    sentence = ngettext(
        "%(number)s suggestion is not decided yet.", "%(number)s suggestions are not decided yet.", len(found)
    )
    return Unfinished("open_proposals", len(found), sentence % {"number": len(found)}, names)


def _translations(edition: Edition) -> Unfinished:
    found = lacking_translation(edition)
    sentence = ngettext("%(number)s issue lacks a translation.", "%(number)s issues lack a translation.", len(found))
    examples = tuple(f"{issue.code} {issue.name}" for issue in found)
    return Unfinished("missing_translations", len(found), sentence % {"number": len(found)}, examples)
