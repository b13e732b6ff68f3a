"""Engagement records, filtered, and those that touch an issue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, QuerySet
from django.utils.dateparse import parse_date

from materiality.models import Cycle, Engagement, Issue

MOST_TOUCHING = 20


@dataclass(frozen=True)
class EngagementFilter:
    """What the page was asked to show; empty means all."""

    group: str = ""
    kind: str = ""
    issue: str = ""
    start: date | None = None
    end: date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "EngagementFilter":
        """From the URL; what is no kind or date is left out."""
        kind = query.get("kind", "")
        return cls(
            group=query.get("group", "")[:40],
            kind=kind if kind in Engagement.Kind.values else "",
            issue=query.get("issue", "")[:40],
            start=_date(query.get("from", "")),
            end=_date(query.get("to", "")),
        )

    @property
    def narrows(self) -> bool:
        return self != EngagementFilter()


@dataclass(frozen=True)
class Touching:
    """The newest records that touch an issue, and how many there are in all."""

    records: list[Engagement]
    number: int


def listed_engagements(cycle: Cycle, wanted: EngagementFilter) -> QuerySet[Engagement]:
    """The cycle's records that pass the filter, newest first, with group, issues and `attachment_number`."""
    found = cycle.engagements.select_related("group").prefetch_related(_issues())
    if wanted.group:
        found = found.filter(group__code=wanted.group)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.issue:
        found = found.filter(issues__code=wanted.issue)
    if wanted.start:
        found = found.filter(date__gte=wanted.start)
    if wanted.end:
        found = found.filter(date__lte=wanted.end)
    found = found.annotate(attachment_number=Count("attachments", distinct=True))
    return found.order_by(*Engagement._meta.ordering)  # grouping drops the model's own order


def touched_issues(cycle: Cycle) -> list[Issue]:
    """The issues that records of the cycle touch, by code."""
    return list(Issue.objects.filter(engagements__cycle=cycle).distinct().order_by("code"))


def touching(issue: Issue, cycle: Cycle | None = None) -> Touching:
    """Records that touch the issue (of one cycle, or of all), the newest 20 of them with cycle and group."""
    found = Engagement.objects.filter(issues=issue).select_related("cycle", "group")
    if cycle is not None:
        found = found.filter(cycle=cycle)
    newest = list(found.order_by(*Engagement._meta.ordering)[:MOST_TOUCHING])
    return Touching(newest, found.count() if len(newest) == MOST_TOUCHING else len(newest))


def _issues() -> Prefetch:
    return Prefetch("issues", Issue.objects.order_by("code"))


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # well formed, but no day
        return None
