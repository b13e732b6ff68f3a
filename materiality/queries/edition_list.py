"""The editions of the library as a list."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from materiality.models import Edition, Issue


@dataclass(frozen=True)
class StandingEditions:
    """What can be done next: the edition in force and the draft, None where there is none."""

    in_force: Edition | None
    draft: Edition | None


def listed_editions() -> QuerySet[Edition]:
    """Drafts first, then by date; with `primaries`, `secondaries` (active ones) and `cycle_number`."""
    active = Q(issues__status=Issue.Status.ACTIVE)
    return (
        Edition.objects.select_related("based_on")
        .annotate(
            primaries=Count("issues", filter=active & Q(issues__parent__isnull=True), distinct=True),
            secondaries=Count("issues", filter=active & Q(issues__parent__isnull=False), distinct=True),
            cycle_number=Count("cycles", distinct=True),
        )
        .order_by("-created_at", "-pk")
    )


def standing_editions() -> StandingEditions:
    """The edition in force and the open draft (one query)."""
    open_ones = Edition.objects.filter(state__in=(Edition.State.DRAFT, Edition.State.PUBLISHED))
    by_state = {edition.state: edition for edition in open_ones}
    return StandingEditions(by_state.get(Edition.State.PUBLISHED), by_state.get(Edition.State.DRAFT))
