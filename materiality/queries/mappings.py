"""Mappings of issues, and what the crosswalk proposes."""

from dataclasses import dataclass, field, replace

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from materiality.library_file.codes import HEADS, PARTS, SECTOR, STANDARD, heads_only
from materiality.models import Crosswalk, Disclosure, Edition, Framework, Issue, IssueMapping, MappingProposal
from materiality.queries.library import framework_label, framework_place

# The set of GRI 2021 holds newer standards whose codes had another meaning before (102-1 of 2016 and of 2025).
SET_YEAR = 2021


def bare_code(row: Disclosure) -> str:
    """The code; with its year where the standard is newer than the set, as `102-5 (2025)`."""
    is_newer = row.framework.code == "GRI" and row.standard_year and row.standard_year > SET_YEAR
    return f"{row.code} ({row.standard_year})" if is_newer and row.series != "sector" else row.code


def full_code(row: Disclosure) -> str:
    """The code with its catalogue and edition: `GRI 2016 305-1`, `SDG 2015 13`; a title where the code is ours."""
    label = framework_label(row.framework.code, row.framework.edition, alone=False)
    if not row.code_official:
        return f"{label} “{row.title}”"
    bare = bare_code(row)
    return f"{label} {bare.removeprefix('GRI ')}" if row.kind in (STANDARD, SECTOR) else f"{label} {bare}"


def is_heading(row: Disclosure) -> bool:
    """Whether it only heads others, so that no issue is mapped to it (one query)."""
    return heads_only(row.kind, row.code_official, row.parent_id is not None, row.children.exists())


OFFERED = 20


@dataclass(frozen=True)
class CodedDisclosure:
    """A disclosure with its code, and its code with catalogue and edition; `how` an issue is mapped to it where not as
    the same.
    """

    row: Disclosure
    code: str
    full: str
    how: str = ""


@dataclass(frozen=True)
class MappedFramework:
    """The issue's disclosures of one framework edition."""

    framework: Framework
    label: str
    disclosures: list[CodedDisclosure] = field(default_factory=list)


@dataclass(frozen=True)
class Offer:
    """What a search found and the issue does not have; `total` of it, of which at most OFFERED are listed."""

    found: list[CodedDisclosure]
    total: int


def mapped_frameworks(issue: Issue) -> list[MappedFramework]:
    """Every framework edition, with what the issue is mapped to, also where that is nothing (two queries)."""
    covered = {table.framework.pk: table for table in covered_frameworks(issue)}
    return [covered.get(row.pk) or MappedFramework(row, label_of(row)) for row in all_frameworks()]


def covered_frameworks(issue: Issue) -> list[MappedFramework]:
    """The framework editions that the issue is mapped to something of (one query)."""
    tables: dict[int, MappedFramework] = {}
    rows = Disclosure.objects.filter(mappings__issue=issue).annotate(type=F("mappings__type"))
    words = {value: str(word) for value, word in IssueMapping.Type.choices if value != IssueMapping.Type.EQUAL}
    for row in rows.select_related("framework", "parent").order_by("order"):
        table = tables.setdefault(row.framework_id, MappedFramework(row.framework, label_of(row.framework)))
        table.disclosures.append(replace(coded(row), how=words.get(row.type, "")))
    return sorted(tables.values(), key=lambda table: framework_place(table.framework))


def all_frameworks() -> list[Framework]:
    """All framework editions in the order of the library's columns."""
    return sorted(Framework.objects.all(), key=framework_place)


def label_of(framework: Framework) -> str:
    """What a framework edition is called in short: `GRI 2016`."""
    return framework_label(framework.code, framework.edition, alone=False)


def offer(issue: Issue, q: str, framework: str = "") -> Offer:
    """Disclosures with all terms of `q` in code, titles or standard; `framework` like `GRI-2016` narrows (one query).

    Those whose code is the search or begins with it come first. A search for nothing finds nothing, but in one
    framework everything.
    """
    if not q.strip() and not framework:
        return Offer([], 0)
    rows = _mappable().exclude(mappings__issue=issue)
    if framework:
        code, _dash, edition = framework.partition("-")
        rows = rows.filter(framework__code=code, framework__edition=edition)
    for term in q.split():
        rows = rows.filter(_holds(term))
    found = sorted(rows, key=lambda row: _place(row, q))
    return Offer([coded(row) for row in found[:OFFERED]], len(found))


def coded(row: Disclosure) -> CodedDisclosure:
    """The disclosure with its written codes."""
    return CodedDisclosure(row, bare_code(row), full_code(row))


