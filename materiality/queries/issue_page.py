"""Everything the library knows of one issue."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from materiality.bilingual import is_chinese
from materiality.models import Crosswalk, Disclosure, Framework, Issue
from materiality.queries.default_groups import default_groups
from materiality.queries.engagements import Touching, touching
from materiality.queries.library import ListedIssue, listed
from materiality.queries.library_codes import Column, framework_place, issue_codes


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
    columns: list[Column]
    tables: list[MappingTable]
    groups: list[str]
    touching: Touching


def find_issue(edition_code: str, code: str) -> Issue | None:
    """The issue with edition, category and parent."""
    rows = Issue.objects.select_related("edition", "category", "parent")
    return rows.filter(edition__code=edition_code, code=code).first()


def issue_page(issue: Issue) -> IssuePage:
    """What its page shows, in the active language (five queries)."""
    family = list(Issue.objects.filter(parent=issue.parent_id or issue.pk).order_by("order", "code"))
    lines, columns = [], []
    if issue.is_primary:
        codes = issue_codes(issue.edition, issue.pk)
        columns = codes.columns
        lines = [listed(row, codes, columns) for row in family]
    return IssuePage(issue, family, lines, columns, _tables(issue), _group_names(issue), touching(issue))


def _tables(issue: Issue) -> list[MappingTable]:
    ways = Prefetch("successors", Crosswalk.objects.select_related("target").order_by("relation", "target__order"))
    disclosures = issue.disclosures.select_related("framework", "parent").prefetch_related(ways).order_by("order")
    tables: dict[int, MappingTable] = {}
    for row in disclosures:
        framework = row.framework
        table = tables.setdefault(row.framework_id, MappingTable(framework, _kind(framework)))
        table.disclosures.append(MappedDisclosure(row, list(row.successors.all())))
    return sorted(tables.values(), key=lambda table: framework_place(table.framework.code, table.framework.edition))


def _kind(framework: Framework) -> str:
    if framework.code != "GRI":
        return "goals" if framework.code == "SDG" else "topics"
    return "old_gri" if framework.edition == "2016" else "gri"


def _group_names(issue: Issue) -> list[str]:
    """Names of the groups that can rate it; the code of a group that only some cycle has."""
    column = "name_zh" if is_chinese() else "name_en"
    names = {row["code"]: row[column] for row in default_groups()}
    return [names.get(code, code) for code in issue.groups]
