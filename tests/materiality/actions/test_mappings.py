"""Mapping issues of a draft by hand and from the crosswalk, undone as any change."""

from io import StringIO

import pytest
from django.core.management import call_command

from materiality.actions.drafts import undo_last_change
from materiality.actions.library import publish_edition, start_edition_draft
from materiality.actions.mappings import decide_mapping_proposal, map_issue, propose_mappings, unmap_issue
from materiality.models import AuditEvent, Crosswalk, EditionChange, IssueMapping, MappingProposal
from materiality.platform.refusals import Conflict, NotAllowed
from tests.factories.drafts import of
from tests.factories.library import make_disclosure
from tests.factories.people import make_person
from tests.factories.trail import told_of

pytestmark = pytest.mark.django_db
State = MappingProposal.State


def verify() -> None:
    """Raises CommandError where the trail is not sound."""
    call_command("verify_audit", stdout=StringIO(), stderr=StringIO())


def codes(issue) -> list[str]:
    return [str(row) for row in issue.disclosures.order_by("framework__edition", "code")]


def test_map_issue_adds_unmaps_and_undoes(draft):
    person, issue = make_person(), of(draft, "SOC-01-01")
    other = make_disclosure("305-1", edition="2016")
    told_of(draft.based_on)
    assert codes(issue) == ["GRI 2021 305-1"]
    mapped = map_issue(issue=issue, disclosure=other, by=person, version=issue.version)
    assert (codes(issue), mapped.version) == (["GRI 2016 305-1", "GRI 2021 305-1"], issue.version + 1)
    event = AuditEvent.objects.get(action="map_issue")
    assert (event.object_text, event.after["mappings"]) == ("SOC-01-01", "GRI 2016 305-1")
    unmap_issue(issue=issue, disclosure=other, by=person)
    assert AuditEvent.objects.get(action="unmap_issue").before["mappings"] == "GRI 2016 305-1"
    assert codes(issue) == ["GRI 2021 305-1"]
    undo_last_change(edition=draft, by=person)
    assert codes(issue) == ["GRI 2016 305-1", "GRI 2021 305-1"]
    undo_last_change(edition=draft, by=person)
    assert codes(issue) == ["GRI 2021 305-1"]
    verify()


def test_map_issue_refuses_twice_headings_and_retired(draft):
    issue = of(draft, "SOC-01-01")
    there = issue.disclosures.get()
    heading = make_disclosure("E", "CNSE", "2024")
    make_disclosure("01", "CNSE", "2024", parent=heading)
    for disclosure in (there, heading):
        with pytest.raises(NotAllowed):
            map_issue(issue=issue, disclosure=disclosure, by=None)
    issue.status = "retired"
    issue.save()
    with pytest.raises(NotAllowed, match="SOC-01-01"):
        map_issue(issue=issue, disclosure=make_disclosure("2-1"), by=None)
    assert not EditionChange.objects.exists()


def test_map_issue_refuses_a_published_edition_and_an_old_version(draft):
    published = draft.based_on.issues.get(code="SOC-01-01")
    disclosure = make_disclosure("2-1")
    with pytest.raises(NotAllowed):
        map_issue(issue=published, disclosure=disclosure, by=None)
    issue = of(draft, "SOC-01-01")
    map_issue(issue=issue, disclosure=disclosure, by=None, version=issue.version)
    for action in (map_issue, unmap_issue):
        with pytest.raises(Conflict):
            action(issue=issue, disclosure=disclosure, by=None, version=issue.version)
    assert IssueMapping.objects.filter(issue=issue).count() == 2


def test_unmap_issue_refuses_what_is_not_there(draft):
    with pytest.raises(NotAllowed, match="2-9"):
        unmap_issue(issue=of(draft, "SOC-01-01"), disclosure=make_disclosure("2-9"), by=None)


@pytest.fixture
def crossed(draft):
    """SOC-01-01 is mapped to 102-8 of 2016, which went to two disclosures of 2021, and to a withdrawn one."""
    source, gone = make_disclosure("102-8", edition="2016"), make_disclosure("102-56", edition="2016")
    for target in (make_disclosure("2-7"), make_disclosure("2-8")):
        Crosswalk.objects.create(source=source, target=target, relation="split", note_en="doubt")
    Crosswalk.objects.create(source=gone, target=None, relation="withdrawn")
    issue = of(draft, "SOC-01-01")
    for row in (source, gone):
        IssueMapping.objects.create(issue=issue, disclosure=row)
    return draft


