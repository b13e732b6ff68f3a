"""The library as a tree to read and search, one issue, editions, errata, stored catalogues."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from materiality.library_file.catalogues import read_framework_records, replaced_codes
from materiality.lineage.lineage import Segment, text_difference
from materiality.lineage.records import (
    Catalogues,
    CategoryRecord,
    CrosswalkRecord,
    DisclosureRecord,
    FrameworkRecord,
    IssueRecord,
    Library,
    Mapping,
)
from materiality.models import (
    Category,
    Crosswalk,
    Disclosure,
    Edition,
    Engagement,
    Erratum,
    Framework,
    Issue,
    IssueMapping,
    Lineage,
    User,
)
from materiality.platform.bilingual import DEFAULT_LANGUAGES, is_chinese, shown, text_of
from materiality.platform.hooks import RETIRE_ISSUE, objections_to_each
from materiality.queries.cycles import descendants, of_seen_cycles, seen_cycles
from materiality.queries.stakeholders import Touching, group_names, touching

LINES, BRANCHES = 120, 50  # the default library of 116 lines stands on one page

Whole = TypeVar("Branch")


def pages_of(branches: Iterable[Whole], lines_of: Callable[[Whole], int]) -> list[list[Whole]]:
    """Whole branches, at most 50 and about 120 lines on a page; one empty page where there are none."""
    pages: list[list[Whole]] = [[]]
    filled = 0
    for branch in branches:
        lines = lines_of(branch)
        if pages[-1] and (filled + lines > LINES or len(pages[-1]) == BRANCHES):
            pages.append([])
            filled = 0
        pages[-1].append(branch)
        filled += lines
    return pages


@dataclass(frozen=True)
class StandingEditions:
    """What can be done next: the edition in force and the draft, None where there is none."""

    in_force: Edition | None
    draft: Edition | None


def listed_editions(person: User) -> QuerySet[Edition]:
    """Drafts first, then by date; with `primaries`, `secondaries` (active ones), and in `cycle_number` how many cycles
    that the person sees stand on it.
    """
    active = Q(issues__status=Issue.Status.ACTIVE)
    return (
        Edition.objects.select_related("based_on")
        .annotate(
            primaries=Count("issues", filter=active & Q(issues__parent__isnull=True), distinct=True),
            secondaries=Count("issues", filter=active & Q(issues__parent__isnull=False), distinct=True),
            cycle_number=Count("cycles", filter=Q(cycles__in=seen_cycles(person)), distinct=True),
        )
        .order_by("-created_at", "-pk")
    )


def standing_editions() -> StandingEditions:
    """The edition in force and the open draft (one query)."""
    open_ones = Edition.objects.filter(state__in=(Edition.State.DRAFT, Edition.State.PUBLISHED))
    by_state = {edition.state: edition for edition in open_ones}
    return StandingEditions(by_state.get(Edition.State.PUBLISHED), by_state.get(Edition.State.DRAFT))


@dataclass(frozen=True)
class ToldErratum:
    """A correction with its old and new text word by word."""

    row: Erratum
    segments: tuple[Segment, ...]


def errata_of(issue: Issue) -> list[ToldErratum]:
    """Newest first."""
    rows = issue.errata.select_related("by").order_by("-pk")
    return [ToldErratum(row, text_difference(row.old_text, row.new_text)) for row in rows]


def origins(issue: Issue) -> list[Issue]:
    """Its ancestors in the edition before, in the order of their codes; none for an issue that was added."""
    return list(Issue.objects.filter(descendants__target=issue).select_related("edition").order_by("code"))


def objections_to_retiring(edition: Edition, issues: Sequence[Issue]) -> dict[int, list[str]]:
    """Key → what the apps above have to say on retiring the issue, such as that a live survey asks about its ancestor;
    three queries, however many issues.
    """
    if edition.state != Edition.State.DRAFT:
        return objections_to_each(RETIRE_ISSUE, issues)
    keys = {issue.pk for issue in issues}
    lines = Lineage.objects.filter(edition=edition, target__isnull=False, source__isnull=False).order_by("source__code")
    descent = [(target, source) for target, source in lines.values_list("target", "source") if target in keys]
    told = objections_to_each(RETIRE_ISSUE, list(Issue.objects.filter(pk__in={source for _key, source in descent})))
    found: dict[int, list[str]] = {key: [] for key in keys}
    for target, source in descent:
        found[target] += told[source]
    return found


@dataclass(frozen=True)
class CatalogueColumn:
    """A framework edition as a column; `key` is how it stands in an address: `GRI-2016`."""

    pk: int
    framework: str
    edition: str
    label: str

    @property
    def key(self) -> str:
        return f"{self.framework}-{self.edition}"


@dataclass(frozen=True)
class IssueCodes:
    """`codes`: issue → column → codes in the catalogue's order. `texts`: what is shown where a code says nothing."""

    columns: list[CatalogueColumn]
    codes: dict[int, dict[CatalogueColumn, list[str]]]
    texts: dict[tuple[CatalogueColumn, str], str]

    def of(self, issue: int, column: CatalogueColumn) -> tuple[str, ...]:
        """What to show of an issue in a column."""
        return tuple(self.texts.get((column, code), code) for code in self.codes.get(issue, {}).get(column, ()))


