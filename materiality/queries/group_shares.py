"""Weights as shares of the whole, which is what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from materiality.models import Group


@dataclass(frozen=True)
class GroupShare:
    """A group with the share 0–1 of each score that it makes up where all groups count."""

    group: Group
    society: float | None
    business: float | None


def group_shares(groups: Sequence[Group]) -> list[GroupShare]:
    """The groups in their order with their shares; None where all weights are zero."""
    society = sum(group.weight_society for group in groups)
    business = sum(group.weight_business for group in groups)
    return [
        GroupShare(
            group,
            group.weight_society / society if society else None,
            group.weight_business / business if business else None,
        )
        for group in groups
    ]
