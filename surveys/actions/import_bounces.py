"""Mark addresses to which mail could not be delivered."""

from django.db import transaction
from django.utils.translation import gettext_noop

from materiality import audit
from materiality.models import User
from surveys.models import Recipient, Survey

_AT_ONCE = 500


@transaction.atomic
def import_bounces(*, survey: Survey, addresses: list[str], by: User | None) -> tuple[int, int]:
    """Mark active recipients with these addresses as bounced: they get no more mail.

    Returns (how many were marked, how many addresses are no recipients of this survey).
    """
    marked = known = 0
    for start in range(0, len(addresses), _AT_ONCE):
        found = survey.recipients.filter(email__in=addresses[start : start + _AT_ONCE])
        known += found.count()
        active = found.filter(state=Recipient.State.ACTIVE)
        marked += active.update(state=Recipient.State.BOUNCED, note=gettext_noop("From a list of bounces"))
    audit.record("import_bounces", survey, by=by, after={"addresses": len(addresses), "bounced": marked})
    return marked, len(addresses) - known
