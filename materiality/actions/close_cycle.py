"""Close an assessment cycle."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.closing import objections
from materiality.cycle_states import FIELDWORK, locked_cycle
from materiality.models import Cycle, Job, User
from materiality.refusals import NotAllowed


@transaction.atomic
def close_cycle(*, cycle: Cycle, by: User | None) -> Cycle:
    """Move a cycle to `closed`. NotAllowed in any state but draft and open, and while work on it is unfinished."""
    stored = locked_cycle(cycle, FIELDWORK)
    if stored.jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists():
        raise NotAllowed(_("Jobs of this cycle are still running. Wait until they are over."))
    if reasons := objections(stored):
        raise NotAllowed(" ".join(reasons))
    before = stored.state
    stored.state = Cycle.State.CLOSED
    stored.full_clean()
    stored.save(update_fields=["state"])
    audit.record("close_cycle", stored, by=by, before={"state": before}, after={"state": stored.state})
    return stored
