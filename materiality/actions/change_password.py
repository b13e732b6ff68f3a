"""Change a password."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed


@transaction.atomic
def change_password(*, person: User, password: str, by: User) -> User:
    """Set a password, one's own or, as an administrator, somebody else's; all other sessions of the person end.

    NotAllowed where the account is not active. The event says only that it was changed.
    """
    stored = User.objects.select_for_update().get(pk=person.pk)
    if not stored.is_active:
        raise NotAllowed(_("This account is deactivated."))
    stored.set_password(password)
    stored.save(update_fields=["password"])
    audit.record("change_password", stored, by=by)
    return stored
