"""What was corrected in a published issue."""

from dataclasses import dataclass

from materiality.lineage.texts import Segment, text_difference
from materiality.models import Erratum, Issue


@dataclass(frozen=True)
class ToldErratum:
    """A correction with its old and new text word by word."""

    row: Erratum
    segments: tuple[Segment, ...]


def errata_of(issue: Issue) -> list[ToldErratum]:
    """Newest first."""
    rows = issue.errata.select_related("by").order_by("-pk")
    return [ToldErratum(row, text_difference(row.old_text, row.new_text)) for row in rows]
