"""Mark addresses to which mail could not be delivered."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from surveys.models import Recipient, Survey

# What ends an address in a list, a mail or a log that somebody pastes.
_APART = re.compile(r"[\s,;<>()\[\]\"'：，；|]+")
_AT_ONCE = 500


def addresses_in(text: str) -> list[str]:
    """The mail addresses that stand in a text, lower case, each once, in their order."""
    words = (word.strip(".:").lower() for word in _APART.split(text))
    return list(dict.fromkeys(word.removeprefix("mailto:") for word in words if "@" in word))


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
        marked += active.update(state=Recipient.State.BOUNCED, note=_("From a list of bounces"))
    audit.record("import_bounces", survey, by=by, after={"addresses": len(addresses), "bounced": marked})
    return marked, len(addresses) - known
