"""Have the crosswalk propose GRI 2021 codes for the issues of a draft."""

from collections import defaultdict

from django.db import transaction

from materiality import audit
from materiality.drafts import locked_draft
from materiality.models import Crosswalk, Edition, Issue, IssueMapping, MappingProposal, User


@transaction.atomic
def propose_mappings(*, edition: Edition, by: User | None) -> list[MappingProposal]:
    """Propose, for every active issue mapped to a GRI 2016 disclosure, what became of it and the issue lacks.

    Nothing is mapped: people confirm or dismiss each proposal. What was proposed before, also what was dismissed, is
    not proposed again. Returns what is new; NotAllowed for a published edition.
    """
    draft = locked_draft(edition)
    fresh = _lacking(draft)
    if fresh:
        MappingProposal.objects.bulk_create(fresh)
        audit.record("propose_mappings", draft, by=by, after={"proposals": len(fresh)})
    return fresh


def _lacking(draft: Edition) -> list[MappingProposal]:
    """Proposals that are not there yet; of two ways to one disclosure the first is taken."""
    mappings = IssueMapping.objects.filter(issue__edition=draft, issue__status=Issue.Status.ACTIVE)
    held = set(mappings.values_list("issue", "disclosure"))
    held |= set(MappingProposal.objects.filter(issue__edition=draft).values_list("issue", "crosswalk__target"))
    issues: dict[int, list[int]] = defaultdict(list)
    for issue, disclosure in mappings.order_by("issue__code").values_list("issue", "disclosure"):
        issues[disclosure].append(issue)
    fresh = []
    for way in Crosswalk.objects.filter(target__isnull=False).order_by("source__order", "target__order", "pk"):
        for issue in issues[way.source_id]:
            if (issue, way.target_id) not in held:
                held.add((issue, way.target_id))
                fresh.append(MappingProposal(issue_id=issue, crosswalk=way))
    return fresh
