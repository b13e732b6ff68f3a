"""Suggestions for the library for tests."""

from materiality.actions.proposals import submit_proposal
from materiality.models import Issue, Proposal
from materiality.queries.proposals import ProposalValues
from tests.factories.cycles import small_library


def proposal_values(issue: Issue | None = None, **changes) -> ProposalValues:
    """A change of the issue, or a new issue where none is given."""
    defaults = {
        "kind": "change" if issue else "new",
        "issue": issue,
        "name": {"en": "Quiet nights"},
        "reason": "Neighbours ask",
    }
    return ProposalValues(**{**defaults, **changes})


def make_proposal(issue: Issue | None = None, **changes) -> Proposal:
    """A proposal that nobody has decided on."""
    return submit_proposal(values=proposal_values(issue, **changes), by=None)


def issue_in_force(code: str = "ENV-01-01") -> Issue:
    """An issue of a small library that is in force."""
    return small_library().issues.get(code=code)
