"""Making, deciding and importing proposals."""

import pytest
from django.utils import translation

from materiality.actions.proposals import decide_proposal, submit_proposal
from materiality.models import AuditEvent, Issue, Proposal
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.proposals import listed_proposals, proposal_standing
from tests.factories.library import make_edition
from tests.factories.people import make_person
from tests.factories.proposals import issue_in_force, make_proposal, proposal_values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_propose_stands_open_with_the_draft_under_review():
    issue, draft = issue_in_force(), make_edition("next", state="draft")
    proposal = make_proposal(issue, source="Meeting")
    assert (proposal.state, proposal.edition, proposal.origin) == ("open", draft, "staff")
    assert AuditEvent.objects.get(action="propose").after["issue"] == "ENV-01-01"


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": " "},
        {"kind": "wish"},
        {"kind": "new", "issue": None, "name": {}},
        {"issue": None},
        {"kind": "new"},
    ],
)
def test_propose_refuses_what_cannot_be_decided_on(changes):
    issue = issue_in_force()
    with pytest.raises(NotAllowed):
        submit_proposal(values=proposal_values(**{"issue": issue, "kind": "change", **changes}), by=None)


@pytest.mark.parametrize("fate", ["retired", "superseded"])
def test_propose_refuses_an_issue_that_is_not_in_force(fate):
    issue = issue_in_force()
    if fate == "retired":
        issue.status = Issue.Status.RETIRED
    else:
        issue.edition.state = "superseded"
    with pytest.raises(NotAllowed, match="active issue of the edition in force"):
        make_proposal(issue)


def test_decide_proposal_keeps_who_when_and_why_and_changes_nothing_else():
    issue, person = issue_in_force(), make_person("committee")
    proposal = make_proposal(issue, name={"en": "Other name"})
    decide_proposal(proposal=proposal, state="accepted", reason=" Clear enough ", by=person)
    proposal.refresh_from_db()
    issue.refresh_from_db()
    assert (proposal.state, proposal.decision_reason, proposal.decided_by) == ("accepted", "Clear enough", person)
    assert (proposal.decided_at is not None, issue.name_en) == (True, "Issue ENV-01-01")


@pytest.mark.parametrize(("state", "reason"), [("accepted", " "), ("open", "why"), ("perhaps", "why")])
def test_decide_proposal_refuses_without_reason_or_decision(state, reason):
    with pytest.raises(NotAllowed):
        decide_proposal(proposal=make_proposal(), state=state, reason=reason, by=make_person("lead"))


def test_decide_proposal_needs_a_named_person():
    with pytest.raises(NotAllowed, match="named person"):
        decide_proposal(proposal=make_proposal(), state="accepted", reason="why", by=None)


def test_decide_proposal_a_second_time_shows_the_first_decision():
    first, proposal = make_person("lead", first_name="Ada"), make_proposal()
    seen = Proposal.objects.get(pk=proposal.pk)
    decide_proposal(proposal=proposal, state="declined", reason="Too narrow", by=first)
    with pytest.raises(Conflict, match="Ada has decided meanwhile: Declined. Reason: Too narrow"):
        decide_proposal(proposal=seen, state="accepted", reason="Good", by=make_person("lead"))


def test_deferred_proposal_remains_and_is_decided_later():
    proposal, person = make_proposal(), make_person("lead")
    deferred = decide_proposal(proposal=proposal, state="deferred", reason="Next time", by=person)
    assert proposal_standing().remaining == 1
    decide_proposal(proposal=deferred, state="accepted", reason="Now", by=person)
    standing = proposal_standing()
    assert (standing.open, standing.deferred, standing.decided) == (0, 0, 1)


def test_listed_proposals_put_what_remains_first():
    person = make_person("lead")
    states = ["declined", "open", "deferred", "accepted", "open"]
    for state in states:
        proposal = make_proposal()
        if state != "open":
            decide_proposal(proposal=proposal, state=state, reason="r", by=person)
    assert [row.state for row in listed_proposals()] == ["open", "open", "deferred", "accepted", "declined"]
    assert [row.state for row in listed_proposals("deferred", "new")] == ["deferred"]
