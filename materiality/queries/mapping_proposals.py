"""What the crosswalk proposes for the issues of a draft."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from materiality.models import Crosswalk, Edition, Issue, IssueMapping, MappingProposal
from materiality.queries.mappings import CodedDisclosure, coded


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
        return "doubt" in self.note


@dataclass(frozen=True)
class Withdrawn:
    """A disclosure of 2016 that has no successor, and the issues mapped to it."""

    source: CodedDisclosure
    note: str
    issues: list[Issue]


def issues_with_proposals(edition: Edition, q: str = "") -> QuerySet[Issue]:
    """Issues for which something is to be decided, by code; each has `open_proposals`, a number."""
    rows = open_proposals(edition)
    if q:
        rows = rows.filter(
            Q(issue__code__istartswith=q)
            | Q(issue__name_zh__icontains=q)
            | Q(issue__name_en__icontains=q)
            | Q(crosswalk__source__code=q)
            | Q(crosswalk__target__code=q)
        )
    issues = Issue.objects.filter(pk__in=rows.values("issue")).select_related("category")
    return issues.annotate(open_proposals=Count("mapping_proposals", filter=Q(mapping_proposals__in=rows))).order_by(
        "category__order", "code"
    )


def open_proposals(edition: Edition) -> QuerySet[MappingProposal]:
    """To be decided, for active issues, but those that somebody has mapped by hand meanwhile."""
    there = IssueMapping.objects.filter(issue=OuterRef("issue"), disclosure=OuterRef("crosswalk__target"))
    rows = MappingProposal.objects.filter(issue__edition=edition, issue__status=Issue.Status.ACTIVE)
    return rows.filter(~Exists(there), state=MappingProposal.State.OPEN, crosswalk__target__isnull=False)


def proposals_of(edition: Edition, issues: list[Issue]) -> dict[int, list[ProposedMapping]]:
    """Issue → its open proposals in the catalogue's order (one query)."""
    ways = ("crosswalk__source__framework", "crosswalk__target__framework")
    rows = open_proposals(edition).filter(issue__in=issues).select_related(*ways)
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
