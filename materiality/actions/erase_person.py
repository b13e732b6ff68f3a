"""Erase the name of somebody who has left."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import AuditPerson, User
from materiality.refusals import NotAllowed


@transaction.atomic
def erase_person(*, person: User, by: User) -> User:
    """Empty the name behind the person's reference in the audit trail, and the account's name, login and address.

    Events stay as they are and the chain still verifies; the person is shown as erased. This cannot be undone.
    NotAllowed while the account is active, or where it is erased already.
    """
    stored = User.objects.select_for_update().get(pk=person.pk)
    if stored.is_active:
        raise NotAllowed(_("Deactivate the account first."))
    known = AuditPerson.objects.filter(user=stored).first()
    if known is not None and not known.name:
        raise NotAllowed(_("This person is erased already."))
    AuditPerson.objects.update_or_create(user=stored, defaults={"name": ""})
    stored.username = f"erased-{stored.pk}"
    stored.first_name = stored.last_name = stored.email = ""
    stored.set_unusable_password()
    stored.save(update_fields=["username", "first_name", "last_name", "email", "password"])
    audit.record("erase_person", stored, by=by)
    return stored
