"""Who may do what: roles, the middleware that admits staff only, passwords."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models.people import Role, User
from materiality.platform.hooks import admitted
from materiality.platform.words import own_names

RESPONDENT_PATH = "/s/"
LONGEST_PASSWORD = 128
LARGEST_KEY = 2**63 - 1
# In the session of somebody whose role needs a second factor and who has none yet: only their account is open.
ENROL, ACCOUNT_PATHS = "must_enrol", ("/account/", "/logout/", "/password/")
OPEN_PATHS = ("/login/", "/language/", "/readyz", RESPONDENT_PATH, "/static/")


class StaffOnlyMiddleware:
    """Send everybody who is not logged in to the login page; a new view is closed unless its path is opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS):
            return self.get_response(request)
        if request.user.is_authenticated:
            if request.session.get(ENROL) and not request.path.startswith(ACCOUNT_PATHS):
                return redirect("own_account")
            with own_names(None):
                response = self.get_response(request)
            # What staff see stays in no cache; a page that may be kept for a while says so itself.
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, found: dict) -> None:
        if any(isinstance(value, int) and value > LARGEST_KEY for value in found.values()):
            raise Http404  # no database has such a key, and asking one for it is an error
        if not request.path.startswith(OPEN_PATHS) and not admitted(request.user, request.path, found):
            raise PermissionDenied(
                _("Before the sign-off the scores of this cycle are shown to others only. Ask an administrator.")
            )


class FormMiddleware:
    """Forms come whole and in UTF-8, as our pages send them; others are refused before anybody reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8").strip().lower()
        if charset not in ("utf-8", "utf8", "us-ascii"):
            return HttpResponseBadRequest("Forms are taken in UTF-8.\n", content_type="text/plain")
        if request.content_type == "application/x-www-form-urlencoded" and _is_cut(request):
            return HttpResponseBadRequest("The line broke while the form was sent.\n", content_type="text/plain")
        return self.get_response(request)


def _is_cut(request: HttpRequest) -> bool:
    """Whether who sent a form went away amid it: granian hands on what came, as if it were all."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    length = int(said) if said.isdecimal() else 0
    return length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE and len(request.body) < length


class _PastRespondents:
    """Mixed into middleware that respondents' pages go past: they have no session, no account and no messages."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(RESPONDENT_PATH):
            return self.get_response(request)
        return super().__call__(request)


class StaffSessionMiddleware(_PastRespondents, SessionMiddleware):
    """Sessions for staff."""


class StaffAuthenticationMiddleware(_PastRespondents, AuthenticationMiddleware):
    """`request.user` for staff."""


class StaffMessageMiddleware(_PastRespondents, MessageMiddleware):
    """Messages for staff."""


class ContentPolicyMiddleware(CSPMiddleware):
    """The same policy on every page; on respondents' pages, which need no nonce, it is put together only once."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(RESPONDENT_PATH):
            return super().__call__(request)
        response = self.get_response(request)
        response.headers[HEADER] = self._policy
        return response

    @cached_property
    def _policy(self) -> str:
        return build_policy(config=settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])


class MaximumLengthValidator:
    """Of passwords: what is longer serves nobody but those who would keep the server busy."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > LONGEST_PASSWORD:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        return _("A password can have at most %(most)s characters.") % {"most": LONGEST_PASSWORD}


Person = User | AnonymousUser
Predicate = Callable[[Person], bool]


def can_view(person: Person) -> bool:
    """See library, cycles, scores and outputs: every active member of staff."""
    return person.is_authenticated and person.is_active


def can_edit_cycle(person: Person) -> bool:
    """Open cycles, change groups and method, build, open and close surveys, import, score, request outputs."""
    return has_role(person, Role.ANALYST, Role.LEAD)


def can_see_responses(person: Person) -> bool:
    """See and export single responses."""
    return can_edit_cycle(person)


def can_edit_library(person: Person) -> bool:
    """Start and change drafts of editions, catalogues, mappings and translations; correct errata."""
    return has_role(person, Role.ANALYST, Role.LEAD)


def can_propose(person: Person) -> bool:
    """Propose a new issue, a change or a retirement for the next edition."""
    return has_role(person, Role.ANALYST, Role.LEAD, Role.COMMITTEE)


def can_decide_proposal(person: Person) -> bool:
    """Accept, decline or defer proposals."""
    return has_role(person, Role.LEAD, Role.COMMITTEE)


def can_review(person: Person) -> bool:
    """Decide on the tiers of issues, sign a cycle off, send it back."""
    return has_role(person, Role.LEAD, Role.COMMITTEE)


def can_publish_edition(person: Person) -> bool:
    """Publish a draft as the edition in force."""
    return has_role(person, Role.LEAD)


def can_discard_answers(person: Person) -> bool:
    """Discard finished answers that can no longer be opened."""
    return has_role(person, Role.LEAD)


def can_see_audit(person: Person) -> bool:
    """Read and export the audit trail."""
    return has_role(person, Role.LEAD, Role.COMMITTEE, Role.ADMINISTRATOR)


def can_manage_people(person: Person) -> bool:
    """Add members of staff, change roles, deactivate, erase names from the audit trail."""
    return has_role(person, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Permission:
    """A predicate and what it allows, in words."""

    words: str | Promise
    predicate: Predicate

    def of_role(self, role: str) -> bool:
        """Whether an active member of staff with this role has it."""
        return self.predicate(User(role=role))


PERMISSIONS = (
    Permission(gettext_lazy("See the library, cycles, scores and files"), can_view),
    Permission(
        gettext_lazy("Create cycles; change groups, method and surveys; import, score and create files"),
        can_edit_cycle,
    ),
    Permission(gettext_lazy("See and export single responses"), can_see_responses),
    Permission(gettext_lazy("Change drafts of the library, catalogues, mappings and translations"), can_edit_library),
    Permission(gettext_lazy("Propose changes to the library"), can_propose),
    Permission(gettext_lazy("Decide on suggestions"), can_decide_proposal),
    Permission(gettext_lazy("Decide on tiers, sign a cycle off or send it back"), can_review),
    Permission(gettext_lazy("Publish an edition of the library"), can_publish_edition),
    Permission(gettext_lazy("Discard finished answers that can no longer be opened"), can_discard_answers),
    Permission(gettext_lazy("Read and export the audit trail"), can_see_audit),
    Permission(gettext_lazy("Manage people and their roles"), can_manage_people),
)


def need(person: Person, predicate: Predicate) -> None:
    """PermissionDenied, with a page that says why, where the predicate is false."""
    if not predicate(person):
        raise PermissionDenied(_("Your role does not allow this. Ask an administrator to change it."))


def needs(predicate: Predicate) -> Callable:
    """Decorate a view for those whom the predicate allows."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            need(request.user, predicate)
            return view(request, *args, **kwargs)

        guarded.predicate = predicate
        return guarded

    return decorate


def has_role(person: Person, *roles: str) -> bool:
    """Whether the person has one of these roles; the first account of a trial, not of production, has all."""
    above_roles = person.is_authenticated and person.is_superuser and not settings.PRODUCTION
    return can_view(person) and (above_roles or person.role in roles)
