"""Remove a stakeholder group."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import FIELDWORK, locked_cycle
from materiality.group_weights import refuse_no_weight
from materiality.models import Group, StakeholderPoint, User
from materiality.refusals import NotAllowed


@transaction.atomic
def remove_group(*, group: Group, by: User | None) -> None:
    """Delete a group that nobody has answered as, with its lists of expectations, channels and responses.

    NotAllowed where the cycle is past its fieldwork, engagement records or anything else hangs on the group
    (responses, answers being given), or no group would have a weight left.
    """
    cycle = locked_cycle(group.cycle, FIELDWORK)
    points = list(group.points.all())
    told = [{name: getattr(point, name) for name in ("kind", "order", "text_zh", "text_en")} for point in points]
    before = {"code": group.code, "name_zh": group.name_zh, "name_en": group.name_en, "points": told}
    removed = Group.objects.get(pk=group.pk)
    if removed.engagements.exists():
        raise NotAllowed(
            _("Engagement records name “%(group)s”. Remove them or give them another group first.")
            % {"group": group.name}
        )
    if _hangs_on(removed):
        raise NotAllowed(
            _("People have answered as “%(group)s”. The group stays; a weight of 0 leaves it out of the scores.")
            % {"group": group.name}
        )
    refuse_no_weight(cycle)
    audit.record("remove_group", group, by=by, before=before, touched=points)


def _hangs_on(group: Group) -> bool:
    """Delete the group; true, and nothing deleted, where other rows would go with it or forbid it."""
    try:
        with transaction.atomic():
            _number, deleted = group.delete()
            if set(deleted) - {Group._meta.label, StakeholderPoint._meta.label}:
                raise ProtectedError("rows of other tables would be deleted too", set())
    except ProtectedError:
        return True
    return False