def issue_codes(edition: Edition, issue: int | None = None) -> IssueCodes:
    """Codes of all issues of an edition, or of one and its secondaries (one query)."""
    mappings = IssueMapping.objects.filter(issue__edition=edition)
    if issue is not None:
        mappings = mappings.filter(issue__parent=issue)
    rows = mappings.order_by("disclosure__framework__edition", "disclosure__order").values_list(
        "issue",
        "disclosure__framework__order",
        "disclosure__framework",
        "disclosure__framework__code",
        "disclosure__framework__edition",
        "disclosure__code",
        "disclosure__code_official",
        "disclosure__title",
    )
    held = list(rows)
    columns = _columns({row[1:5] for row in held})
    codes: dict[int, dict[CatalogueColumn, list[str]]] = defaultdict(lambda: defaultdict(list))
    texts = {}
    for issue_pk, _order, framework, _code, _edition, code, is_official, title in held:
        column = columns[framework]
        codes[issue_pk][column].append(code)
        if not is_official:  # numbered by us, so only the title says anything
            texts[column, code] = shown(title)
    return IssueCodes(list(columns.values()), codes, texts)


def framework_label(code: str, edition: str, alone: bool) -> str:
    """`GRI 2016` where two editions stand side by side, else `SDG`."""
    if code == "CNSE":
        code = _("Exchanges")
    return code if alone else f"{code} {edition}".strip()


def framework_place(framework: Framework) -> tuple:
    """Sorts frameworks: those that come with the product in their order, then any others by name."""
    return framework.order, framework.code, framework.edition


def _columns(frameworks: set[tuple[int, int, str, str]]) -> dict[int, CatalogueColumn]:
    numbers = Counter(code for _order, _pk, code, _edition in frameworks)
    return {
        pk: CatalogueColumn(pk, code, edition, framework_label(code, edition, numbers[code] == 1 and code != "GRI"))
        for _order, pk, code, edition in sorted(frameworks, key=lambda row: (row[0], *row[2:]))
    }


MAX_QUERY = 200


@dataclass(frozen=True)
class Search:
    """`q`: words that must all be found; `category`: a code; `framework`: a key such as `GRI-2016`; each "" for any."""

    q: str = ""
    category: str = ""
    framework: str = ""

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The words of `q`, folded so that capitals and full-width letters make no difference."""
        return tuple(unicodedata.normalize("NFKC", self.q[:MAX_QUERY]).casefold().split())

    @property
    def narrows(self) -> bool:
        return bool(self.terms or self.category or self.framework)

    def finds(self, issue: Issue, codes: IssueCodes) -> bool:
        """Every term is in the issue's code, names or definitions, or is a code that it maps to."""
        if not self.in_framework(issue, codes):
            return False
        texts, mapped = _texts(issue), list(self._mapped(issue, codes))
        return all(_in_texts(term, issue, texts) or any(_is_code(term, code) for code in mapped) for term in self.terms)

    def finds_by_text(self, issue: Issue) -> bool:
        """The terms are in the issue's own code, names or definitions."""
        return all(_in_texts(term, issue, _texts(issue)) for term in self.terms)

    def in_framework(self, issue: Issue, codes: IssueCodes) -> bool:
        """The issue maps to the framework edition asked for, or none is."""
        return not self.framework or any(column.key == self.framework for column in codes.codes.get(issue.pk, ()))

    def _mapped(self, issue: Issue, codes: IssueCodes) -> Iterator[str]:
        """Codes, exchange topics' titles and framework names that count for the issue, folded."""
        for column, held in codes.codes.get(issue.pk, {}).items():
            if self.framework in ("", column.key):
                yield column.framework.casefold()
                yield from (code.casefold() for code in held)
                yield from (text.casefold() for text in codes.of(issue.pk, column))


