"""Everything is for staff, except what is named here; respondents' pages go past what only staff need."""

from collections.abc import Callable
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

RESPONDENT_PATH = "/s/"
OPEN_PATHS = ("/login/", "/language/", "/healthz", "/readyz", RESPONDENT_PATH, "/static/")


class StaffOnlyMiddleware:
    """Send everybody who is not logged in to the login page; a new view is closed unless its path is opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS) or request.user.is_authenticated:
            return self.get_response(request)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


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
