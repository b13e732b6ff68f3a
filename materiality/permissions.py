"""Who may do what: predicates on a member of staff, all of them here, and the table of them for a page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models.person import Role, User

Person = User | AnonymousUser
Predicate = Callable[[Person], bool]


def can_view(person: Person) -> bool:
    """See library, cycles, scores and outputs: every active member of staff."""
    return person.is_authenticated and person.is_active


def can_edit_cycle(person: Person) -> bool:
    """Open cycles, change groups and method, build, open and close surveys, import, score, request outputs."""
    return _is_one_of(person, Role.ANALYST, Role.LEAD, Role.ADMINISTRATOR)


def can_see_responses(person: Person) -> bool:
    """See and export single responses."""
    return can_edit_cycle(person)


def can_edit_library(person: Person) -> bool:
    """Start and change drafts of editions, catalogues, mappings and translations; correct errata."""
    return _is_one_of(person, Role.ANALYST, Role.LEAD, Role.ADMINISTRATOR)


def can_propose(person: Person) -> bool:
    """Propose a new issue, a change or a retirement for the next edition."""
    return _is_one_of(person, Role.ANALYST, Role.LEAD, Role.COMMITTEE, Role.ADMINISTRATOR)


def can_decide_proposal(person: Person) -> bool:
    """Accept, decline or defer proposals."""
    return _is_one_of(person, Role.LEAD, Role.COMMITTEE, Role.ADMINISTRATOR)


def can_publish_edition(person: Person) -> bool:
    """Publish a draft as the edition in force."""
    return _is_one_of(person, Role.LEAD, Role.ADMINISTRATOR)


def can_see_audit(person: Person) -> bool:
    """Read and export the audit trail."""
    return _is_one_of(person, Role.LEAD, Role.COMMITTEE, Role.ADMINISTRATOR)


def can_manage_people(person: Person) -> bool:
    """Add members of staff, change roles, deactivate, erase names from the audit trail."""
    return _is_one_of(person, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Permission:
    """A predicate and what it allows, in words."""

    words: str | Promise
    predicate: Predicate

    def of_role(self, role: str) -> bool:
        """Whether an active member of staff with this role has it."""
        return self.predicate(User(role=role))


PERMISSIONS = (
    Permission(gettext_lazy("See the library, cycles, scores and outputs"), can_view),
    Permission(
        gettext_lazy("Open cycles; change groups, method and surveys; import, score and request outputs"),
        can_edit_cycle,
    ),
    Permission(gettext_lazy("See and export single responses"), can_see_responses),
    Permission(gettext_lazy("Change drafts of the library, catalogues, mappings and translations"), can_edit_library),
    Permission(gettext_lazy("Propose changes to the library"), can_propose),
    Permission(gettext_lazy("Decide on proposals"), can_decide_proposal),
    Permission(gettext_lazy("Publish an edition of the library"), can_publish_edition),
    Permission(gettext_lazy("Read and export the audit trail"), can_see_audit),
    Permission(gettext_lazy("Manage people and their roles"), can_manage_people),
)


def needs(predicate: Predicate) -> Callable:
    """Decorate a view: refuse with a page that says why where the predicate is false."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not predicate(request.user):
                raise PermissionDenied(_("Your role does not allow this. Ask an administrator to change it."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _is_one_of(person: Person, *roles: str) -> bool:
    return can_view(person) and (person.is_superuser or person.role in roles)
