"""Everything is for staff, except what is named here."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

OPEN_PATHS = ("/login/", "/language/", "/healthz", "/readyz", "/s/", "/static/")


class StaffOnlyMiddleware:
    """Send everybody who is not logged in to the login page; a new view is closed unless its path is opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS) or request.user.is_authenticated:
            return self.get_response(request)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
