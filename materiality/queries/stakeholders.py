"""What the groups of a cycle expect, how they are reached and what is answered."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.models import Cycle, Group, StakeholderPoint

KINDS = StakeholderPoint.Kind
LABELS = {
    KINDS.EXPECTATION: _("Expectations"),
    KINDS.CHANNEL: pgettext_lazy("stakeholders", "Channels"),
    KINDS.RESPONSE: pgettext_lazy("stakeholders", "Responses"),
}


@dataclass(frozen=True)
class PointList:
    """One of a group's three lists."""

    kind: str
    points: list[StakeholderPoint]

    @property
    def label(self) -> str | Promise:
        return LABELS[self.kind]


@dataclass(frozen=True)
class GroupPoints:
    """A group with its three lists: expectations, channels, responses."""

    group: Group
    lists: list[PointList]


def group_points(group: Group) -> GroupPoints:
    """The group's lists (one query)."""
    return _sorted(group, list(group.points.order_by("order", "pk")))


def cycle_points(cycle: Cycle) -> list[GroupPoints]:
    """All groups with their lists (two queries)."""
    groups = cycle.groups.prefetch_related("points")
    return [_sorted(group, sorted(group.points.all(), key=lambda point: (point.order, point.pk))) for group in groups]


def _sorted(group: Group, points: list[StakeholderPoint]) -> GroupPoints:
    return GroupPoints(group, [PointList(kind, [p for p in points if p.kind == kind]) for kind in KINDS])
