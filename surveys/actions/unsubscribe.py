"""A recipient wants no more mail."""

from django.db import transaction

from surveys.models import Recipient
from surveys.queries.links import LinkNow
from surveys.unwanted_mail import remember


@transaction.atomic
def unsubscribe(*, link: LinkNow) -> bool:
    """No mail goes to the recipient of this link any more, of this survey or a later one. No audit event.

    False where the link has no recipient (any more). Their link still takes answers.
    """
    found = Recipient.objects.select_for_update().filter(batch_id=link.batch_id, serial=link.serial).first()
    if found is None:
        return False
    if found.state != Recipient.State.UNSUBSCRIBED:
        found.state = Recipient.State.UNSUBSCRIBED
        found.save(update_fields=["state"])
    remember(found.email)
    return True
