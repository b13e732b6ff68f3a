"""Members of staff: add, change, new password, erase."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.models import AuditPerson, User
from materiality.models.people import Role
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed


@transaction.atomic
def add_person(*, values: Mapping[str, Any], password: str, by: User | None) -> User:
    """Create an account; the event says the role, but neither name nor address. NotAllowed where the name is taken."""
    if User.objects.filter(username__iexact=values["username"]).exists():
        raise NotAllowed(_("There is already an account “%(name)s”.") % {"name": values["username"]})
    person = User.objects.create_user(**values, password=password)
    AuditPerson.objects.create(user=person, name=str(person))
    audit.record("add_person", person, by=by, after={"role": person.role})
    return person


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


TOLD = ("role", "is_active")


@transaction.atomic
def save_person(*, person: User, values: Mapping[str, Any], by: User) -> User:
    """Set name, address and role, and whether the account is active; one that is not cannot log in (any more).

    NotAllowed for the own account's role or activity, and where no active administrator would be left.
    """
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR))
    stored = User.objects.select_for_update().get(pk=person.pk)
    before = audit.told(stored, TOLD)
    # The first administrator is above all roles, but only as long as the role says so too.
    above = stored.is_superuser and values["role"] == Role.ADMINISTRATOR
    written = audit.write(stored, {"last_name": "", "is_superuser": above, **values})
    changed = [name for name in TOLD if name in written]
    if changed and stored.pk == by.pk:
        raise NotAllowed(_("You cannot change your own role or deactivate yourself. Ask another administrator."))
    if written:
        _refuse_nobody_left()
        AuditPerson.objects.update_or_create(user=stored, defaults={"name": str(stored)})
        was = {name: before[name] for name in changed}
        audit.record("save_person", stored, by=by, before=was, after=audit.told(stored, changed))
    return stored


def _refuse_nobody_left() -> None:
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise NotAllowed(_("No active administrator would be left."))