def _mappable() -> QuerySet[Disclosure]:
    """What `heads_only` lets through."""
    of_no_kind = Q(kind="") & (Q(parent__isnull=False) | Q(children__isnull=True))
    of_a_kind = ~Q(kind="") & ~Q(kind__in=HEADS) & ~Q(kind__in=PARTS, code_official=False)
    return Disclosure.objects.select_related("framework", "parent").filter(of_no_kind | of_a_kind).distinct()


def _holds(term: str) -> Q:
    columns = ("code", "title", "standard_title", "framework__code")
    found = Q(framework__edition=term) | Q(standard_code=term)
    for column in columns:
        found |= Q(**{f"{column}__icontains": term})
    return found


def _place(row: Disclosure, q: str) -> tuple:
    """Exact codes, then beginnings of codes, then titles that begin so, then the rest, in the catalogues' order."""
    code, wanted = row.code.casefold(), q.split()[-1].casefold() if q.split() else ""
    title = row.title.casefold()
    rank = 0 if code == wanted else 1 if code.startswith(f"{wanted}-") else 2 if title.startswith(wanted) else 3
    return (rank, framework_place(row.framework), row.order)


@dataclass(frozen=True)
class ProposedMapping:
    """One proposal: the disclosure of 2016 that the issue has, and what the crosswalk makes of it."""

    row: MappingProposal
    source: CodedDisclosure
    target: CodedDisclosure
    relation: str
    note: str

    @property
    def is_doubtful(self) -> bool:
        """The crosswalk itself is not sure."""
        return "doubt" in self.note.texts.get("en", "")


@dataclass(frozen=True)
class Withdrawn:
    """A disclosure of 2016 that has no successor, and the issues mapped to it."""

    source: CodedDisclosure
    note: str
    issues: list[Issue]


def issues_with_proposals(edition: Edition, q: str = "") -> QuerySet[Issue]:
    """Issues for which something is to be decided, by code; each has `open_proposals`, a number."""
    rows = open_mapping_proposals(edition)
    if q:
        rows = rows.filter(
            Q(issue__code__istartswith=q)
            | Q(issue__name__icontains=q)
            | Q(crosswalk__source__code=q)
            | Q(crosswalk__target__code=q)
        )
    issues = Issue.objects.filter(pk__in=rows.values("issue")).select_related("category")
    return issues.annotate(open_proposals=Count("mapping_proposals", filter=Q(mapping_proposals__in=rows))).order_by(
        "category__order", "code"
    )


def open_mapping_proposals(edition: Edition) -> QuerySet[MappingProposal]:
    """To be decided, for active issues, but those that somebody has mapped by hand meanwhile."""
    there = IssueMapping.objects.filter(issue=OuterRef("issue"), disclosure=OuterRef("crosswalk__target"))
    rows = MappingProposal.objects.filter(issue__edition=edition, issue__status=Issue.Status.ACTIVE)
    return rows.filter(~Exists(there), state=MappingProposal.State.OPEN, crosswalk__target__isnull=False)


def proposals_of(edition: Edition, issues: list[Issue]) -> dict[int, list[ProposedMapping]]:
    """Issue → its open proposals in the catalogue's order (one query)."""
    ways = ("crosswalk__source__framework", "crosswalk__target__framework")
    rows = open_mapping_proposals(edition).filter(issue__in=issues).select_related(*ways)
    found: dict[int, list[ProposedMapping]] = {issue.pk: [] for issue in issues}
    for row in rows.order_by("crosswalk__source__order", "crosswalk__target__order"):
        way = row.crosswalk
        entry = ProposedMapping(row, coded(way.source), coded(way.target), way.get_relation_display(), way.note)
        found[row.issue_id].append(entry)
    return found


def withdrawn(edition: Edition) -> list[Withdrawn]:
    """Disclosures without a successor to which active issues are mapped (two queries)."""
    ways = Crosswalk.objects.filter(target__isnull=True).select_related("source__framework").order_by("source__order")
    notes = {way.source_id: way for way in ways}
    mappings = IssueMapping.objects.filter(
        issue__edition=edition, issue__status=Issue.Status.ACTIVE, disclosure__in=notes
    )
    issues: dict[int, list[Issue]] = {}
    for mapping in mappings.select_related("issue").order_by("issue__code"):
        issues.setdefault(mapping.disclosure_id, []).append(mapping.issue)
    return [Withdrawn(coded(way.source), way.note, issues[key]) for key, way in notes.items() if key in issues]
