"""What one response says about each issue."""

from dataclasses import dataclass, field

from materiality.models import Issue
from surveys.models import Response, Survey


@dataclass
class IssueRatings:
    """One issue and the byte code of its rating on each dimension that was asked."""

    issue: Issue
    codes: dict[str, int] = field(default_factory=dict)


def ratings_of(survey: Survey, response: Response) -> list[IssueRatings]:
    """The issues of the survey in the order of their codes, with this response's ratings; one query."""
    vector = bytes(response.ratings)
    found: dict[int, IssueRatings] = {}
    for item in survey.items.select_related("issue").order_by("issue__code", "position"):
        found.setdefault(item.issue_id, IssueRatings(item.issue)).codes[item.dimension] = vector[item.position]
    return list(found.values())