def _texts(issue: Issue) -> str:
    return "\n".join((*issue.name.texts.values(), *issue.definition.texts.values())).casefold()


def _in_texts(term: str, issue: Issue, texts: str) -> bool:
    return term in texts or issue.code.casefold().startswith(term)


def _is_code(term: str, code: str) -> bool:
    """`305` finds 305-1 and `e1` finds E1.2, but `305-1` does not find 305-10."""
    return code == term or code.startswith((f"{term}-", f"{term}."))


@dataclass
class ListedIssue:
    """An issue as a line of the library; `cells` holds its codes per shown column, in the columns' order."""

    row: Issue
    name: str
    other_name: str
    definition: str
    cells: list[tuple[CatalogueColumn, tuple[str, ...]]]


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
    columns: list[CatalogueColumn]
    shown_columns: list[CatalogueColumn]
    branches: list[Branch]

    @property
    def found(self) -> int:
        """How many secondary issues, or issues of a flat list, were found."""
        return sum(len(branch.secondaries) for branch in self.branches) if self.secondaries else len(self.branches)

    @property
    def primaries(self) -> int:
        return sum(entry.primaries for entry in self.categories)

    @property
    def secondaries(self) -> int:
        return sum(entry.secondaries for entry in self.categories)


def readable_editions() -> list[Edition]:
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
            branches += _branch(primary, list(descendants(children, primary.pk)), codes, shown, search)
    return LibraryTree(list(categories.values()), codes.columns, shown, branches)


def _listed(issue: Issue, codes: IssueCodes, columns: list[CatalogueColumn]) -> ListedIssue:
    """The issue's line in the active language."""
    other = "en" if is_chinese() else "zh-hans"
    other_name = text_of(issue, "name", other)
    cells = [(column, codes.of(issue.pk, column)) for column in columns]
    return ListedIssue(issue, issue.name, other_name, issue.definition, cells)


def _branch(
    primary: Issue, secondaries: list[Issue], codes: IssueCodes, shown: list[CatalogueColumn], search: Search
) -> list[Branch]:
    if search.finds_by_text(primary):
        found = [row for row in secondaries if search.in_framework(row, codes)]
    else:
        found = [row for row in secondaries if search.finds(row, codes)]
    if not found and not search.finds(primary, codes):
        return []
    lines = [_listed(row, codes, shown) for row in found]
    return [Branch(_listed(primary, codes, shown), lines, len(secondaries))]


def _count(entry: CategoryCount, issue: Issue) -> None:
    if issue.status == Issue.Status.ACTIVE:
        entry.primaries += issue.parent_id is None
        entry.secondaries += issue.parent_id is not None


@dataclass
class MappedDisclosure:
    """A disclosure of the issue; `ways` say where a GRI 2016 disclosure went in the set of 2021."""

    row: Disclosure
    ways: list[Crosswalk]


@dataclass
class MappingTable:
    """The issue's disclosures of one framework edition.

    `kind`: `gri`, `old_gri` (with ways to 2021), `goals` or `topics` (which have a parent).
    """

    framework: Framework
    kind: str
    disclosures: list[MappedDisclosure] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.framework.code}-{self.framework.edition}"


@dataclass(frozen=True)
class IssuePage:
    """`family`: the secondaries of the same primary. `secondaries`, `columns`: the table of them, for a primary."""

    issue: Issue
    family: list[Issue]
    secondaries: list[ListedIssue]
    columns: list[CatalogueColumn]
    tables: list[MappingTable]
    groups: list[str]
    touching: Touching


def find_issue(edition_code: str, code: str) -> Issue | None:
    """The issue with edition, category and parent."""
    rows = Issue.objects.select_related("edition", "category", "parent")
    return rows.filter(edition__code=edition_code, code=code).first()


def issue_page(issue: Issue, person: User) -> IssuePage:
    """What its page shows the person, in the active language (five queries)."""
    family = list(Issue.objects.filter(parent=issue.parent_id or issue.pk).order_by("order", "code"))
    lines, columns = [], []
    if issue.is_primary:
        codes = issue_codes(issue.edition, issue.pk)
        columns = codes.columns
        lines = [_listed(row, codes, columns) for row in family]
    touched = touching(of_seen_cycles(person, Engagement.objects.filter(issues=issue)))
    return IssuePage(issue, family, lines, columns, _tables(issue), _group_names(issue), touched)


