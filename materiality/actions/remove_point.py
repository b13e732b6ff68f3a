"""Remove a bullet of a stakeholder group."""

from django.db import transaction

from materiality import audit
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.models import StakeholderPoint, User


@transaction.atomic
def remove_point(*, point: StakeholderPoint, by: User | None) -> None:
    """Delete the bullet; the others keep their order. NotAllowed where the cycle is signed off."""
    locked_cycle(point.group.cycle, BEFORE_SIGN_OFF)
    before = {name: getattr(point, name) for name in ("kind", "order", "text_zh", "text_en")}
    StakeholderPoint.objects.filter(pk=point.pk).delete()
    audit.record("remove_point", point, by=by, before={"group": point.group.code, **before})
