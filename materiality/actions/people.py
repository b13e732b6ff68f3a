"""Members of staff: add, change, new password, erase."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.translation import gettext as _

from materiality.models import AuditPerson, User
from materiality.models.people import Role, new_salt
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed


@transaction.atomic
def add_person(*, values: Mapping[str, Any], password: str | None = None, by: User | None) -> User:
    """Create an account; the event says the role, but neither name nor address. NotAllowed where the name is taken.

    Without a password nobody can log in until the person has set one by a link (see offer_login).
    """
    if User.objects.filter(username__iexact=values["username"]).exists():
        raise NotAllowed(_("There is already an account “%(name)s”.") % {"name": values["username"]})
    person = User.objects.create_user(**values, password=password)
    AuditPerson.objects.create(user=person, name=str(person))
    audit.record("add_person", person, by=by, after={"role": person.role})
    return person


@transaction.atomic
def change_password(*, person: User, password: str) -> User:
    """Set one's own password, nobody else's; all other sessions of the person end.

    NotAllowed where the account is not active. The event says only that it was changed.
    """
    stored = _active(person)
    stored.set_password(password)
    stored.save(update_fields=["password"])
    audit.record("change_password", stored, by=stored)
    return stored


@transaction.atomic
def renew_hash(*, person: User, password: str) -> None:
    """Keep the password of somebody who logs in as passwords are kept by now; other sessions of theirs end.

    Nothing happens where it was changed since `person` was read.
    """
    if not identify_hasher(person.password).must_update(person.password):
        return
    if User.objects.select_for_update(no_key=True).get(pk=person.pk).password == person.password:
        person.set_password(password)
        person.save(update_fields=["password"])
        audit.record("renew_hash", person, by=person)


@transaction.atomic
def offer_login(*, person: User, by: User | None) -> str:
    """The old password no longer works, all sessions end; returns the token of the link by which the person sets one.

    It works once, for an hour. NotAllowed where the account is not active, or one's own.
    """
    stored = _active(person)
    if stored == by:
        raise NotAllowed(_("Change your own password on its page."))
    stored.set_unusable_password()
    stored.save(update_fields=["password"])
    audit.record("offer_login", stored, by=by)
    return login_links.make_token(stored)


# Of the password, so that it is used up by setting one; settings.PASSWORD_RESET_TIMEOUT says how long it lasts.
login_links = PasswordResetTokenGenerator()


def _active(person: User) -> User:
    stored = User.objects.select_for_update().get(pk=person.pk)
    if not stored.is_active:
        raise NotAllowed(_("This account is deactivated."))
    return stored


@transaction.atomic
def erase_person(*, person: User, by: User) -> User:
    """Empty the name behind the person's reference in the audit trail, and the account's name, login and address.

    Events stay as they are and the chain still verifies; the person is shown as erased, and what they sent within a day
    is counted no longer. This cannot be undone.
    NotAllowed while the account is active, or where it is erased already.
    """
    stored = User.objects.select_for_update().get(pk=person.pk)
    if stored.is_active:
        raise NotAllowed(_("Deactivate the account first."))
    if stored.is_erased:
        raise NotAllowed(_("This person is erased already."))
    AuditPerson.objects.update_or_create(user=stored, defaults={"name": ""})
    stored.username = stored.erased_name
    stored.first_name = stored.last_name = stored.email = ""
    stored.set_unusable_password()
    stored.digest_salt = new_salt()
    stored.save(update_fields=["username", "first_name", "last_name", "email", "password", "digest_salt"])
    stored.uploads.all().delete()
    audit.record("erase_person", stored, by=by)
    return stored


TOLD = ("role", "is_active", "cycles")


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
    after = audit.told(stored, TOLD)
    changed = [name for name in TOLD if before[name] != after[name]]
    if stored.pk == by.pk and {"role", "is_active"} & set(changed):
        raise NotAllowed(_("You cannot change your own role or deactivate yourself. Ask another administrator."))
    if written or changed:
        _refuse_nobody_left()
        AuditPerson.objects.update_or_create(user=stored, defaults={"name": str(stored)})
        was = {name: before[name] for name in changed}
        audit.record("save_person", stored, by=by, before=was, after={name: after[name] for name in changed})
    return stored


def _refuse_nobody_left() -> None:
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise NotAllowed(_("No active administrator would be left."))