def _tables(issue: Issue) -> list[MappingTable]:
    ways = Prefetch("successors", Crosswalk.objects.select_related("target").order_by("relation", "target__order"))
    disclosures = issue.disclosures.select_related("framework", "parent").prefetch_related(ways).order_by("order")
    tables: dict[int, MappingTable] = {}
    for row in disclosures:
        framework = row.framework
        table = tables.setdefault(row.framework_id, MappingTable(framework, _kind(framework)))
        table.disclosures.append(MappedDisclosure(row, list(row.successors.all())))
    return sorted(tables.values(), key=lambda table: framework_place(table.framework))


def _kind(framework: Framework) -> str:
    if framework.code != "GRI":
        return "goals" if framework.code == "SDG" else "topics"
    return "old_gri" if framework.edition == "2016" else "gri"


def _group_names(issue: Issue) -> list[str]:
    """Names of the groups that can rate it; the code of a group that only some cycle has."""
    names = group_names()
    return [names.get(code, code) for code in issue.groups]


_COLUMNS = ("code", "name", "definition", "status")


def codes_used(edition: Edition) -> dict[str, tuple[str, str]]:
    """Codes of issues of other editions → (edition, Chinese name): a code is not given to another issue."""
    rows = Issue.objects.exclude(edition=edition).order_by("edition__created_at")
    return {code: (held, name) for code, held, name in rows.values_list("code", "edition__code", "name")}


def library_contents(edition: Edition) -> Library:
    """Categories, issues and mappings of an edition (three queries); equal to the file's when nothing differs."""
    categories = edition.categories.order_by("order", "code")
    columns = ("pk", "groups", "category__code", "parent__code", *_COLUMNS)
    issues = edition.issues.order_by("code").values_list(*columns)
    mappings = _mappings(edition)
    return Library(
        tuple(CategoryRecord(row.code, row.name.texts, row.order) for row in categories),
        tuple(
            IssueRecord(
                category=category,
                parent_code=parent or "",
                groups=tuple(groups),
                mappings=tuple(sorted(mappings[pk])),
                **dict(zip(_COLUMNS, values, strict=True)),
            )
            for pk, groups, category, parent, *values in issues
        ),
    )


def _mappings(edition: Edition) -> dict[int, list[Mapping]]:
    found: dict[int, list[Mapping]] = defaultdict(list)
    rows = IssueMapping.objects.filter(issue__edition=edition).values_list(
        "issue", "disclosure__framework__code", "disclosure__framework__edition", "disclosure__code", "type"
    )
    for issue, *mapping in rows.order_by():
        found[issue].append(tuple(mapping))
    return found


def built_in_frameworks() -> tuple[FrameworkRecord, ...]:
    """The catalogues that come with the product, installed or not."""
    return read_framework_records(Path(settings.BASE_DIR) / "fixtures")


def installed_frameworks() -> frozenset[tuple[str, str]]:
    """(code, edition) of all that are installed."""
    return frozenset(Framework.objects.order_by().values_list("code", "edition"))


def stored_catalogues() -> Catalogues:
    """The installed frameworks, all their disclosures, and the crosswalk (three queries)."""
    frameworks = list(Framework.objects.all())
    rows = Disclosure.objects.order_by("framework", "order").values_list("framework", "title", "parent__code", *_PLAIN)
    editions = {row.pk: (row.code, row.edition) for row in frameworks}
    return Catalogues(
        tuple(
            FrameworkRecord(row.code, row.edition, row.column, row.title_zh, row.title_en, row.publisher)
            for row in frameworks
        ),
        tuple(_record(editions[framework], *row) for framework, *row in rows),
        (),
        tuple(_crosswalk()),
        tuple(replaced_codes(Path(settings.BASE_DIR) / "fixtures")),
    )


_PLAIN = ("code", "order", "standard_year", "kind", "code_official")


def _record(framework: tuple[str, str], title: dict[str, str], parent: str | None, *plain: Any) -> DisclosureRecord:
    texts: dict[str, Any] = {f"title_{language}": title.get(language, "") for language in DEFAULT_LANGUAGES}
    texts["other_titles"] = tuple(text for language, text in title.items() if language not in DEFAULT_LANGUAGES)
    told = {"framework": framework, "parent_code": parent or "", **dict(zip(_PLAIN, plain, strict=True))}
    return DisclosureRecord(**told, **texts)


def _crosswalk() -> list[CrosswalkRecord]:
    ends = [
        f"{end}__{name}" for end in ("source", "target") for name in ("framework__code", "framework__edition", "code")
    ]
    rows = Crosswalk.objects.order_by("pk").values_list(*ends, "relation")
    return [CrosswalkRecord(tuple(row[:3]), tuple(row[3:6]) if row[5] else None, row[6]) for row in rows]