def proposed(draft) -> list[tuple[str, str]]:
    rows = MappingProposal.objects.filter(issue__edition=draft).order_by("crosswalk__target__code")
    return [(row.crosswalk.target.code, row.state) for row in rows]


def test_propose_mappings_proposes_what_is_lacking_once(crossed):
    issue = of(crossed, "SOC-01-01")
    before = codes(issue)
    assert len(propose_mappings(edition=crossed, by=None)) == 2
    assert proposed(crossed) == [("2-7", State.OPEN), ("2-8", State.OPEN)]
    assert propose_mappings(edition=crossed, by=None) == []
    assert codes(issue) == before
    assert [event.after for event in AuditEvent.objects.filter(action="propose_mappings")] == [{"proposals": 2}]


def test_propose_mappings_leaves_out_what_the_issue_has(crossed):
    issue = of(crossed, "SOC-01-01")
    map_issue(issue=issue, disclosure=Crosswalk.objects.get(target__code="2-7").target, by=None)
    assert [row.crosswalk.target.code for row in propose_mappings(edition=crossed, by=None)] == ["2-8"]


def test_what_was_dismissed_is_not_proposed_again_in_the_next_draft(crossed):
    propose_mappings(edition=crossed, by=None)
    issue, person = of(crossed, "SOC-01-01"), make_person()
    rows = list(MappingProposal.objects.filter(crosswalk__target__code="2-7"))
    decide_mapping_proposal(issue=issue, proposals=rows, state=State.DISMISSED, by=person)
    publish_edition(edition=crossed, by=None, acknowledged="Enough")
    draft = start_edition_draft(by=None)
    assert proposed(draft) == [("2-7", State.DISMISSED), ("2-8", State.OPEN)]
    assert MappingProposal.objects.get(issue__edition=draft, state=State.DISMISSED).decided_by == person
    assert propose_mappings(edition=draft, by=None) == []


def test_decide_mapping_proposal_maps_what_is_confirmed_and_can_be_undone(crossed):
    person, issue = make_person(), of(crossed, "SOC-01-01")
    told_of(crossed.based_on)
    first, second = propose_mappings(edition=crossed, by=person)
    decide_mapping_proposal(issue=issue, proposals=[first], state=State.CONFIRMED, by=person)
    decide_mapping_proposal(issue=issue, proposals=[second], state=State.DISMISSED, by=person)
    assert proposed(crossed) == [("2-7", State.CONFIRMED), ("2-8", State.DISMISSED)]
    assert "GRI 2021 2-7" in codes(issue)
    assert "GRI 2021 2-8" not in codes(issue)
    assert propose_mappings(edition=crossed, by=person) == []
    undo_last_change(edition=crossed, by=person)
    undo_last_change(edition=crossed, by=person)
    assert proposed(crossed) == [("2-7", State.OPEN), ("2-8", State.OPEN)]
    assert "GRI 2021 2-7" not in codes(issue)
    verify()


def test_decide_mapping_proposal_all_of_an_issue_is_one_event(crossed):
    issue = of(crossed, "SOC-01-01")
    rows = propose_mappings(edition=crossed, by=None)
    decide_mapping_proposal(issue=issue, proposals=rows, state=State.CONFIRMED, by=None)
    event = AuditEvent.objects.get(action="decide_mapping_proposal")
    assert event.after["mappings"] == "GRI 2021 2-7, GRI 2021 2-8"
    with pytest.raises(Conflict):
        decide_mapping_proposal(issue=issue, proposals=rows, state=State.DISMISSED, by=None)


def test_decide_mapping_proposal_refuses_no_proposals_and_other_issues(crossed):
    rows = propose_mappings(edition=crossed, by=None)
    for issue, chosen in ((of(crossed, "SOC-01-01"), []), (of(crossed, "SOC-01-02"), rows)):
        with pytest.raises(NotAllowed):
            decide_mapping_proposal(issue=issue, proposals=chosen, state=State.CONFIRMED, by=None)
    assert proposed(crossed) == [("2-7", State.OPEN), ("2-8", State.OPEN)]
