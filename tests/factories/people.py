"""Members of staff for tests."""

from itertools import count

from django.test import Client

from materiality.models import User
from materiality.models.people import Role

_numbers = count(1)


def make_person(role: str = Role.ANALYST, **columns) -> User:
    """A member of staff with this role."""
    return User.objects.create(username=columns.pop("username", f"person-{next(_numbers)}"), role=role, **columns)


def log_in(client: Client, role: str = Role.ANALYST, language: str = "en") -> User:
    """Log a new person of this role in, who reads pages in `language`."""
    person = make_person(role)
    client.force_login(person)
    client.cookies["django_language"] = language
    return person
