"""Add a section to the outline, or change one."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import locked_cycle
from materiality.models import Cycle, User
from materiality.refusals import NotAllowed
from reports.gri.index import OutlineRow
from reports.outline_store import OUTLINE_STATES, store_rows
from reports.queries.outline import outline_rows


@transaction.atomic
def save_section(*, cycle: Cycle, row: OutlineRow, replacing: int | None = None, by: User | None) -> None:
    """Store `row`; `replacing` is the order of the section that it takes the place of, None for a new one.

    NotAllowed where the cycle is archived, the section to replace is gone, or the order is another section's.
    """
    stored = locked_cycle(cycle, OUTLINE_STATES)
    known = {each.order: each for each in outline_rows(stored)}
    if replacing is not None and replacing not in known:
        raise NotAllowed(_("This section is no longer there. Somebody else has removed or renumbered it."))
    if row.order != replacing and row.order in known:
        raise NotAllowed(_("Another section has the order %(order)s already.") % {"order": row.order})
    before = asdict(known[replacing]) if replacing is not None else {}
    if replacing is not None:
        stored.sections.filter(order=replacing).delete()
    store_rows(stored, [row])
    audit.record("save_section", stored, by=by, before=before, after=asdict(row))
