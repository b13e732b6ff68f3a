"""Mappings of issues to disclosures: add, remove, propose from the crosswalk, decide."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.drafts.rows import draft_issue, locked_edition_draft, need_active, recorded_change, save_changed
from materiality.models import Crosswalk, Disclosure, Edition, Issue, IssueMapping, MappingProposal, User
from materiality.platform import audit
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.mappings import full_code, is_heading

State = MappingProposal.State


@transaction.atomic
def decide_mapping_proposal(
    *, issue: Issue, proposals: Sequence[MappingProposal], state: str, by: User | None
) -> list[MappingProposal]:
    """Confirm (the mappings are added) or dismiss one or more open proposals of one issue; returns them as stored.

    Can be undone like any change of the draft. NotAllowed for a published edition, a retired issue and no proposals;
    Conflict where one of them was decided meanwhile.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, None)
    need_active([stored])
    if not proposals or state not in (State.CONFIRMED, State.DISMISSED):
        raise NotAllowed(_("Choose proposals, and whether to confirm or to dismiss them."))
    rows = _still_open(stored, proposals)
    with recorded_change("decide_mapping_proposal", draft, stored, by=by) as recorder:
        _decide(rows, state, by)
        if state == State.CONFIRMED:
            _map(stored, rows)
        codes = ", ".join(full_code(row.crosswalk.target) for row in rows)
        recorder.tell(before={"state": State.OPEN}, after={"state": state, "mappings": codes})
    return rows


def _still_open(issue: Issue, proposals: Sequence[MappingProposal]) -> list[MappingProposal]:
    wanted = {proposal.pk for proposal in proposals}
    held = issue.mapping_proposals.filter(pk__in=wanted, state=State.OPEN, crosswalk__target__isnull=False)
    rows = list(held.select_related("crosswalk__target__framework").order_by("pk"))
    if len(rows) != len(wanted):
        raise Conflict(_("Somebody else has decided on this already; nothing was changed."), issue)
    return rows


def _decide(rows: list[MappingProposal], state: str, by: User | None) -> None:
    now = timezone.now()
    for row in rows:
        row.state, row.decided_by, row.decided_at = state, by, now
    MappingProposal.objects.bulk_update(rows, ["state", "decided_by", "decided_at"])


def _map(issue: Issue, rows: list[MappingProposal]) -> None:
    """Add the mappings but those that somebody added by hand meanwhile."""
    there = set(issue.mappings.values_list("disclosure", flat=True))
    targets = dict.fromkeys(row.crosswalk.target_id for row in rows)
    fresh = [IssueMapping(issue=issue, disclosure_id=target) for target in targets if target not in there]
    if fresh:
        IssueMapping.objects.bulk_create(fresh)
        save_changed(issue)


@transaction.atomic
def map_issue(
    *, issue: Issue, disclosure: Disclosure, by: User | None, version: int | None = None, type: str = ""
) -> Issue:
    """Say that the disclosure covers the issue, and how (`type`; the same without one); returns the issue as stored.

    A disclosure is a row of one framework edition, so a code of another edition cannot be meant. NotAllowed for a
    published edition, a retired issue, a mapping that is there, and what only heads a catalogue; Conflict where
    somebody else changed the issue after `version`.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    words = {"issue": stored.code, "code": full_code(disclosure)}
    if is_heading(disclosure):
        raise NotAllowed(_("%(code)s heads a part of its catalogue; choose an entry below it.") % words)
    if stored.mappings.filter(disclosure=disclosure).exists():
        raise NotAllowed(_("%(issue)s is mapped to %(code)s already.") % words)
    with recorded_change("map_issue", draft, stored, by=by) as recorder:
        kind = type if type in IssueMapping.Type.values else IssueMapping.Type.EQUAL
        IssueMapping.objects.create(issue=stored, disclosure=disclosure, type=kind)
        save_changed(stored)
        recorder.tell(after={"mappings": words["code"]})
    return stored


@transaction.atomic
def propose_mappings(*, edition: Edition, by: User | None) -> list[MappingProposal]:
    """Propose, for every active issue mapped to a GRI 2016 disclosure, what became of it and the issue lacks.

    Nothing is mapped: people confirm or dismiss each proposal. What was proposed before, also what was dismissed, is
    not proposed again. Returns what is new; NotAllowed for a published edition.
    """
    draft = locked_edition_draft(edition)
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


@transaction.atomic
def unmap_issue(*, issue: Issue, disclosure: Disclosure, by: User | None, version: int | None = None) -> Issue:
    """The disclosure covers the issue no longer; returns the issue as stored.

    NotAllowed for a published edition, a retired issue and a mapping that is not there; Conflict where somebody else
    changed the issue after `version`.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    words = {"issue": stored.code, "code": full_code(disclosure)}
    mapping = stored.mappings.filter(disclosure=disclosure).first()
    if mapping is None:
        raise NotAllowed(_("%(issue)s is not mapped to %(code)s.") % words)
    with recorded_change("unmap_issue", draft, stored, by=by) as recorder:
        mapping.delete()
        save_changed(stored)
        recorder.tell(before={"mappings": words["code"]})
    return stored
