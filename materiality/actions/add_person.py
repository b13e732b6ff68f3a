"""Add a member of staff."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import AuditPerson, User
from materiality.refusals import NotAllowed


@transaction.atomic
def add_person(*, username: str, name: str, email: str, role: str, password: str, by: User | None) -> User:
    """Create an account; the event says the role, but neither name nor address. NotAllowed where the name is taken."""
    if User.objects.filter(username__iexact=username).exists():
        raise NotAllowed(_("There is already an account “%(name)s”.") % {"name": username})
    person = User.objects.create_user(username, email, password, first_name=name, role=role)
    AuditPerson.objects.create(user=person, name=str(person))
    audit.record("add_person", person, by=by, after={"role": role})
    return person
