"""Change a member of staff."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import AuditPerson, User
from materiality.models.person import Role
from materiality.refusals import NotAllowed


@transaction.atomic
def save_person(*, person: User, name: str, email: str, role: str, is_active: bool, by: User) -> User:
    """Set name, address and role, and whether the account is active; one that is not cannot log in (any more).

    NotAllowed for the own account's role or activity, and where no active administrator would be left.
    """
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR))
    stored = User.objects.select_for_update().get(pk=person.pk)
    before = {"role": stored.role, "is_active": stored.is_active}
    after = {"role": role, "is_active": is_active}
    changed = [column for column in before if before[column] != after[column]]
    if changed and stored.pk == by.pk:
        raise NotAllowed(_("You cannot change your own role or deactivate yourself. Ask another administrator."))
    if (stored.first_name, stored.email) == (name, email) and not changed:
        return stored
    stored.first_name, stored.last_name, stored.email = name, "", email
    stored.role, stored.is_active = role, is_active
    # The first administrator is above all roles, but only as long as the role says so too.
    stored.is_superuser = stored.is_superuser and role == Role.ADMINISTRATOR
    stored.save(update_fields=["first_name", "last_name", "email", "role", "is_active", "is_superuser"])
    _refuse_nobody_left()
    AuditPerson.objects.update_or_create(user=stored, defaults={"name": str(stored)})
    audit.record(
        "save_person",
        stored,
        by=by,
        before={column: before[column] for column in changed},
        after={column: after[column] for column in changed},
    )
    return stored


def _refuse_nobody_left() -> None:
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise NotAllowed(_("No active administrator would be left."))
