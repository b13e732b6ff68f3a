"""Who may do what: predicates on a member of staff, all of them here."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from materiality.models.person import Role, User

Person = User | AnonymousUser
_WRITERS = {Role.ANALYST, Role.LEAD, Role.ADMINISTRATOR}


def can_view(person: Person) -> bool:
    """See library, cycles, scores and outputs: every active member of staff."""
    return person.is_authenticated and person.is_active


def can_edit_cycle(person: Person) -> bool:
    """Open cycles, change groups and method, build, open and close surveys, import, score, request outputs."""
    return can_view(person) and (person.is_superuser or person.role in _WRITERS)


def can_see_responses(person: Person) -> bool:
    """See and export single responses."""
    return can_edit_cycle(person)


def needs(predicate: Callable[[Person], bool]) -> Callable:
    """Decorate a view: refuse with a page that says why where the predicate is false."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not predicate(request.user):
                raise PermissionDenied(_("Your role does not allow this. Ask an administrator to change it."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate
