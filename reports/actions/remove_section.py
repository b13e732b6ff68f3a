"""Remove a section from the outline."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import locked_cycle
from materiality.models import Cycle, User
from materiality.refusals import NotAllowed
from reports.outline_store import OUTLINE_STATES
from reports.queries.outline import outline_rows


@transaction.atomic
def remove_section(*, cycle: Cycle, order: int, by: User | None) -> None:
    """Remove the section with this order. NotAllowed where the cycle is archived or there is no such section."""
    stored = locked_cycle(cycle, OUTLINE_STATES)
    known = {each.order: each for each in outline_rows(stored)}
    if order not in known:
        raise NotAllowed(_("This section is no longer there. Somebody else has removed or renumbered it."))
    stored.sections.filter(order=order).delete()
    audit.record("remove_section", stored, by=by, before=asdict(known[order]))
