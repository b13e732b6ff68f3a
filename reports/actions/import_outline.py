"""Replace the outline of a cycle."""

from collections.abc import Sequence

from django.db import transaction

from materiality import audit
from materiality.cycle_states import BEFORE_REVIEW, locked_cycle
from materiality.models import Cycle, User
from reports.gri.index import OutlineRow
from reports.models import Section
from reports.outline_store import OUTLINE_STATES, outline_digest, store_rows
from reports.queries.outline import outline_rows


@transaction.atomic
def import_outline(*, cycle: Cycle, rows: Sequence[OutlineRow], gri_edition: str = "", by: User | None) -> Cycle:
    """Put `rows` in the place of the whole outline; codes are those of the cycle's GRI edition.

    `gri_edition` (`2016` or `2021`) is the edition that the codes are of where it is not the cycle's: the cycle takes
    it over, since the whole index is then of that edition. NotAllowed where the cycle is archived, where its review
    has begun and the edition would change, or where a code is unknown.
    """
    changes_edition = bool(gri_edition) and gri_edition != cycle.gri_edition
    stored = locked_cycle(cycle, BEFORE_REVIEW if changes_edition else OUTLINE_STATES)
    before = _described(stored, outline_rows(stored))
    if changes_edition:
        stored.gri_edition = gri_edition
        stored.save(update_fields=["gri_edition"])
    Section.objects.filter(cycle=stored).delete()
    store_rows(stored, rows)
    audit.record("import_outline", stored, by=by, before=before, after=_described(stored, rows))
    return stored


def _described(cycle: Cycle, rows: Sequence[OutlineRow]) -> dict:
    return {"gri_edition": cycle.gri_edition, "sections": len(rows), "sha256": outline_digest(rows)}
