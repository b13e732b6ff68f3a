"""What may leave an anonymous survey: no column that could single out fewer than five people (architecture.md)."""

from collections import Counter

from django.db.models import Count

from materiality.queries.small_cells import SMALL_CELL
from surveys.models import Response, Survey

# What else could tell who answered is not stored in an anonymous survey, and would not leave if it were.
_ALWAYS = frozenset({"group", "consent"})
_TRIED = (("channel", "language"), ("channel",), ("language",))


def fields_that_leave(survey: Survey) -> frozenset[str]:
    """The fields of the `responses` format that an export may fill.

    Channel and language of an anonymous survey leave only where each combination with the group has at least 5.
    """
    if not survey.anonymous:
        return _ALWAYS | {"token", "channel", "language", "started_at", "submitted_at", "comment"}
    rows = Response.objects.filter(survey=survey).order_by().values("group", "channel", "language")
    counts = list(rows.annotate(number=Count("*")))
    for tried in _TRIED:
        cells: Counter = Counter()
        for row in counts:
            cells[(row["group"], *(row[name] for name in tried))] += row["number"]
        if all(number >= SMALL_CELL for number in cells.values()):
            return _ALWAYS | set(tried)
    return _ALWAYS
