"""Which issues cover which disclosure or topic of the catalogues, and where the gaps are."""

from collections import defaultdict
from dataclasses import dataclass, field

from materiality.disclosure_codes import headings
from materiality.models import Disclosure, Edition, Framework, Issue, IssueMapping
from materiality.queries.mappings import CodedDisclosure, all_frameworks, coded, label_of

ALL, GAPS, COVERED = "all", "gaps", "covered"


@dataclass(frozen=True)
class FrameworkCount:
    """A framework edition with its numbers of disclosures that issues can cover, and that some do."""

    row: Framework
    label: str
    covered: int
    total: int

    @property
    def key(self) -> str:
        """How it stands in an address: `GRI:2016`."""
        return f"{self.row.code}:{self.row.edition}"

    @property
    def gaps(self) -> int:
        return self.total - self.covered


@dataclass
class CoverageLine:
    """A disclosure with the issues mapped to it; `below`: how many issues are mapped to what stands under it.

    A heading is not counted. A gap has neither.
    """

    coded: CodedDisclosure
    depth: int
    is_heading: bool
    issues: list[Issue] = field(default_factory=list)
    below: int = 0

    @property
    def is_gap(self) -> bool:
        return not (self.is_heading or self.issues or self.below)


@dataclass(frozen=True)
class CoverageFilters:
    """`show`: all, gaps or covered; `q`: terms in codes, titles and issues."""

    q: str = ""
    show: str = ALL

    def lets_through(self, line: CoverageLine) -> bool:
        """Whether the line is shown."""
        if self.show == GAPS and not line.is_gap:
            return False
        if self.show == COVERED and (line.is_gap or line.is_heading):
            return False
        row = line.coded.row
        texts = [line.coded.full, row.title_zh, row.title_en, row.standard_title_zh, row.standard_title_en]
        texts += [text for issue in line.issues for text in (issue.code, issue.name_zh, issue.name_en)]
        folded = "\n".join(texts).casefold()
        return all(term in folded for term in self.q.casefold().split())


def framework_counts(edition: Edition) -> list[FrameworkCount]:
    """All framework editions in the library's order with their counts (three queries)."""
    rows: dict[int, list[Disclosure]] = defaultdict(list)
    for row in Disclosure.objects.only("pk", "framework_id", "parent_id"):
        rows[row.framework_id].append(row)
    mapped = set(_mappings(edition).values_list("disclosure", flat=True).distinct())
    counts = []
    for framework in all_frameworks():
        held = rows[framework.pk]
        heads = headings(held)
        reached = _with_parents(held, mapped)
        covered = sum(row.pk in reached and row.pk not in heads for row in held)
        counts.append(FrameworkCount(framework, label_of(framework), covered, len(held) - len(heads)))
    return counts


def coverage(edition: Edition, framework: Framework) -> list[CoverageLine]:
    """Every disclosure of the framework edition in its order (two queries)."""
    rows = list(framework.disclosures.select_related("parent").order_by("order", "pk"))
    heads, depths = headings(rows), _depths(rows)
    for row in rows:
        row.framework = framework
    lines = {row.pk: CoverageLine(coded(row), depths[row.pk], row.pk in heads) for row in rows}
    parents = {row.pk: row.parent_id for row in rows}
    below: dict[int, set[int]] = defaultdict(set)
    for mapping in _mappings(edition).filter(disclosure__framework=framework).order_by("issue__code"):
        lines[mapping.disclosure_id].issues.append(mapping.issue)
        above = parents[mapping.disclosure_id]
        while above is not None:
            below[above].add(mapping.issue_id)
            above = parents.get(above)
    for key, issues in below.items():
        lines[key].below = len(issues)
    return list(lines.values())


def used_gri_codes(edition: Edition) -> set[str]:
    """Codes of the standards up to 2021 that active issues are mapped to, of either set (one query)."""
    rows = _mappings(edition).filter(disclosure__framework__code="GRI", disclosure__standard_year__lte=2021)
    return set(rows.values_list("disclosure__code", flat=True).distinct())


def _mappings(edition: Edition):
    rows = IssueMapping.objects.filter(issue__edition=edition, issue__status=Issue.Status.ACTIVE)
    return rows.select_related("issue").order_by()


def _with_parents(rows: list[Disclosure], mapped: set[int]) -> set[int]:
    parents = {row.pk: row.parent_id for row in rows}
    reached = set()
    for key in parents.keys() & mapped:
        above: int | None = key
        while above is not None:
            reached.add(above)
            above = parents.get(above)
    return reached


def _depths(rows: list[Disclosure]) -> dict[int, int]:
    parents = {row.pk: row.parent_id for row in rows}
    depths = {}
    for key in parents:
        depth, above = 0, parents[key]
        while above is not None:
            depth, above = depth + 1, parents.get(above)
        depths[key] = depth
    return depths
