"""Move a bullet of a stakeholder group one place up or down."""

from django.db import transaction

from materiality import audit
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.models import StakeholderPoint, User


@transaction.atomic
def move_point(*, point: StakeholderPoint, up: bool, by: User | None) -> bool:
    """Change places with the bullet above or below; false where there is none.

    NotAllowed where the cycle is signed off.
    """
    locked_cycle(point.group.cycle, BEFORE_SIGN_OFF)
    places = list(StakeholderPoint.objects.filter(group=point.group_id, kind=point.kind).order_by("order", "pk"))
    place = places.index(point)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(places):
        return False
    mine, theirs = places[place], places[other]
    before, after = mine.order, theirs.order
    _put(mine, places[-1].order + 1)  # an order is taken once, so one of the two steps aside first
    _put(theirs, before)
    _put(mine, after)
    audit.record("move_point", mine, by=by, before={"order": before}, after={"order": after}, touched=[theirs])
    return True


def _put(point: StakeholderPoint, order: int) -> None:
    point.order = order
    point.save(update_fields=["order"])
