"""What may still be changed in which state of a cycle."""

from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.refusals import NotAllowed

# Groups are what people answered as, so they stand still once fieldwork is over; weights and method may be
# tried out until the review begins.
FIELDWORK = (Cycle.State.DRAFT, Cycle.State.OPEN)
BEFORE_REVIEW = (*FIELDWORK, Cycle.State.CLOSED)
# What stakeholders expect and what was heard from them is evidence, and still gathered while the review goes on.
BEFORE_SIGN_OFF = (*BEFORE_REVIEW, Cycle.State.IN_REVIEW)


def locked_cycle(cycle: Cycle, states: tuple[str, ...]) -> Cycle:
    """The cycle as it is stored now, locked to the end of the transaction; NotAllowed in any state but `states`."""
    stored = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if stored.state not in states:
        raise NotAllowed(
            _("The cycle is in the state “%(state)s”, in which this can no longer be changed.")
            % {"state": stored.get_state_display()}
        )
    return stored
